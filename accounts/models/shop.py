import re
import zoneinfo
from typing import Any, Self

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
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


# As a browser writes it: a scheme, a host in ASCII, a port if it is not the usual one, and nothing after it.
ORIGIN = re.compile(
    r"https?://(?=.{1,253}(:|$))[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*(:\d{1,5})?"
)


def an_origin(text: str) -> None:
    if not ORIGIN.fullmatch(text):
        raise ValidationError(
            _("“%(text)s” is not the address of a site. Write it like https://www.example.com."), params={"text": text}
        )


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
    widget_origins = ArrayField(
        models.CharField(max_length=300, validators=[an_origin]),
        verbose_name=_("sites that show the chat"),
        default=list,
        blank=True,
        help_text=_("One a line, for example https://www.example.com. No other site can show this shop's chat."),
    )
    questions = ArrayField(
        models.CharField(max_length=80),
        verbose_name=_("questions to begin with"),
        default=list,
        blank=True,
        size=4,
        help_text=_("One a line, up to four. Offered at the start of a chat while too few have asked something else."),
    )
    # What the shop's own server signs its shoppers' tokens with; empty until somebody asks for one.
    widget_secret = models.CharField(max_length=64, blank=True, editable=False)
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
