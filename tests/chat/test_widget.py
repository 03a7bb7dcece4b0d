"""The widget without a browser: who is let in, what a key is worth, and which doors open to foreign pages."""

import base64
import hashlib
import hmac
import json
import re
from datetime import timedelta

import jwt
import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts import consent, opening, people, visitors
from accounts.models import Customer, Purpose, Role
from chat import intake, pages, seats, widget
from chat.models import Conversation
from config import env
from config.demo_page import token as demo_token
from tests import factories
from tests.chat.sockets import Communicator, session_of

ORIGIN = "https://www.lumen.example"
PANE = {"hx-request": "true"}


@pytest.fixture
def secret(shop):
    widget.allow(shop, ORIGIN)
    return opening.new_widget_secret(shop)


@pytest.fixture
def sign(secret, now):
    """A token of the shop's server; the clock may be moved, and claims changed or, with None, left out."""

    def signed(by=secret, *, minutes=10, algorithm="HS256", **claims):
        told = {
            "email": "greta@example.com",
            "name": "Greta",
            "exp": int((now + timedelta(minutes=minutes)).timestamp()),
        }
        told = {name: value for name, value in (told | claims).items() if value is not None}
        return jwt.encode(told, by, algorithm=algorithm)

    return signed


class Frame:
    """What the frame's script does: our two headers, and the newest key."""

    def __init__(self, shop, key=""):
        self.browser, self.shop, self.key = Client(enforce_csrf_checks=True), shop, key
        self.language = ""

    def _headers(self):
        language = {"accept-language": self.language} if self.language else {}
        known = {"authorization": f"Bearer {self.key}"} if self.key else {}
        return PANE | {"aftersale-shop": self.shop.slug} | known | language

    def _heard(self, answer):
        self.key = answer.headers.get("Aftersale-Key", self.key)
        return answer

    def get(self, path, **data):
        return self._heard(self.browser.get(path, data, headers=self._headers()))

    def post(self, path, **data):
        return self._heard(self.browser.post(path, data, headers=self._headers()))

    def exchange(self, token, origin=ORIGIN):
        return self.post(reverse("chat:widget_session", args=[self.shop.slug]), token=token, origin=origin)

    def start(self, text="Where is my order?", **data):
        return self.post(reverse("chat:new"), client_id="first-words", text=text, **data)


@pytest.fixture
def frame(shop, secret):
    return Frame(shop)


def admitted(shop, token, at, guest=None):
    remembered = widget.admit(shop, token, guest=guest or widget.Remembered(), at=at)
    return visitors.known(AnonymousUser(), remembered, shop)


# Tokens


def test_a_signed_token_says_who_she_is(shop, sign, now):
    greta = admitted(shop, sign(language="de"), now)

    assert (greta.email, greta.name, greta.language, greta.email_verified) == ("greta@example.com", "Greta", "de", True)
    assert admitted(shop, sign(email="GRETA@example.com", name="G."), now) == greta


def test_the_token_of_the_demo_page_is_one(shop, secret, now):
    assert admitted(shop, demo_token(secret, email="greta@example.com", name="Gréta"), now).name == "Gréta"


def test_the_recipe_of_the_manual_makes_one(shop, secret, now):
    (recipe,) = re.findall(r"```python\n(.+?)```", (env.ROOT / "docs" / "widget.md").read_text(), re.DOTALL)
    cooked = {}
    exec(recipe, cooked)

    token = cooked["token"](secret, "greta@example.com", "Gréta")

    assert admitted(shop, token, now).name == "Gréta"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"minutes": -1}, widget.Expired),
        ({"minutes": 62}, widget.TooLong),
        ({"exp": None}, widget.Forged),
        ({"exp": "soon"}, widget.Forged),
        ({"exp": 10**30}, widget.Forged),
        ({"by": "x" * 43}, widget.Forged),
        ({"algorithm": "HS512"}, widget.Forged),
        ({"algorithm": "none", "by": None}, widget.Forged),
        ({"email": None}, widget.NoAddress),
        ({"email": "nobody"}, widget.NoAddress),
        ({"email": "a@example.com\x00"}, widget.NoAddress),
    ],
)
def test_any_other_token_is_refused(shop, sign, now, change, why):
    with pytest.raises(why):
        admitted(shop, sign(**change), now)
    assert not Customer.objects.exists()


@pytest.mark.parametrize("text", ["", ".", "a.b.c", "é.é.é", "x" * 5000])
def test_what_is_no_token_is_refused(shop, secret, now, text):
    with pytest.raises(widget.Forged):
        widget.read(shop, text, at=now)


