"""What is not yours does not exist: made from the URL configuration itself, so that no new door is forgotten."""

import io
import re
import time
import uuid
from difflib import ndiff
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models, transaction
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone
from PIL import Image

from accounts import consent, merging, opening, people, presence
from accounts.models import CustomerMerge, Order
from analytics.ledger.models import Event
from chat import attachments, handoff, intake, letters, talk
from chat.flows import shelf
from chat.models import Conversation
from chat.routing import websocket_urlpatterns
from config.asgi import application
from knowledge import articles, evaluation, gaps, pictures, recipes
from knowledge.models import Audience
from tests import factories
from tests.strangers import DOORS, EVERYBODY, LOGIN, PUBLIC, SOCKETS, Door
from tickets import opening as tickets
from tickets import work
from tickets.models import Ticket

MISSING = {
    "shop": "no-such-shop",
    "name": "no-such-tour",
    "public_id": uuid.UUID(int=0),
    "other": uuid.UUID(int=1),
    "merge": 999_999,
    "ticket": 999_999,
    "number": "no-such-order",
    "order": 999_999,
    "action": "no-such-action",
    "language": "nl",
    "slug": "no-such-article",
    "token": "no-such-key",
    "pk": 999_999,
    "object_id": "999999",
    "key": "no-such-key",
    "uidb36": "zzz",
    "app_label": "accounts",
    "url": "no/such/page",
    "content_type_id": 999_999,
}


