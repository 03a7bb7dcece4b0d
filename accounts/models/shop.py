import zoneinfo
from typing import Any, Self

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import money
from accounts.models.access import memberships_of


def known_time_zone(name: str) -> None:
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise ValidationError(_("“%(name)s” is not a time zone. Try Europe/Paris."), params={"name": name}) from unknown


class ShopQuerySet(models.QuerySet["Shop"]):
    def visible_to(self, user: Any) -> Self:
        """The shops a person works for."""
        if isinstance(user, AnonymousUser) or not user.is_active:
            return self.none()
        return self.all() if user.is_superuser else self.filter(pk__in=memberships_of(user))


class Shop(models.Model):
    """A brand: everything a shopper meets belongs to one, and nothing crosses it."""

    slug = models.SlugField(_("slug"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    host = models.CharField(
        _("host name"),
        max_length=253,
        blank=True,
        help_text=_("Where this shop answers, for example help.example.com. An installation with one shop needs none."),
    )
    language = models.CharField(_("default language"), max_length=10, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[known_time_zone])
    currency = money.currency(default="EUR")
    bot_enabled = models.BooleanField(_("the bot answers"), default=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("shop")
        verbose_name_plural = _("shops")
        constraints = [
            models.UniqueConstraint(fields=["host"], condition=~Q(host=""), name="shop_host_is_one_shops"),
            money.sound_currency("shop_currency_is_a_code"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)
