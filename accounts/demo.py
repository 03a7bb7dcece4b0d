"""A small believable shop, so that there is something to see: people, products, and orders in every state."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction

from accounts import opening, people
from accounts.models import (
    Order,
    OrderLine,
    Payment,
    Product,
    Refund,
    Return,
    ReturnLine,
    Role,
    Shipment,
    Shop,
    Team,
    User,
    Variant,
)

SLUG = "lumen-and-loom"
PASSWORD = "lantern-meadow-42"  # noqa: S105  printed at every start, for a shop that sells nothing


class Login(NamedTuple):
    role: str
    email: str
    password: str

    def __str__(self) -> str:
        return f"{self.role:<8} {self.email:<24} {self.password}"


_PEOPLE = [
    (Role.SHOPPER, "maria@demo.example", "Maria Lund", "en"),
    (Role.SHOPPER, "omar@demo.example", "Omar Haddad", "es"),
    (Role.AGENT, "anna@demo.example", "Anna Weiss", "de"),
    (Role.AGENT, "ben@demo.example", "Ben Okoye", "en"),
    (Role.ADMIN, "boss@demo.example", "Beatriz Costa", "en"),
]

# id in the shop system, name, kind, what it is, and its variants: stock number, name, price, in stock
_PRODUCTS: list[tuple[str, str, str, str, list[tuple[str, str, str, int | None]]]] = [
    ("LAMP-01", "Fjord table lamp", "Lamps", "Blown glass on an oak foot, warm light, 40 cm.",
     [("FJ-CLR", "clear", "89.00", 14), ("FJ-SMK", "smoke", "94.00", 3)]),
    ("LAMP-02", "Pier reading lamp", "Lamps", "A brass arm that bends three ways; dims by touch.",
     [("PR-BRS", "brass", "129.00", 6)]),
    ("LAMP-03", "Paper moon pendant", "Lamps", "Washi paper on a steel ring, folded flat for the post.",
     [("PM-40", "40 cm", "48.00", 22), ("PM-60", "60 cm", "64.00", 0)]),
    ("BULB-01", "Warm bulb E27", "Bulbs", "LED, 2700 K, 8 W, dims to a tenth.",
     [("WB-1", "one", "9.90", 240), ("WB-4", "pack of four", "34.00", 61)]),
    ("TEXT-01", "Heather wool blanket", "Textiles", "Lambswool from one small mill, 130 x 180 cm.",
     [("HW-GRY", "grey", "119.00", 9), ("HW-RST", "rust", "119.00", 5)]),
    ("TEXT-02", "Linen cushion", "Textiles", "Washed linen cover with a feather inlay, 50 x 50 cm.",
     [("LC-SND", "sand", "39.00", 31), ("LC-INK", "ink", "39.00", 18)]),
    ("TEXT-03", "Waffle towel", "Textiles", "Cotton, light, dry by noon.", [("WT-70", "70 x 140 cm", "24.00", 44)]),
    ("TABL-01", "Stoneware mug", "Table", "Thrown by hand, holds 30 cl, dishwasher safe.",
     [("SM-OAT", "oat", "18.00", 70), ("SM-SEA", "sea", "18.00", 52)]),
    ("TABL-02", "Olive wood board", "Table", "One piece of olive wood, oiled, about 35 cm.",
     [("OB-35", "", "42.00", 12)]),
    ("TABL-03", "Carafe with cork", "Table", "One litre, fits a fridge door.", [("CC-1L", "", "27.50", 20)]),
    ("HOME-01", "Cedar hanger set", "Home", "Five hangers; keeps moths away.", [("CH-5", "", "22.00", 33)]),
    ("HOME-02", "Gift card", "Gift cards", "Sent by e-mail within the hour, valid for three years.",
     [("GC-50", "50 EUR", "50.00", None), ("GC-100", "100 EUR", "100.00", None)]),
]  # fmt: skip

# number, who, days ago, state, lines (stock number, how many)
_ORDERS = [
    ("1031", "maria@demo.example", 64, Order.Status.DELIVERED, [("HW-GRY", 1)]),
    ("1034", "maria@demo.example", 41, Order.Status.RETURNED, [("LC-SND", 2)]),
    ("1037", "omar@demo.example", 33, Order.Status.DELIVERED, [("FJ-CLR", 1), ("WB-1", 1)]),
    ("1038", "omar@demo.example", 21, Order.Status.CANCELLED, [("PM-60", 1)]),
    ("1040", "maria@demo.example", 9, Order.Status.DELIVERED, [("SM-OAT", 4), ("CC-1L", 1)]),
    ("1042", "maria@demo.example", 3, Order.Status.SHIPPED, [("PR-BRS", 1), ("WB-4", 1)]),
    ("1043", "omar@demo.example", 2, Order.Status.SHIPPED, [("OB-35", 1)]),
    ("1044", "kim@demo.example", 2, Order.Status.SHIPPED, [("WT-70", 2)]),
    ("1045", "maria@demo.example", 1, Order.Status.PACKED, [("GC-50", 1), ("SM-SEA", 2)]),
    ("1046", "omar@demo.example", 0, Order.Status.PAID, [("LC-INK", 2), ("CH-5", 1)]),
]

_SHIPPED = (Order.Status.SHIPPED, Order.Status.DELIVERED, Order.Status.RETURNED)


@transaction.atomic
def seed(at: datetime | None = None) -> list[Login]:
    """Furnish the demo shop once; called again it changes nothing and says who may sign in."""
    now = at or datetime.now(UTC)
    shop = Shop.objects.filter(slug=SLUG).first() or opening.open_shop(
        "Lumen & Loom", SLUG, language="en", time_zone="Europe/Paris", currency="EUR"
    )
    for role, email, name, language in _PEOPLE:
        _person(shop, role, email, name, language)
    _team(shop)
    variants = _products(shop)
    for number, email, days, status, lines in _ORDERS:
        if not Order.objects.filter(shop=shop, number=number).exists():
            _order(shop, number, email, now - timedelta(days=days, hours=3), Order.Status(status), lines, variants)
    return logins()


def logins() -> list[Login]:
    """The demo's people who are here, for the sign-in page of a demo; none of them elsewhere."""
    here = set(User.objects.filter(email__in=[email for _role, email, *_ in _PEOPLE]).values_list("email", flat=True))
    return [Login(role, email, PASSWORD) for role, email, *_ in _PEOPLE if email in here]