def routes(resolver=None, prefix="", spaces=(), wants=()):
    """Every pattern of the URL configuration: its route, its full name and its view."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route, groups = prefix + str(pattern.pattern), (*wants, *pattern.pattern.regex.groupindex)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, route, (*spaces, pattern.namespace) if pattern.namespace else spaces, groups)
        else:
            yield SimpleNamespace(
                route=route,
                name=":".join((*spaces, pattern.name)) if pattern.name else "",
                wants=groups,
                of=_room(pattern),
            )


def _room(pattern):
    module = getattr(pattern.callback, "view_class", pattern.callback).__module__
    return next((room for room in ("allauth", "django.contrib.admin") if module.startswith(room)), "ours")


ALL = list(routes())
OURS = [one for one in ALL if one.of == "ours" and not one.route.startswith("admin/") and one.name]
ALLAUTH = [one for one in ALL if one.of == "allauth"]
ADMIN = [one for one in ALL if one.route.startswith("admin/") and one.name]


@pytest.fixture
def world(maria, omar, anna, boss, stranger, shop, settings, tmp_path, monkeypatch):
    """Maria has one of everything; the others have come for it."""
    monkeypatch.setattr("config.health.PATIENCE", 0.05)
    settings.MEDIA_ROOT, settings.EMBEDDINGS = str(tmp_path), "fake"
    key = opening.first_admin_token(at=timezone.now())
    customer = people.customer_for(maria, shop)
    merging.merge(people.guest(shop, name="M. Lund"), customer, by=anna, at=timezone.now())
    merge = CustomerMerge.objects.get()
    conversation = intake.open_conversation(customer, opening_id="strangers", at=timezone.now())
    intake.receive(intake.Inbound(conversation.pk, "first", "Where is my order?"), at=timezone.now())
    words = SimpleUploadedFile("list.txt", b"a lamp")
    file = attachments.upload(conversation, words, client_id="f", by_shopper=True, at=timezone.now())
    handoff.ask_person(conversation.pk, at=timezone.now())
    conversation.refresh_from_db()
    answer = talk.say(conversation, author="bot", text="It is on its way.", at=timezone.now())
    talk.keep(conversation)
    shelf = shop.categories.create(name="For us", slug="for-us")
    facts = {"language": "da", "category": shelf, "audience": Audience.AGENTS}
    article = articles.draft(shop, title="For us", body="How we refund.", **facts)
    articles.publish(article, embed=False)
    picture = pictures.add(shop, drawing(), at=timezone.now())
    shop.widget_origins = ["https://www.shop.example"]
    shop.save()
    line = factories.OrderLineFactory(order__customer=customer, order__number="1042")
    factories.ShipmentFactory(order=line.order)
    ticket = tickets.from_form(customer, subject="Dark", text="A dark lamp", opening_id="t", at=timezone.now())
    return SimpleNamespace(
        people={"maria": maria, "omar": omar, "anna": anna, "boss": boss, "stranger": stranger, "visitor": None},
        order={"number": line.order.number},
        wish={"number": line.order.number, "action": "cancel"},
        wish_beside={"public_id": conversation.public_id, "order": line.order.pk, "action": "cancel"},
        ticket={"public_id": ticket.public_id},
        her_ticket={"ticket": ticket.number},
        conversation={"public_id": conversation.public_id},
        ticket_view={"pk": anna.ticket_views.create(name="Hers").pk},
        view={"pk": anna.saved_views.create(name="Hers", box="all").pk},
        nothing_later={"public_id": conversation.public_id, "pk": 1},
        answer={"public_id": answer.public_id},
        customer={"public_id": customer.public_id},
        two={"public_id": customer.public_id, "other": people.guest(shop, name="Maria").public_id},
        one_of_two={"public_id": customer.public_id, "merge": merge.pk},
        file={"public_id": file.public_id},
        letter={"token": letters.link(conversation).rstrip("/").rpartition("/")[2]},
        passage={"pk": article.pk},
        article={"language": "da", "slug": article.slug},
        picture={"public_id": picture.public_id},
        shelf={"language": "da", "slug": "for-us"},
        language={"language": "da"},
        widget={"shop": shop.slug},
        brand={"slug": shop.slug},
        tour={"name": "agent"},
        first_admin_key={"token": key},
    )


def drawing():
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(file, "PNG")
    return io.BytesIO(file.getvalue())


def browser_of(person):
    browser = Client(headers={"accept": "text/html"})
    if person is not None:
        browser.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        session = browser.session  # as if the password had been typed just now
        session["account_authentication_methods_user"] = str(person.pk)
        session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
        session.save()
    return browser


def knock(browser, url, door=None):
    """One request, of which nothing stays."""
    browser.cookies.pop("messages", None)
    with transaction.atomic():
        ask = browser.post if door and door.method == "POST" else browser.get
        answer = ask(url, door.data if door else {})
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        transaction.set_rollback(True)
    return SimpleNamespace(
        status=answer.status_code,
        location=re.sub(r"([?&]next=).*", r"\1…", answer.get("Location", "")),
        body=_settled(body.decode(errors="replace"), url),
        headers={name: value for name, value in answer.items() if name not in {"Content-Security-Policy"}},
    )


def _settled(body, url):
    """A page without what is new on every page, and without the address that was asked for."""
    body = body.replace(url, "…")
    body = re.sub(r'(nonce|value|content)="[A-Za-z0-9+/=]{24,}"', r'\1="…"', body)
    return re.sub(r'(X-CSRFToken&quot;: &quot;|"X-CSRFToken": ")[A-Za-z0-9]+', r"\1…", body)


def is_login(answer):
    return answer.status == 302 and answer.location.startswith((reverse("account_login"), reverse("admin:login")))


def assert_same(one, other):
    """Nothing tells the two answers apart."""
    assert (one.status, one.location) == (other.status, other.location)
    if one.body != other.body:
        told = [line for line in ndiff(one.body.split("\n"), other.body.split("\n")) if line[0] in "+-?"]
        pytest.fail("\n".join(told))
    assert one.headers.keys() == other.headers.keys()


# --- nothing is forgotten


def test_every_door_of_ours_has_a_line_and_every_line_a_door():
    assert {one.route for one in OURS} == set(DOORS)


def test_every_socket_has_a_line_and_every_line_a_socket():
    assert {str(one.pattern) for one in websocket_urlpatterns} == set(SOCKETS)


def test_what_has_no_name_leads_nowhere_of_its_own():
    """Redirects of allauth's and the admin's old addresses, and the admin's last word: no views of ours."""
    nameless = [one.route for one in ALL if not one.name]

    assert all(route.startswith(("admin/", "account/social/")) for route in nameless), nameless


def test_every_door_to_a_thing_names_the_thing():
    for one in OURS:
        assert bool(DOORS[one.route].own) == bool(one.wants), one.route


# --- our own


