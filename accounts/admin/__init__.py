"""The admin's pages. Signing in is allauth's, so that its limits and second factor hold here too."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.admin import commerce, consents, crm, people
from accounts.admin.own import OwnRowsFilter, OwnShopAdmin, ReadOnly, own_shops, runs_a_shop

__all__ = [
    "OwnRowsFilter",
    "OwnShopAdmin",
    "ReadOnly",
    "commerce",
    "consents",
    "crm",
    "own_shops",
    "people",
    "runs_a_shop",
]

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign,no-untyped-call]
admin.site.site_header = admin.site.site_title = _("Your shop")
admin.site.index_title = _("What would you like to change?")
