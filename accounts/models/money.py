"""Amounts are exact decimals, each with its currency beside it."""

from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

three_capitals = RegexValidator(r"^[A-Z]{3}\Z", _("Write the currency as three capitals, for example EUR."))


def amount(label: Any, **options: Any) -> "models.DecimalField[Any, Any]":
    return models.DecimalField(label, max_digits=12, decimal_places=2, **options)


def currency(**options: Any) -> "models.CharField[Any, Any]":
    return models.CharField(_("currency"), max_length=3, validators=[three_capitals], **options)


def sound_money(field: str, name: str, *, above_zero: bool = False) -> models.CheckConstraint:
    """An amount is never negative, or always more than nothing."""
    condition = Q(**{f"{field}__gt" if above_zero else f"{field}__gte": 0})
    return models.CheckConstraint(condition=condition, name=name)


def sound_currency(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name=name)