@pytest.mark.django_db
@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_each_door_answers_each_person_as_its_line_says(world, who, subtests):
    browser = browser_of(world.people[who])
    for one in OURS:
        door = DOORS[one.route]
        with subtests.test(door=one.route, who=who):
            answer = knock(browser, reverse(one.name, kwargs=getattr(world, door.own) if door.own else None), door)
            expected = door.expected(who)
            assert is_login(answer) if expected == LOGIN else answer.status == expected, answer.location


@pytest.mark.django_db
@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_foreign_and_missing_are_the_same_nothing(world, who, subtests):
    browser = browser_of(world.people[who])
    for one in [one for one in OURS if one.wants]:
        door, nothing = DOORS[one.route], {name: MISSING[name] for name in one.wants}
        with subtests.test(door=one.route, who=who):
            missing = knock(browser, reverse(one.name, kwargs=nothing), door)
            expected = door.signed_out if who == "visitor" else 404
            assert is_login(missing) if expected == LOGIN else missing.status == 404
            if who not in door.may:
                foreign = knock(browser, reverse(one.name, kwargs=getattr(world, door.own)), door)
                assert_same(foreign, missing)


# --- allauth


def fill(one, **own):
    return {name: own.get(name, MISSING[name]) for name in one.wants}


@pytest.mark.django_db
def test_signed_out_people_see_of_allauth_only_what_is_listed(world, subtests):
    browser = browser_of(None)
    for one in ALLAUTH:
        with subtests.test(door=one.name):
            answer = knock(browser, reverse(one.name, kwargs=fill(one)))
            assert answer.status < 500
            assert is_login(answer) or one.name in PUBLIC, (answer.status, answer.location)


@pytest.mark.django_db
def test_a_key_of_hers_is_no_key_of_theirs(world, subtests):
    hers = Authenticator.objects.create(user=world.people["maria"], type="webauthn", data={"name": "Her phone"})
    omar = world.people["omar"]
    Authenticator.objects.create(user=omar, type="webauthn", data={"name": "His phone"})
    browser, doors = browser_of(omar), [one for one in ALLAUTH if "pk" in one.wants]
    assert len(doors) == 2
    for one in doors:
        with subtests.test(door=one.name):
            foreign, missing = (knock(browser, reverse(one.name, kwargs={"pk": pk})) for pk in (hers.pk, 999_999))
            assert_same(foreign, missing)
            assert missing.status == 404


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["maria", "anna", "stranger"])
def test_nobody_breaks_an_account_page(world, who, subtests):
    browser = browser_of(world.people[who])
    for one in ALLAUTH:
        with subtests.test(door=one.name, who=who):
            answer = knock(browser, reverse(one.name, kwargs=fill(one)))
            assert answer.status in (200, 302, 401, 404, 405), answer.status


# --- the admin


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["visitor", "maria", "anna"])
def test_the_admin_is_closed_to_everybody_who_runs_no_shop(world, who, subtests):
    browser = browser_of(world.people[who])
    for one in ADMIN:
        with subtests.test(door=one.name, who=who):
            answer = knock(browser, reverse(one.name, kwargs=fill(one)))
            assert is_login(answer) or one.name in PUBLIC, (answer.status, answer.location)


