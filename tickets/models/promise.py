import re
from datetime import timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Shop, Team
from accounts.models.access import Visible
from accounts.models.shop import known_time_zone
from tickets.models.ticket import Priority, Ticket, Type

_SPAN = re.compile(r"(\d{1,2}):(\d\d)\s*[-–]\s*(\d{1,2}):(\d\d)")  # noqa: RUF001  (as people type it)
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def spans(text: str) -> tuple[tuple[int, int], ...]:
    """Minutes since midnight of "9:00-12:30, 13:30-18:00"; ValueError says that it is not like that."""
    found: list[tuple[int, int]] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        said = _SPAN.fullmatch(part)
        if said is None:
            raise ValueError(part)
        hour, minute, to_hour, to_minute = map(int, said.groups())
        start, end = 60 * hour + minute, 60 * to_hour + to_minute
        if max(minute, to_minute) > 59 or end > 1440 or start >= end or (found and start < found[-1][1]):
            raise ValueError(part)
        found.append((start, end))
    return tuple(found)


def as_spans(text: str) -> None:
    try:
        spans(text)
    except ValueError as unfit:
        raise ValidationError(
            _("“%(part)s” is not understood. Write it like 9:00-12:30, 13:30-18:00, one after the other."),
            params={"part": str(unfit)},
        ) from None


def _day(label: Any, default: str = "9:00-17:00") -> "models.CharField[str, str]":
    return models.CharField(label, max_length=100, blank=True, default=default, validators=[as_spans])


class WorkingHoursQuerySet(Visible["WorkingHours"]):
    pass


class WorkingHours(models.Model):
    """When somebody is at work: for some teams, or for everybody who has none of their own."""

    shop = models.ForeignKey(Shop, models.CASCADE, related_name="working_hours", verbose_name=_("shop"))
    name = models.CharField(_("name"), max_length=100)
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[known_time_zone])
    teams = models.ManyToManyField(
        Team,
        blank=True,
        related_name="working_hours",
        verbose_name=_("teams"),
        help_text=_("None: for every team of the shop that has no hours of its own."),
    )
    monday = _day(_("Monday"))
    tuesday = _day(_("Tuesday"))
    wednesday = _day(_("Wednesday"))
    thursday = _day(_("Thursday"))
    friday = _day(_("Friday"))
    saturday = _day(_("Saturday"), "")
    sunday = _day(_("Sunday"), "")

    objects = WorkingHoursQuerySet.as_manager()

    class Meta:
        verbose_name = _("working hours")
        verbose_name_plural = _("working hours")
        constraints = [models.UniqueConstraint(fields=["shop", "name"], name="working_hours_have_one_name")]

    def __str__(self) -> str:
        return self.name


class Holiday(models.Model):
    """A day on which nobody is at work."""

    hours = models.ForeignKey(WorkingHours, models.CASCADE, related_name="holidays", verbose_name=_("working hours"))
    on = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        constraints = [models.UniqueConstraint(fields=["hours", "on"], name="a_holiday_is_once")]

    def __str__(self) -> str:
        return self.name or str(self.on)


class Promise(models.TextChoices):
    FIRST = "first", _("first reply")
    NEXT = "next", _("next reply")
    RESOLUTION = "resolution", _("solution")


def _minutes(label: Any) -> "models.PositiveIntegerField[Any, Any]":
    return models.PositiveIntegerField(label, null=True, blank=True, help_text=_("Minutes at work; empty: no promise."))


class PolicyQuerySet(Visible["Policy"]):
    pass


class Policy(models.Model):
    """What a shop promises for some of its tickets. The first that fits holds."""

    shop = models.ForeignKey(Shop, models.CASCADE, related_name="ticket_policies", verbose_name=_("shop"))
    name = models.CharField(_("name"), max_length=100)
    position = models.PositiveSmallIntegerField(
        _("place"), default=0, help_text=_("The first that fits a ticket holds.")
    )
    is_on = models.BooleanField(_("holds"), default=True)
    priorities = ArrayField(
        models.PositiveSmallIntegerField(choices=Priority), verbose_name=_("priorities"), default=list, blank=True
    )
    types = ArrayField(models.CharField(max_length=10, choices=Type), verbose_name=_("types"), default=list, blank=True)
    teams = models.ManyToManyField(Team, blank=True, related_name="+", verbose_name=_("teams"))
    tags = ArrayField(
        models.CharField(max_length=40),
        verbose_name=_("tags"),
        default=list,
        blank=True,
        help_text=_("Fits a ticket with any of these. Empty conditions fit every ticket."),
    )
    first = _minutes(_("first reply"))
    next = _minutes(_("next reply"))
    resolution = _minutes(_("solution"))
    warn = models.PositiveIntegerField(_("warn so many minutes before"), default=30)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("service promise")
        verbose_name_plural = _("service promises")
        constraints = [models.UniqueConstraint(fields=["shop", "name"], name="a_policy_has_one_name")]

    def __str__(self) -> str:
        return self.name


class PastTerms(models.Model):
    """What a shop promised until a moment: by it tickets are counted that nobody has touched since."""

    shop = models.ForeignKey(Shop, models.CASCADE, related_name="+")
    until = models.DateTimeField()
    book = models.JSONField()
    recounted_at = models.DateTimeField(null=True)  # when no open ticket was behind any more

    class Meta:
        verbose_name = _("what was promised")
        verbose_name_plural = _("what was promised")

    def __str__(self) -> str:
        return f"{self.shop_id} until {self.until}"


class Clock(models.Model):
    """One promise of one ticket: what was counted up to a moment, and when it is due from there."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="clocks")
    promise = models.CharField(max_length=10, choices=Promise)
    policy = models.ForeignKey(Policy, models.SET_NULL, null=True, related_name="+")
    hours = models.ForeignKey(WorkingHours, models.SET_NULL, null=True, related_name="+")
    promised = models.DurationField(null=True)
    warn = models.DurationField(default=timedelta)
    is_owed = models.BooleanField(default=True)
    counted = models.DurationField(default=timedelta)
    running_since = models.DateTimeField(null=True)
    warn_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    broken_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("clock")
        verbose_name_plural = _("clocks")
        constraints = [models.UniqueConstraint(fields=["ticket", "promise"], name="a_promise_has_one_clock")]
        indexes = [
            models.Index(fields=["warn_at"], name="clocks_to_warn", condition=Q(warned_at=None)),
            models.Index(fields=["due_at"], name="clocks_to_break", condition=Q(broken_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.promise}"
