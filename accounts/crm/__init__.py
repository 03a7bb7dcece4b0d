"""The outside system in which a shop keeps its customers, if it has one and switched it on.

An adapter is a class with the methods of `Outside`; what each must hold to is written down in tests/accounts/crm.
Whatever goes wrong is one of two things: `Away`, and the same may be tried again, or `Declined`.

pushes      what it is to be told, by workers, once
odoo, rest  the adapters
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from accounts import sealing
from accounts.models import Crm, Customer, Shop
from accounts.platforms import Away, Declined, Patience

__all__ = ["Away", "Declined", "Outside", "Person", "Standing", "of"]


@dataclass(frozen=True)
class Person:
    """Somebody whose address is proven. `reference` is ours, and stays."""

    reference: str
    email: str
    name: str = ""
    phone: str = ""
    language: str = ""

    @classmethod
    def of(cls, customer: Customer) -> "Person | None":
        """Nobody without a proven address: what a stranger typed must not lead to somebody else's record."""
        if not (customer.email and customer.email_verified):
            return None
        return cls(str(customer.ledger_id), str(customer.email), customer.name, customer.phone, customer.language)


@dataclass(frozen=True)
class Standing:
    """What the CRM says of somebody."""

    value: Decimal | None = None
    currency: str = ""
    segment: str = ""


class Outside(Protocol):
    """What can be asked of an outside CRM. Whoever calls is not in a transaction."""

    def find(self, person: Person) -> str:
        """Her id there; empty if she is not known."""

    def upsert(self, person: Person) -> str:
        """Have her there as we know her, once however often; her id."""

    def note(self, person_id: str, text: str, *, key: UUID) -> None:
        """Write a note on her record, once for a key."""

    def ticket(self, person_id: str, subject: str, text: str, *, key: UUID) -> None:
        """Open a ticket of hers, once for a key."""

    def standing(self, person_id: str) -> Standing:
        """What she is worth there, and which segment she is in."""


def of(shop: Shop) -> Outside | None:
    """The CRM of this shop; None where there is none, or it is off."""
    told = Crm.objects.filter(shop=shop, is_on=True).first()
    if told is None:
        return None
    from accounts.crm.odoo import Odoo
    from accounts.crm.rest import Rest

    try:
        secret = sealing.unseal(told.sealed) if told.sealed else ""
    except sealing.CannotOpen as error:
        raise Away("Its secret was sealed under another SECRET_KEY; enter it again") from error
    return (Odoo if told.kind == Crm.Kind.ODOO else Rest)(told, secret, Patience())