def a_row_of(model, world, shop):
    """Something of Maria's shop for each model the admin shows; a new one needs a line here."""
    now, people_ = timezone.now(), world.people
    order, conversation = Order.objects.get(), Conversation.objects.earliest("pk")
    message = conversation.messages.first()
    make = {
        "auth.Group": lambda: model.objects.create(name="Group"),
        "account.EmailAddress": lambda: model.objects.get(user=people_["maria"]),
        "socialaccount.SocialApp": lambda: model.objects.create(provider="google", name="G", client_id="x"),
        "socialaccount.SocialAccount": lambda: model.objects.create(user=people_["maria"], provider="g", uid="1"),
        "socialaccount.SocialToken": lambda: model.objects.create(
            account=SocialAccount.objects.create(user=people_["maria"], provider="g", uid="2"), token="t"
        ),
        "mfa.Authenticator": lambda: model.objects.create(
            user=people_["maria"], type="totp", data={"secret": "JBSWY3DPEHPK3PXP"}
        ),
        "accounts.Shop": lambda: shop,
        "accounts.User": lambda: people_["anna"],
        "accounts.Membership": lambda: people_["anna"].memberships.get(),
        "accounts.Team": lambda: factories.TeamFactory(shop=shop),
        "accounts.AgentPresence": lambda: presence.come(people_["anna"], shop, at=now),
        "accounts.Customer": lambda: order.customer,
        "accounts.Product": lambda: factories.ProductFactory(shop=shop),
        "accounts.Order": lambda: order,
        "accounts.Return": lambda: model.objects.create(shop=shop, order=order, number="R-1", asked_at=now),
        "accounts.Refund": lambda: order.refunds.create(external_id="1", amount=5, currency="EUR", asked_at=now),
        "accounts.Rule": lambda: shop.rules.create(action="cancel", statuses=["paid"]),
        "accounts.OrderChange": lambda: order.changes.create(key=uuid.uuid4(), action="cancel", asked_at=now),
        "accounts.Crm": lambda: model.objects.create(shop=shop, kind="rest", address="https://crm.example"),
        "accounts.CrmPush": lambda: order.customer.crm_pushes.create(kind="note", asked_at=now),
        "accounts.ConsentText": lambda: model.objects.filter(shop=shop).first(),
        "accounts.ConsentRecord": lambda: (
            consent.grant(order.customer, "personalisation", how="page", at=now) or model.objects.get()
        ),
        "knowledge.Article": lambda: articles.draft(shop, title="How we work", body="In turns."),
        "knowledge.Category": lambda: model.objects.create(shop=shop, name="House", slug="house"),
        "knowledge.Gap": lambda: gaps.record(shop, "Do you sell gift cards?"),
        "knowledge.Measurement": lambda: evaluation.keep(shop, "answers", {"n": 1}),
        "knowledge.Picture": lambda: model.objects.get(),
        "knowledge.Recipe": lambda: recipes.serving(),
        "knowledge.Tag": lambda: model.objects.create(shop=shop, name="house"),
        "ledger.Event": lambda: model.objects.first(),
        "ledger.Delivery": lambda: model.objects.create(
            reader="test", subject="conversation:1", event=Event.objects.first()
        ),
        "chat.Conversation": lambda: conversation,
        "chat.Message": lambda: message,
        "chat.Handoff": lambda: conversation.handoffs.get(),
        "accounts.Skill": lambda: model.objects.create(shop=shop, name="Lamps"),
        "chat.Intent": lambda: model.objects.create(shop=shop, name="return"),
        "chat.Flow": lambda: shelf.keep(shop, shelf.shipped()["complaint"], at=now),
        "chat.Webhook": lambda: model.objects.create(shop=shop, name="offers", address="https://x.example.com/"),
        "chat.Persona": lambda: model.objects.create(shop=shop, name="Robin"),
        "chat.BotVersion": lambda: model.objects.create(shop=shop, name="First", created_at=now),
        "chat.Note": lambda: model.objects.create(
            conversation=conversation, author=people_["anna"], text="A note", after_seq=1, client_id="n", at=now
        ),
        "tickets.Ticket": lambda: model.objects.get(),
        "tickets.Policy": lambda: model.objects.create(shop=shop, name="Usual", first=60),
        "tickets.WorkingHours": lambda: model.objects.create(shop=shop, name="Office", time_zone="Europe/Paris"),
        "tickets.TicketField": lambda: model.objects.create(shop=shop, name="Room"),
        "tickets.Macro": lambda: model.objects.create(shop=shop, name="Done", priority=1),
        "tickets.Rule": lambda: model.objects.create(shop=shop, name="Rule", when="opened", priority=1),
        "tickets.RuleRun": lambda: model.objects.create(name="R", ticket=Ticket.objects.get(), outcome="done", at=now),
        "tickets.TicketStatus": lambda: model.objects.filter(shop=shop).first(),
        "tickets.TicketChange": lambda: model.objects.first(),
        "tickets.TicketNote": lambda: work.note(
            Ticket.objects.get().pk, by=people_["anna"], text="A note", client_id="n", at=now
        ),
        "chat.SavedReply": lambda: model.objects.create(shop=shop, shortcut="sorry", text="Sorry"),
        "chat.Action": lambda: message.actions.create(
            conversation=conversation, kind="note", requested_at=now, due_at=now
        ),
    }
    return make[model._meta.label]()