def _person(shop: Shop, role: Role, email: str, name: str, language: str) -> None:
    user: User | None = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, PASSWORD, name=name, language=language)
        people.vouch_for(user)
        if role == Role.ADMIN:
            user.is_superuser = True
            user.save(update_fields=["is_superuser"])
    if role == Role.SHOPPER:
        people.customer_for(user, shop)
    else:
        people.join_team(shop, email=email, role=role)


def _team(shop: Shop) -> None:
    team, _new = Team.objects.get_or_create(shop=shop, name="Care")
    team.members.set(User.objects.filter(memberships__shop=shop))


def _products(shop: Shop) -> dict[str, Variant]:
    for external_id, name, kind, description, variants in _PRODUCTS:
        product, _new = Product.objects.get_or_create(
            shop=shop, external_id=external_id, defaults={"name": name, "kind": kind, "description": description}
        )
        for sku, variant, price, stock in variants:
            Variant.objects.get_or_create(
                shop=shop,
                sku=sku,
                defaults={
                    "product": product,
                    "name": variant,
                    "price": Decimal(price),
                    "currency": "EUR",
                    "stock": stock,
                },
            )
    return {variant.sku: variant for variant in Variant.objects.filter(shop=shop).select_related("product")}


def _order(
    shop: Shop,
    number: str,
    email: str,
    placed_at: datetime,
    status: Order.Status,
    lines: list[tuple[str, int]],
    variants: dict[str, Variant],
) -> None:
    customer = people.known_by(shop, email, name="Kim Park" if email.startswith("kim") else "")
    goods = sum((variants[sku].price * count for sku, count in lines), Decimal(0))
    shipping = Decimal("0.00") if goods >= 75 else Decimal("4.90")
    order = Order.objects.create(
        shop=shop,
        customer=customer,
        number=number,
        status=status,
        currency="EUR",
        shipping=shipping,
        total=goods + shipping,
        ship_to=f"{customer.name}\n12 rue des Tisserands\n69001 Lyon\nFrance",
        placed_at=placed_at,
        cancelled_at=placed_at + timedelta(hours=5) if status is Order.Status.CANCELLED else None,
    )
    for position, (sku, count) in enumerate(lines, start=1):
        variant = variants[sku]
        OrderLine.objects.create(
            order=order,
            position=position,
            variant=variant,
            sku=sku,
            name=f"{variant.product.name}, {variant.name}".removesuffix(", "),
            price=variant.price,
            quantity=count,
        )
    payment = Payment.objects.create(
        order=order,
        external_id=f"pay-{number}",
        method="Card",
        status=Payment.Status.PAID,
        amount=order.total,
        currency="EUR",
        paid_at=placed_at + timedelta(minutes=2),
    )
    if status in _SHIPPED:
        _shipment(order, number, delivered=status is not Order.Status.SHIPPED)
    if status in (Order.Status.CANCELLED, Order.Status.RETURNED):
        _money_back(order, payment, returned=status is Order.Status.RETURNED)


def _shipment(order: Order, number: str, *, delivered: bool) -> None:
    left = order.placed_at + timedelta(days=1)
    shipment = Shipment.objects.create(
        order=order,
        carrier="Colissimo",
        tracking_number=f"8L{number}0041763",
        status=Shipment.Status.DELIVERED if delivered else Shipment.Status.MOVING,
        shipped_at=left,
        expected_on=(left + timedelta(days=3)).date(),
        delivered_at=left + timedelta(days=2) if delivered else None,
    )
    said = [("Handed to the carrier", "Saint-Priest", 0), ("Left the sorting centre", "Lyon", 14)]
    if delivered:
        said.append(("Delivered at the door", "Lyon", 48))
    for n, (text, place, hours) in enumerate(said, start=1):
        shipment.events.create(external_id=str(n), text=text, place=place, at=left + timedelta(hours=hours))


def _money_back(order: Order, payment: Payment, *, returned: bool) -> None:
    asked_at = order.placed_at + timedelta(days=9 if returned else 0, hours=5)
    back = None
    if returned:
        back = Return.objects.create(
            shop=order.shop,
            order=order,
            number=f"R-{order.number}",
            status=Return.Status.CLOSED,
            reason="The colour is darker than in the picture.",
            asked_at=asked_at,
            received_at=asked_at + timedelta(days=5),
        )
        for line in order.lines.order_by("position"):
            ReturnLine.objects.create(return_of=back, line=line, quantity=line.quantity)
    Refund.objects.create(
        order=order,
        payment=payment,
        return_of=back,
        external_id=f"refund-{order.number}",
        status=Refund.Status.DONE,
        amount=order.total,
        currency="EUR",
        asked_at=asked_at,
        done_at=asked_at + timedelta(days=6),
    )
