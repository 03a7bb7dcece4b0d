"""Amounts are exact decimals, each with its currency beside it."""

from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

# The codes in use (ISO 4217).
_CODES = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP
    CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR
    ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT
    MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD
    SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES
    VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG
"""
CURRENCIES = frozenset(_CODES.split())

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
