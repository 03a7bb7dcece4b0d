"""Two shops beside the demo's for photographs: one where everything is too much, one where there is nothing."""

FURNISH = r"""
from datetime import timedelta
from decimal import Decimal
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.utils import timezone
from accounts.models import Customer, Order, OrderLine, Role, User
from accounts import notes, people
from chat import handoff, intake, outbox
from knowledge import articles, gaps, recipes
from knowledge.models import Category
from tests import factories

at = timezone.now() - timedelta(days=2)
LONG = "Wilhelmina-Alexandrine Featherstonehaugh-Cholmondeley von und zu Hohenzollern-Sigmaringen the Younger " * 2
WORD = "Donaudampfschifffahrtsgesellschaftskapitän" * 12
RTL = "متى يصل طلبي من فضلك؟ الرقم 1042"
HTML = '<script>alert(1)</script><img src=x onerror=alert(1)> <b>not bold</b> & 100 % "quoted"'
EMOJI = "🙂👩🏽‍🚀🇫🇷" * 20


def ugly(number, most):
    # One after the other, for a field that takes so many characters.
    return (LONG, HTML, WORD, RTL, EMOJI)[number % 5][:most]


def staffed(slug, name):
    shop = factories.ShopFactory(slug=slug, name=name, host=f"{slug}.localhost")
    team = {}
    for who, role in (("maria", None), ("anna", Role.AGENT), ("boss", Role.ADMIN)):
        called = who.title() if slug == "nothing" else f"{who.title()} {HTML if who == 'boss' else LONG}"
        team[who] = factories.UserFactory(email=f"{who}@{slug}.example", name=called[:150], signs_in=True)
        if role:
            factories.MembershipFactory(user=team[who], shop=shop, role=role)
    return shop, team


staffed("nothing", "Nothing Yet")
shop, team = staffed("much", "The Much Too Long-Named Shop of Everything & Daughters, Est. 1887")
maria = people.customer_for(team["maria"], shop)

talks = []
for number in range(40):
    who = maria if number < 8 else people.guest(shop, name=ugly(number, 200), email=f"g{number}@much.example")
    talk = intake.open_conversation(who, opening_id=f"much-{number}", at=at + timedelta(minutes=number))
    words = (WORD, RTL, HTML, EMOJI, "Where is it? " * 60)[number % 5]
    intake.receive(intake.Inbound(talk.pk, f"much-{number}-1", words), at=at + timedelta(minutes=number))
    if number % 2:
        handoff.ask_person(talk.pk, at=at + timedelta(minutes=number, seconds=5))
    talks.append(talk)
long = talks[0]
handoff.take(long.pk, by=team["anna"], at=at + timedelta(hours=1))
for number in range(200):
    when = at + timedelta(hours=1, minutes=number // 3)
    words = (WORD, RTL, HTML, "Short.", "A sentence of the ordinary kind, as people write them. " * 4)[number % 5]
    if number % 3:
        intake.receive(intake.Inbound(long.pk, f"much-long-{number}", words), at=when)
    else:
        outbox.post_person(long.pk, by=team["anna"], text=words, client_id=f"much-back-{number}", at=when)

for number in range(60):
    order = Order.objects.create(
        shop=shop, customer=maria, number=f"A-{10**20 + number}", status=list(Order.Status)[number % 7], currency="EUR",
        total=Decimal("123456.78"), ship_to=ugly(number, 500), cancel_reason=ugly(number, 300),
        placed_at=at - timedelta(days=number))
    for place in range(3):
        OrderLine.objects.create(
            order=order, position=place, name=ugly(number + place, 300), sku=ugly(number + place, 100),
            price=Decimal("41152.26"))
    factories.ShipmentFactory(order=order, carrier=ugly(number, 100), tracking_number=f"{number}{WORD}"[:100])
    factories.ProductFactory(shop=shop, name=ugly(number, 200), kind=ugly(number + 1, 100))
for one in Customer.objects.filter(user__email__startswith="maria@", user__isnull=False):
    people.guest(one.shop, name=one.name, email=one.email)  # somebody who may be the same
for number in range(5):
    notes.write(maria, ugly(number, 500), by=team["anna"], at=at)
    notes.tag(maria, ugly(number, 40), by=team["anna"], at=at)

for number in range(14):
    Category.objects.create(
        shop=shop, name=f"{number} {ugly(number, 190)}", slug=f"shelf-{number}", description=ugly(number + 1, 500))
shelves = list(Category.objects.filter(shop=shop))
body = (
    f"{WORD}\n\n## {LONG}\n\n" + "A paragraph of ordinary words that goes on for a while. " * 40
    + "\n\n| " + " | ".join(f"column {n}" for n in range(14)) + " |\n|" + "---|" * 14
    + "\n| " + " | ".join(WORD[:40] for n in range(14)) + " |\n\n```\n" + "x" * 400 + "\n```\n\n"
    + f"- {RTL}\n- {HTML}\n1. {WORD}\n\n" + "".join(f"### Part {n} {LONG}\n\nText.\n\n" for n in range(30))
)
for number in range(60):
    article = articles.draft(
        shop, title=f"How do I return a lamp number {number}? {ugly(number, 200) if number % 2 else ''}",
        body=body if number == 0 else f"A lamp goes back within {number} days. {ugly(number, 600)}",
        category=shelves[number % 14])
    articles.publish(article, embed=False)
recipes.fill()
User.objects.exclude(email__startswith="ben@").update(tours_done=["shopper", "agent", "admin"])  # they know their way
for number in range(50):
    gaps.record(shop, f"{WORD[:number * 10]} {ugly(number, 200)} {number}?", customer=maria, at=at)
Group.objects.create(name=HTML)
Authenticator.objects.create(
    user=factories.UserFactory(), type=Authenticator.Type.RECOVERY_CODES, data={"seed": "", "used_mask": 0})
print(factories.PASSWORD)
"""
