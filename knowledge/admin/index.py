"""The search index at the desk: by which recipe it serves, how far the next one is, and the way to make it anew."""

from functools import partial
from typing import Any, NoReturn

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from accounts.admin import ReadOnly, own_shops, runs_a_shop
from knowledge import embeddings, indexing, recipes
from knowledge.models import Recipe


@admin.register(Recipe)
class RecipeAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """Recipes are the installation's; each shop sees how far its own articles are."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return runs_a_shop(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return runs_a_shop(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).none()  # one page shows them all

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        standings = recipes.standings(own_shops(request.user).order_by("name", "pk"))
        context = {
            "standings": standings,
            "is_whole": all(each.is_whole for each in standings),
            "wanted": embeddings.recipe(),
        }
        if getattr(request, "htmx", False):
            return TemplateResponse(request, "admin/knowledge/recipe/_standings.html", context)
        context |= {**self.admin_site.each_context(request), "opts": self.opts, "title": _("Search index")}
        return TemplateResponse(request, "admin/knowledge/recipe/index.html", context)

    def changeform_view(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise PermissionDenied

    def get_urls(self) -> list[URLPattern]:
        renew = path("renew/", self.admin_site.admin_view(_renew), name="knowledge_recipe_renew")
        return [renew, *super().get_urls()]


def _renew(request: HttpRequest) -> HttpResponseRedirect:
    """Index a shop again, in the background."""
    told = request.POST.get("shop", "")
    shop = own_shops(request.user).filter(pk=int(told)).first() if told.isascii() and told.isdigit() else None
    if request.method != "POST" or shop is None:
        raise Http404
    transaction.on_commit(partial(indexing.renew_shop.delay, shop.pk), robust=True)
    said = _("All articles of %(shop)s are being indexed again. Searches go on meanwhile.")
    messages.success(request, said % {"shop": shop})
    return HttpResponseRedirect(reverse("admin:knowledge_recipe_changelist"))
