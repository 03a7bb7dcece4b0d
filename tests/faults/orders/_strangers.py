"""Whoever asks, in whatever words, of whatever number, after whatever was said before: she is told of her own alone."""

import random
import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from django.test import override_settings
from django.utils import timezone

from accounts import people
from accounts.commerce import orders, proofs, rules
from accounts.models import Customer, Order, OrderProof, Role, Shop
from chat import assistant
from chat.turns import Reply
from tests.asked import turn_of
from tests.bench.orders import _phrasings
from tests.factories import (
    CustomerFactory,
    MembershipFactory,
    OrderFactory,
    OrderLineFactory,
    PaymentMethodFactory,
    ShipmentFactory,
    ShopFactory,
    UserFactory,
)
from tests.figures import Figure

SEED, N = 6004, 5_000
NUMBERS = [f"50{place}1" for place in range(12)]
LINES = ("{number}", "#{number}", "yes", "ok", "no", "1 x lamp", "Everything", "red", "12345678", "{email}", "?", "")


def measure() -> Iterator[Figure]:
    with override_settings(EMBEDDINGS="fake"):
        yield from judged(N, at=timezone.now())


def judged(n: int, *, at) -> Iterator[Figure]:
    """Generated people in two shops that use the same numbers, and n things they say."""
    chance = random.Random(SEED)
    shops = ShopFactory.create_batch(2)
    for shop in shops:
        rules.prepare(shop)
    crowd = [_who(kind, shop, at) for shop in shops for kind in _KINDS]
    numbers = iter(NUMBERS * 2)
    for person, kind in crowd:
        if kind.startswith("has"):
            for _ in range(2):
                _bought(person, next(numbers), chance.choice(list(Order.Status)), at)
    _prove(crowd, at)
    words = [each.text for each in _phrasings.read(number="{number}", product="lamp")] + list(LINES)
    leaked, told = Counter(), Counter()
    for _ in range(n):
        person, kind = chance.choice(crowd)
        said = chance.choice(words).format(
            number=chance.choice(NUMBERS), email=f"owner{chance.randrange(9)}@example.com"
        )
        reply = _reply(person, said, chance, at)
        foreign = _marks(reply) - _hers(person, at)
        foreign |= {wanted.arguments.get("order") for wanted in reply.actions if wanted.kind == "order"} - _hers(
            person, at
        )
        leaked[kind] += bool(foreign)
        told[kind] += bool(_marks(reply))
        if foreign:
            print(f"# {kind}: {said!r}: {reply}"[:300], flush=True)
    yield Figure("orders.strangers.told", leaked.total(), "replies with an order of somebody else", 0, n=n, seed=SEED)
    yield Figure(
        "orders.strangers.own", told.total(), "replies with an order of hers", n // 10, "higher", n=n, seed=SEED
    )
    guests = told["guest with a proof"]
    yield Figure("orders.strangers.proven", guests, "replies with what a guest had proven", 1, "higher", n=n, seed=SEED)
    yield from _agents(crowd)


_KINDS = (
    *("has an account", "has an account in both", "has a vouched place", "account without orders", "guest"),
    *(
        "guest with a proof",
        "guest with an old proof",
        "guest with another's address",
        "agent of the other shop",
        "owner",
    ),
)


def _who(kind: str, shop: Shop, at) -> tuple[Customer, str]:
    match kind:
        case "has an account" | "account without orders":
            return people.customer_for(UserFactory(), shop), kind
        case "has an account in both":
            return people.customer_for(UserFactory(email=f"both{shop.pk}@example.com"), shop), kind
        case "has a vouched place":
            place = Customer.objects.filter(shop=shop).count()
            return CustomerFactory(shop=shop, email=f"owner{place}@example.com", email_verified=True), kind
        case "guest with another's address":
            return people.guest(shop, email="owner2@example.com"), kind
        case "agent of the other shop":
            other = Shop.objects.exclude(pk=shop.pk).order_by("-pk").first() or ShopFactory()
            return people.customer_for(MembershipFactory(shop=other, role=Role.ADMIN).user, shop), kind
        case "owner":
            return people.customer_for(UserFactory(is_superuser=True), shop), kind
    return people.guest(shop), kind


def _bought(person: Customer, number: str, status: str, at) -> None:
    order = OrderFactory(customer=person, number=number, status=status, placed_at=at - timedelta(days=3))
    mark = f"canary{order.pk}c"
    Order.objects.filter(pk=order.pk).update(ship_to=f"{mark} street 1\n69001 Lyon")
    OrderLineFactory.create_batch(2, order=order, name=f"{mark} lamp")
    ShipmentFactory(order=order, carrier=mark, tracking_number=f"{mark}T")
    method = PaymentMethodFactory(customer=person, label=f"{mark} card")
    order.payments.create(paid_with=method, status="paid", amount=5, currency="EUR", external_id=mark)


def _prove(crowd, at) -> None:
    for person, kind in crowd:
        if "proof" in kind:
            order = Order.objects.filter(shop=person.shop).order_by("pk").first()
            end = at + timedelta(hours=1 if kind == "guest with a proof" else -1)
            OrderProof.objects.create(
                customer=person, talk=person.pk, order=order, asked_at=at, expires_at=end, proven_at=at, digest=""
            )


def _reply(person: Customer, said: str, chance, at) -> Reply:
    number = chance.choice(NUMBERS)
    yes = {"yes": "yes", "no": "no", "seal": "", "at": at.isoformat()}
    steps = (
        {},
        {"step": "order", "what": chance.choice(["status", "ship_to", "payment", "cancel", "return"])},
        {"step": "line", "action": chance.choice(["return", "exchange"]), "order": number},
        {"step": "address", "order": number},
        {"step": "variant", "order": number, "position": 1, "skus": {"red": "X"}},
        {"step": "confirm", "order": number, "action": "cancel", "wish": {"reason": ""}, **yes},
        {"step": "proof code", "what": "ship_to", "order": number, "email": "owner2@example.com"},
        {"step": "proof email", "what": "items", "order": number},
        {"step": "proof number", "what": "payment"},
    )
    language = chance.choice(["en", "es", "de", "fr"])
    turn = turn_of(person, said, at=at, conversation_id=person.pk, language=language, asks=chance.choice(steps))
    return assistant.reply(turn, draft=lambda text: None)


def _marks(reply: Reply) -> set[int]:
    """The orders of which anything stands in what leaves."""
    leaves = (reply.text, reply.cards, reply.suggestions, reply.asks, reply.plain, reply.reasoning, reply.actions)
    return {int(mark) for mark in re.findall(r"canary(\d+)c", repr(leaves))}


def _hers(person: Customer, at) -> set[int]:
    own = Order.objects.filter(customer=person).values_list("pk", flat=True)
    return {*own, *(each.id for each in proofs.proven(person.pk, at=at))}


def _agents(crowd) -> Iterator[Figure]:
    """An agent of the other shop, and every shopper, asks the reader of the panel for every number."""
    seen, asked = 0, 0
    for person, kind in crowd:
        if person.user is None or kind == "owner":
            continue
        for number in NUMBERS:
            facts = orders.seen_by(person.user, person.shop, number)
            seen += facts is not None and facts.customer_id != person.pk
            asked += 1
    yield Figure("orders.strangers.panel", seen, "orders of somebody else", 0, n=asked, seed=SEED)
