"""Any shop that speaks the few requests of docs/platforms.md: it keeps our keys, so asking twice does a thing once."""

from dataclasses import replace
from typing import Any
from urllib.parse import quote
from uuid import UUID

from accounts.commerce import orders, plans, records, wishes
from accounts.commerce.facts import OrderFacts
from accounts.commerce.plans import Plan
from accounts.commerce.records import OrderRecord, ProductRecord
from accounts.commerce.wishes import Wish
from accounts.models import Shop
from accounts.platforms import Patience, Sending
from accounts.platforms.calls import Address, System, understood


class Rest:
    keeps_keys = True

    def __init__(self, shop: Shop, address: str, patience: Patience) -> None:
        where = Address.read(address)
        token = where.password or where.user
        self.shop = shop
        self.system = System(where.base, {"authorization": f"Bearer {token}"} if token else {}, patience)

    def order(self, number: str) -> OrderRecord | None:
        told = self.system.read(f"/orders/{_part(number)}")
        return understood(lambda: self._order(told, number)) if told is not None else None

    def orders_of(self, email: str) -> list[OrderRecord]:
        told = self.system.read("/orders", email=email, limit=orders.MANY)
        return understood(lambda: [self._order(one) for one in told["orders"]]) if told is not None else []

    def product(self, external_id: str) -> ProductRecord | None:
        told = self.system.read(f"/products/{_part(external_id)}")
        return understood(lambda: records.product(told, self.shop)) if told is not None else None

    def change(self, order: OrderFacts, wish: Wish, plan: Plan, *, key: UUID, sending: Sending) -> OrderRecord | None:
        body = {"action": str(wish.action), "wish": wishes.plain(wish), "plan": plans.plain(plan)}
        sending()
        told = self.system.tell("POST", f"/orders/{_part(order.number)}/changes", body, idempotency_key=str(key))
        return understood(lambda: self._order(told, order.number))

    def _order(self, told: Any, number: str = "") -> OrderRecord:
        """Its own clock says nothing about ours, so `updated_at` is not compared with what happened here."""
        record = replace(records.order(told, self.shop), updated_at=None)
        if number and record.number not in orders.spellings(number):
            raise ValueError(f"asked for order {number}, told of {record.number}")
        return record


def _part(text: str) -> str:
    return quote(text, safe="")