def test_a_changed_token_is_refused(shop, sign, now):
    head, claims, signature = sign().split(".")
    told = json.loads(base64.urlsafe_b64decode(claims + "==")) | {"email": "maria@example.com"}
    changed = base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")

    with pytest.raises(widget.Forged):
        widget.read(shop, f"{head}.{changed}.{signature}", at=now)


def test_a_token_of_another_shop_is_refused(shop, other_shop, sign, now):
    others = opening.new_widget_secret(other_shop)

    with pytest.raises(widget.Forged):
        widget.read(shop, sign(others), at=now)
    with pytest.raises(widget.Forged):
        widget.read(other_shop, sign(), at=now)


def test_a_shop_without_a_secret_takes_no_token(shop, now):
    empty = jwt.encode({"email": "a@example.com", "exp": now.timestamp() + 60}, "\x00", algorithm="HS256")
    head, claims, _signature = empty.split(".")
    mac = hmac.digest(b"", f"{head}.{claims}".encode(), hashlib.sha256)
    signed_with_nothing = f"{head}.{claims}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"

    with pytest.raises(widget.Forged):
        widget.read(shop, signed_with_nothing, at=now)


def test_clocks_may_differ_a_little(shop, sign, now):
    assert widget.read(shop, sign(minutes=-0.25), at=now).email == "greta@example.com"


# Who she then is


def test_the_shops_word_opens_her_place_in_this_shop_and_not_her_account(shop, sign, now, maria, client_of):
    customer = people.customer_for(maria, shop)
    frame = Frame(shop)

    assert frame.exchange(sign(email=maria.email)).status_code == 200
    assert visitors.known(AnonymousUser(), widget.remembered_by(frame.key), shop) == customer
    for name in ("accounts:home", "accounts:orders", "chat:inbox", "admin:index"):
        assert frame.get(reverse(name)).status_code == 302, name


def test_the_word_of_one_shop_is_nothing_to_another(shop, other_shop, sign, now, boss):
    factories.MembershipFactory(user=boss, shop=other_shop, role=Role.ADMIN)
    theirs = people.customer_for(boss, other_shop)
    talk = intake.open_conversation(theirs, opening_id="theirs", at=now)
    frame = Frame(shop)
    frame.exchange(sign(email=boss.email))

    assert frame.get(reverse("chat:talk", args=[talk.public_id])).status_code == 404
    assert Frame(other_shop, frame.key).get(reverse("chat:pane")).content.count(b"data-start") == 1


def test_what_she_began_as_a_guest_goes_along(frame, sign):
    assert frame.start().status_code == 200
    (talk,) = Conversation.objects.all()
    guests_key = frame.key

    frame.exchange(sign())

    talk.refresh_from_db()
    assert talk.customer.email == "greta@example.com"
    assert b"Where is my order?" in frame.get(reverse("chat:pane")).content
    assert Frame(frame.shop, guests_key).get(reverse("chat:talk", args=[talk.public_id])).status_code == 404


def test_a_refused_token_leaves_the_guest_a_guest(frame, sign):
    frame.start()
    before = frame.key

    answer = frame.exchange(sign(minutes=-5))

    assert (answer.status_code, answer.json()["code"], frame.key) == (403, "expired", before)
    assert b"Where is my order?" in frame.get(reverse("chat:pane")).content


def test_one_page_after_another_she_is_the_same_to_her_browser(frame, sign, shop):
    marks = set()
    for _page in range(2):
        again = Frame(shop)
        again.exchange(sign())
        again.start()
        marks.add(re.search(r'data-owner="([^"]+)"', again.get(reverse("chat:pane")).content.decode()).group(1))
    assert len(marks) == 1
    assert marks.pop().startswith("user-")


# Keys


def test_a_guest_gets_a_key_when_she_acts_and_not_before(frame):
    for name in ("chat:pane", "chat:home", "chat:new"):
        frame.get(reverse(name))
    assert frame.key == ""

    frame.start()
    assert frame.key
    assert b"Where is my order?" in frame.get(reverse("chat:pane")).content


@pytest.fixture
def pass_time(monkeypatch):
    real = signing.time.time

    def later(**by):
        monkeypatch.setattr(signing.time, "time", lambda: real() + timedelta(**by).total_seconds())

    return later


def test_a_guests_key_lasts_like_a_cookie(frame, pass_time):
    frame.start()
    pass_time(days=13)
    assert widget.remembered_by(frame.key)
    pass_time(days=15)
    assert not widget.remembered_by(frame.key)


def test_the_shops_word_lasts_half_a_day(frame, sign, pass_time):
    frame.exchange(sign())
    pass_time(hours=11)
    assert widget.remembered_by(frame.key)
    pass_time(hours=13)
    assert not widget.remembered_by(frame.key)