@pytest.fixture
def admin_rows(world, shop):
    return {model: a_row_of(model, world, shop) for model in admin.site._registry}


@pytest.mark.django_db
def test_who_runs_another_shop_sees_nothing_of_this_one(world, shop, admin_rows, subtests):
    browser = browser_of(world.people["stranger"])
    request = SimpleNamespace(user=world.people["stranger"])
    for model, row in admin_rows.items():
        label = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        for verb in ("change", "delete", "history"):
            with subtests.test(model=model._meta.label, verb=verb):
                foreign = knock(browser, reverse(f"{label}_{verb}", args=[row.pk]))
                missing = knock(browser, reverse(f"{label}_{verb}", args=[_unused(model)]))
                if admin.site._registry[model].has_view_permission(request):
                    assert_same(foreign, missing)
                # Else the whole page is for the owner of the installation, and only that a number is taken may be seen.
                assert (foreign.status, foreign.location) in [(302, reverse("admin:index")), (403, "")]
        with subtests.test(model=model._meta.label, verb="list"):
            listed = knock(browser, reverse(f"{label}_changelist"))
            assert listed.status in (200, 403)
            assert reverse(f"{label}_change", args=[row.pk]) not in listed.body


@pytest.mark.django_db
def test_who_runs_this_shop_sees_what_the_admin_shows_of_it(world, admin_rows, subtests):
    """Otherwise the test before would prove nothing."""
    browser, seen = browser_of(world.people["boss"]), 0
    for model, row in admin_rows.items():
        label = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        with subtests.test(model=model._meta.label):
            answer = knock(browser, reverse(f"{label}_change", args=[row.pk]))
            assert answer.status in (200, 403)
            seen += answer.status == 200
    assert seen >= 10


@pytest.mark.django_db
def test_pages_of_ours_about_a_row_are_not_there_for_who_runs_another_shop(world, admin_rows, subtests):
    browser = browser_of(world.people["stranger"])
    doors = [one for one in ADMIN if one.of == "ours" and "<int:object_id>" in one.route]
    assert len(doors) >= 1
    rows = {f"{model._meta.app_label}_{model._meta.model_name}": row for model, row in admin_rows.items()}
    for one in doors:
        row = rows[one.name.removeprefix("admin:").rpartition("_")[0]]
        for verb in ("GET", "POST"):
            with subtests.test(door=one.name, verb=verb):
                foreign, missing = (
                    knock(browser, reverse(one.name, kwargs={"object_id": pk}), Door(set(), method=verb))
                    for pk in (row.pk, 999_999)
                )
                assert_same(foreign, missing)
                assert missing.status == 404


def _unused(model):
    return uuid.uuid4() if isinstance(model._meta.pk, models.UUIDField) else 999_999


# --- sockets


@pytest.mark.django_db(transaction=True)
@pytest.mark.asyncio
async def test_each_socket_lets_in_whom_its_line_names_and_nobody_else(world, settings):
    settings.SESSION_SAVE_EVERY_REQUEST = False
    for who in sorted(EVERYBODY):
        cookies = (await sync_to_async(browser_of)(world.people[who])).cookies
        for route, door in SOCKETS.items():
            own = getattr(world, door.own) if door.own else {}
            let_in, code = await _open(route, own, cookies)
            assert let_in == (who in door.may), (route, who, code)
            if door.own:
                missing_in, missing = await _open(route, {"public_id": MISSING["public_id"]}, cookies)
                assert not missing_in
                assert let_in or code == missing, (route, who, code, missing)


@pytest.mark.django_db(transaction=True)
@pytest.mark.asyncio
async def test_a_page_of_another_site_opens_no_socket(world):
    cookies = (await sync_to_async(browser_of)(world.people["maria"])).cookies

    let_in, _code = await _open("ws/chat/", {}, cookies, origin="https://evil.example")
    assert not let_in


async def _open(route, own, cookies, origin="http://localhost"):
    path = "/" + re.sub(r"<\w+:(\w+)>", lambda found: str(own[found[1]]), route)
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items())
    headers = [(b"origin", origin.encode()), (b"host", b"localhost"), (b"cookie", cookie.encode())]
    socket = WebsocketCommunicator(application, path, headers=headers)
    let_in, code = await socket.connect(timeout=10)
    await socket.disconnect()
    return let_in, code
