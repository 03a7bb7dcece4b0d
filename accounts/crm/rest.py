"""Any CRM that speaks the few requests of docs/crm.md: it keeps our keys, so telling it twice tells it once."""

from decimal import Decimal
from typing import Any
from urllib.parse import quote
from uuid import UUID

from accounts.crm import Person, Standing
from accounts.models import Crm
from accounts.platforms import Patience
from accounts.platforms.calls import System, understood


class Rest:
    def __init__(self, told: Crm, secret: str, patience: Patience) -> None:
        headers = {"authorization": f"Bearer {secret}"} if secret else {}
        self.system = System(told.address.rstrip("/"), headers, patience)

    def find(self, person: Person) -> str:
        told = self.system.read("/people", email=person.email)
        return understood(lambda: _id(told["people"][0]) if told["people"] else "") if told is not None else ""

    def upsert(self, person: Person) -> str:
        told = self.system.tell("PUT", f"/people/by-email/{quote(person.email, safe='')}", vars(person))
        return understood(lambda: _id(told))

    def note(self, person_id: str, text: str, *, key: UUID) -> None:
        self.system.tell("POST", f"{_path(person_id)}/notes", {"text": text}, idempotency_key=str(key))

    def ticket(self, person_id: str, subject: str, text: str, *, key: UUID) -> None:
        body = {"subject": subject, "text": text}
        self.system.tell("POST", f"{_path(person_id)}/tickets", body, idempotency_key=str(key))

    def standing(self, person_id: str) -> Standing:
        told = self.system.read(_path(person_id))
        return understood(lambda: self._standing(told, person_id)) if told is not None else Standing()

    def _standing(self, told: Any, person_id: str) -> Standing:
        if _id(told) != person_id:
            raise ValueError(f"asked for {person_id}, told of another")
        return standing(told)


def standing(told: Any) -> Standing:
    """As a CRM writes it; more digits than we keep, or no number at all, is nonsense."""
    value = told.get("value")
    amount = None if value is None else Decimal(str(value)).quantize(Decimal("0.01"))
    if amount is not None and not abs(amount) < 10**10:
        raise ValueError("no amount")
    return Standing(amount, str(told.get("currency") or "")[:3], str(told.get("segment") or "")[:200])


def _id(told: Any) -> str:
    found = str(told["id"])
    if not 0 < len(found) <= 100:
        raise ValueError("no id")
    return found


def _path(person_id: str) -> str:
    return f"/people/{quote(person_id, safe='')}"