def test_a_new_secret_ends_the_keys_of_the_old_one(frame, sign, shop):
    guest = Frame(shop)
    guest.start()
    frame.exchange(sign())

    opening.new_widget_secret(shop)

    assert not widget.remembered_by(frame.key)
    assert widget.remembered_by(guest.key)


def test_a_key_is_signed_and_for_this_alone(frame, maria):
    frame.start()
    changed = frame.key[:10] + ("a" if frame.key[10] != "a" else "b") + frame.key[11:]

    for other in (changed, "", "x", seats.token_for(maria.email), signing.dumps({"kept": {"customer-of-1": 1}})):
        assert not widget.remembered_by(other), other


def test_a_frame_looks_past_the_cookies_of_its_browser_and_sets_none(shop, secret, maria, client_of, conversation):
    frame = Frame(shop)
    frame.browser = client_of(maria)
    kept = dict(frame.browser.cookies)

    assert frame.get(reverse("chat:talk", args=[conversation.public_id])).status_code == 404
    assert b"data-start" in frame.get(reverse("chat:pane")).content
    answer = frame.start()
    assert Conversation.objects.latest("pk").customer.user is None
    assert not answer.cookies
    assert dict(frame.browser.cookies) == kept


def test_what_a_frame_says_counts_nowhere_but_in_the_talk(frame, sign, maria, client_of):
    frame.exchange(sign(email=maria.email))
    form = {"login": maria.email, "password": "wrong"}
    assert frame.post(reverse("account_login"), **form).status_code == 403  # no token of a form, as for anybody

    frame.browser = client_of(maria)
    assert frame.get(reverse("accounts:orders")).status_code == 200  # her own cookie


def test_cookies_alone_are_no_frame(shop, secret, maria, client_of, sign):
    answer = client_of(maria).post(
        reverse("chat:widget_session", args=[shop.slug]), {"token": sign(), "origin": ORIGIN}, headers=PANE
    )
    assert answer.status_code == 403


def test_a_guest_talks_reads_and_sends_a_file_by_her_key(frame):
    frame.start()
    talk = Conversation.objects.get()
    url = {
        name: reverse(f"chat:{name}", args=[talk.public_id]) for name in ("send", "since", "read", "person", "upload")
    }

    sent = frame.post(url["send"], client_id="second-words", text="Order 1042")
    kept = frame.post(url["upload"], client_id="a-file-of-hers", file=SimpleUploadedFile("list.txt", b"a lamp"))

    assert (sent.status_code, sent.json()["seq"]) == (200, 2)
    assert frame.get(kept.json()["url"]).status_code == 200
    assert Client().get(kept.json()["url"]).status_code == 404
    assert b"Order 1042" in frame.get(url["since"], seq=1).content
    assert frame.post(url["read"], seq=2).status_code == 204
    assert frame.post(url["person"]).status_code == 200


def test_consent_is_asked_in_the_first_breath_and_changed_inside_the_pane(frame):
    page = frame.get(reverse("chat:pane"))
    assert page.content.count(b'name="purpose"') == len(Purpose)

    frame.start(purpose=["learning"])
    customer = Conversation.objects.get().customer
    assert consent.allowed(customer) == {Purpose.NECESSARY, Purpose.LEARNING}

    face = reverse("chat:widget_consent", args=[frame.shop.slug])
    assert face.encode() in frame.get(reverse("chat:pane")).content
    assert b"What you decided" in frame.get(face).content
    assert frame.post(reverse("accounts:consent"), purpose=[]).status_code == 200
    assert consent.allowed(customer) == {Purpose.NECESSARY}


def test_a_frame_speaks_the_language_of_its_page(shop, secret):
    scope = {"query_string": b"lang=de", "headers": [(b"accept-language", b"fr")], "cookies": {"django_language": "es"}}
    assert pages.language_of(scope) == "de"

    page = Client().get(reverse("chat:widget", args=[shop.slug]), {"origin": ORIGIN, "lang": "es-MX"})
    assert b'<html lang="es"' in page.content
    frame = Frame(shop)
    frame.browser.cookies["django_language"] = "es"  # chosen on our own pages, which is another matter
    frame.language = "de"
    assert b'<small lang="de"' in frame.get(reverse("chat:pane")).content


# Doors


def framed(shop, **data):
    return Client().get(reverse("chat:widget", args=[shop.slug]), data)


