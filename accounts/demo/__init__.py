"""Two shops to believe in: who works and who shops there, what they sell, and a year of orders."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction

from accounts import consent, opening, people
from accounts.demo import customers, goods, orders
from accounts.demo.customers import Person
from accounts.models import Customer, How, Product, Purpose, Role, Shop, Team, User, Variant

SLUG = "lumen-and-loom"
PASSWORD = "lantern-meadow-42"  # noqa: S105  printed at every start, for a shop that sells nothing
OPENED = timedelta(days=400)


class Login(NamedTuple):
    role: str
    email: str
    password: str

    def __str__(self) -> str:
        return f"{self.role:<8} {self.email:<24} {self.password}"


class Brand(NamedTuple):
    """What makes a shop of the demo."""

    slug: str
    name: str
    host: str
    time_zone: str
    team: list[tuple[Role, str, str, str]]
    goods: list[goods.Good]
    people: list[Person]
    wishes: list[orders.Wish]
    orders: int


_ANNA = (Role.AGENT, "anna@demo.example", "Anna Weiss", "de")
_BEN = (Role.AGENT, "ben@demo.example", "Ben Okoye", "en")
_BOSS = (Role.ADMIN, "boss@demo.example", "Beatriz Costa", "en")
_SHOPPERS = [(Role.SHOPPER, person.email, person.name, person.language) for person in (customers.MARIA, customers.OMAR)]
_LOGINS = [*_SHOPPERS, _ANNA, _BEN, _BOSS]
EVERYBODY = [email for _role, email, *_ in _LOGINS]

BRANDS = [
    Brand(
        slug=SLUG,
        name="Lumen & Loom",
        host="",
        time_zone="Europe/Paris",
        team=[_ANNA, _BEN, _BOSS],
        goods=goods.LUMEN_AND_LOOM,
        people=customers.LUMEN_AND_LOOM,
        wishes=orders.LUMEN_AND_LOOM,
        orders=200,
    ),
    Brand(
        slug="small-hours",
        name="Small Hours",
        host="small-hours.localhost",
        time_zone="Europe/Dublin",
        team=[_BEN, _BOSS],
        goods=goods.SMALL_HOURS,
        people=customers.SMALL_HOURS,
        wishes=orders.SMALL_HOURS,
        orders=12,
    ),
]
_PARCEL = "1042"  # the one on its way to Maria

# Every third customer was asked on the consent page, and this is what she allowed; the others have not been asked yet.
_ANSWERS: list[set[Purpose]] = [
    {Purpose.PERSONALISATION, Purpose.STATISTICS},
    set(),
    {Purpose.PERSONALISATION, Purpose.LEARNING, Purpose.STATISTICS, Purpose.NEWS},
    {Purpose.STATISTICS},
]


@transaction.atomic
def seed(at: datetime | None = None) -> list[Login]:
    """Furnish the demo's shops once; called again it changes nothing and says who may sign in."""
    now = at or datetime.now(UTC)
    for brand in BRANDS:
        if not Shop.objects.filter(slug=brand.slug).exists():
            _open(brand, at=now)
    return logins()


def logins() -> list[Login]:
    """The demo's people who are here, for the sign-in page of a demo; none of them elsewhere."""
    here = set(User.objects.filter(email__in=EVERYBODY).values_list("email", flat=True))
    return [Login(role, email, PASSWORD) for role, email, *_ in _LOGINS if email in here]


def _open(brand: Brand, *, at: datetime) -> None:
    shop = opening.open_shop(
        brand.name, brand.slug, host=brand.host, time_zone=brand.time_zone, language="en", at=at - OPENED
    )
    Shop.objects.filter(pk=shop.pk).update(created_at=at - OPENED)
    team, _new = Team.objects.get_or_create(shop=shop, name="Care")
    for role, email, name, language in brand.team:
        _user(email, name, language)
        team.members.add(people.join_team(shop, email=email, role=role))
    User.objects.filter(pk__in=team.members.values("pk")).update(date_joined=at - OPENED)
    User.objects.filter(email=_BOSS[1]).update(is_superuser=True)
    _sell(shop, brand.goods)
    year = orders.plan(shop, brand.people, count=brand.orders, wishes=brand.wishes, at=at)
    known = {person.email: _customer(shop, person, year, at=at) for person in brand.people}
    _ask_consent(list(known.values()), at=at)
    before = next((n for n, placed in enumerate(year) if placed.wish is orders.PARCEL), len(year))
    orders.place(shop, known, year, first=int(_PARCEL) - before, at=at)


def _user(email: str, name: str, language: str) -> User:
    user: User | None = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, PASSWORD, name=name, language=language)
        people.vouch_for(user)
    return user


def _sell(shop: Shop, offered: list[goods.Good]) -> None:
    products = {
        good.external_id: Product(
            shop=shop,
            external_id=good.external_id,
            name=good.name,
            kind=good.kind,
            description=f"{good.description} {good.material}.".removesuffix(" ."),
            image_url=f"/static/demo/{good.picture}.svg",
        )
        for good in offered
    }
    Product.objects.bulk_create(products.values())
    Variant.objects.bulk_create(
        [
            Variant(
                shop=shop,
                product=products[good.external_id],
                sku=piece.sku,
                name=piece.name,
                price=Decimal(piece.price),
                currency="EUR",
                stock=piece.stock,
            )
            for good in offered
            for piece in good.pieces
        ]
    )


def _customer(shop: Shop, person: Person, year: list[orders.Placed], *, at: datetime) -> Customer:
    """She has been here since a little before her first order."""
    since = min((placed.at for placed in year if placed.wish.person is person), default=at) - timedelta(minutes=14)
    if (Role.SHOPPER, person.email, person.name, person.language) in _SHOPPERS:
        customer = people.customer_for(_user(person.email, person.name, person.language), shop, at=since)
    else:
        customer = people.known_by(shop, person.email, name=person.name, language=person.language, at=since)
    User.objects.filter(pk=customer.user_id, date_joined__gt=since).update(date_joined=since)
    Customer.objects.filter(pk=customer.pk).update(phone=person.phone, created_at=since)
    customer.created_at = since
    return customer


def _ask_consent(asked: list[Customer], *, at: datetime) -> None:
    for customer, allowed in zip(asked[::3], _ANSWERS * len(asked), strict=False):
        choices: dict[str, bool] = {purpose: purpose in allowed for purpose in consent.OPTIONAL}
        when = min(customer.created_at + timedelta(days=2), at - timedelta(hours=1))
        consent.decide(customer, choices, how=How.PAGE, at=when)