def test_only_a_site_of_the_shop_may_show_it(shop, secret):
    widget.allow(shop, "http://localhost:8001")

    answer = framed(shop, origin=ORIGIN)

    assert answer.status_code == 200
    assert f"frame-ancestors {ORIGIN} http://localhost:8001;" in answer["Content-Security-Policy"] + ";"
    assert "X-Frame-Options" not in answer
    assert f'data-origin="{ORIGIN}"'.encode() in answer.content
    assert not answer.cookies


@pytest.mark.parametrize("origin", ["", "https://evil.example", ORIGIN + ".evil.example", ORIGIN + "/", "null"])
def test_any_other_site_may_not(shop, secret, sign, origin):
    answer = framed(shop, origin=origin)

    assert answer.status_code == 403
    assert f"frame-ancestors {ORIGIN};" in answer["Content-Security-Policy"] + ";"
    assert Frame(shop).exchange(sign(), origin=origin).json() == {"code": "origin"}


def test_a_shop_without_sites_is_shown_nowhere(shop):
    answer = framed(shop, origin=ORIGIN)

    assert answer.status_code == 403
    assert "frame-ancestors 'none';" in answer["Content-Security-Policy"] + ";"


def test_everything_else_stays_out_of_frames(shop, secret, frame):
    frame.start()
    talk = reverse("chat:talk", args=[Conversation.objects.get().public_id])
    for path in ("/", "/widget.js", reverse("chat:new"), reverse("chat:widget_consent", args=[shop.slug]), talk):
        answer = frame.get(path)
        assert answer.status_code == 200
        assert answer["X-Frame-Options"] == "DENY", path
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"], path


def test_the_script_is_small_public_and_kept(client, db):
    answer = client.get("/widget.js", headers={"accept-encoding": "gzip"})

    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "public" in answer["Cache-Control"]
    assert not answer.cookies
    assert len(answer.content) < 4096
    assert client.get("/widget.js", headers={"if-none-match": answer["ETag"]}).status_code == 304
    assert b"__WORDS__" not in client.get("/widget.js").content


def test_the_launcher_wears_our_colours():
    ours, its = ((env.ROOT / "static" / name).read_text() for name in ("css/tokens.css", "js/widget.js"))
    for token in ("stamp", "on-stamp", "paper", "ink", "line", "shade"):
        colour = re.search(rf"--{token}: (light-dark\(oklch\([^)]+\), oklch\([^)]+\)\))", ours).group(1)
        assert colour in its, token


# Sockets


async def knock(talk, key, protocols=("aftersale.frame",), **scope):
    from config.asgi import application

    headers = [(b"host", b"localhost"), (b"origin", b"http://localhost"), (b"cookie", scope.get("cookie", b""))]
    offered = [*protocols, "aftersale.key." + key.replace(":", "~")]
    communicator = Communicator(application, f"/ws/{scope.get('room', 'chat')}/{talk}/", headers, offered)
    welcome, protocol = await communicator.connect(timeout=10)
    first = await communicator.receive_from(timeout=10) if welcome else None
    if welcome:
        await communicator.disconnect(timeout=10)
    return welcome, protocol, first


@pytest.mark.django_db(transaction=True)
@pytest.mark.asyncio
async def test_a_socket_opens_by_the_key_of_its_frame(frame, sign):
    await sync_to_async(frame.exchange)(sign())
    await sync_to_async(frame.start)()
    talk = (await Conversation.objects.aget()).public_id

    welcome, protocol, first = await knock(talk, frame.key)
    assert (welcome, protocol) == (True, "aftersale.frame")
    assert 'id="pane-who"' in first

    as_program = await knock(talk, frame.key, protocols=("aftersale.v1", "aftersale.frame"))
    assert as_program[1] == "aftersale.v1"
    assert json.loads(as_program[2])["type"] == "state"


@pytest.mark.django_db(transaction=True)
@pytest.mark.asyncio
async def test_a_socket_of_a_frame_opens_by_nothing_else(frame, maria, anna, sign):
    await sync_to_async(frame.start)()
    talk = (await Conversation.objects.aget()).public_id
    others = Frame(frame.shop)
    await sync_to_async(others.exchange)(sign())

    for key in ("", "x" * 60, others.key):
        assert not (await knock(talk, key))[0]
    assert not (await knock(talk, frame.key, room="inbox"))[0]
    hers = await sync_to_async(session_of)(anna)
    assert not (await knock(talk, frame.key, room="inbox", cookie=f"session={hers}".encode()))[0]


def test_a_seat_taken_by_a_key_is_lost_with_it(frame, sign, shop):
    frame.exchange(sign())
    frame.start()
    seat = seats.shopper_seat(seats.visitor_by_key(frame.key), Conversation.objects.get().public_id)
    assert seats.still_holds(seat)

    opening.new_widget_secret(shop)
    assert not seats.still_holds(seat)
