"""Rates are counted together, forgotten in time, and never lock the shop when Redis is away."""

import threading
import time
import uuid
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory

from accounts import limits
from tests.factories import PASSWORD, UserFactory


@pytest.fixture(autouse=True)
def _rates(settings):
    settings.RATE_LIMITS = {
        "few": "3/m",
        "soon": "2/1s",
        "two": "5/m,2/1s",
        "shut": "0/m",
        "open": "",
        "broken": "many/m",
    }


@pytest.fixture
def as_shipped():
    from config import settings

    return SimpleNamespace(RATE_LIMITS=settings.RATE_LIMITS, ACCOUNT_RATE_LIMITS=settings.ACCOUNT_RATE_LIMITS)


@pytest.fixture
def who():
    return uuid.uuid4().hex


def test_the_fourth_of_three_a_minute_is_told_when_to_come_back(who):
    verdicts = [limits.hit("few", who) for _ in range(4)]

    assert [bool(verdict) for verdict in verdicts] == [True, True, True, False]
    assert 58 <= verdicts[3].retry_after <= 60


def test_one_visitor_does_not_spend_the_knocks_of_another(who):
    for _ in range(4):
        limits.hit("few", who)

    assert limits.hit("few", who + "x").allowed


def test_a_refused_knock_does_not_prolong_the_wait(who):
    server = limits._script(limits.settings.REDIS_URL).registered_client
    first = time.monotonic()
    limits.hit("soon", who), limits.hit("soon", who)
    refused = 0
    while not limits.hit("soon", who):
        refused += 1
        server.blpop("as:nothing-comes-here", timeout=0.05)

    assert refused > 3
    assert 0.9 <= time.monotonic() - first <= 1.5


def test_of_two_rates_the_narrower_one_refuses_and_neither_counts_the_refused(who):
    assert [bool(limits.hit("two", who)) for _ in range(3)] == [True, True, False]

    server = limits._script(limits.settings.REDIS_URL).registered_client
    drawers = [key for key in server.keys("as:rate:two:*") if limits._hidden(who).encode() in key]
    assert sorted(server.zcard(key) for key in drawers) == [2, 2]


def test_threads_at_once_never_pass_more_than_the_rate(who):
    passed, start = [], threading.Barrier(8)

    def knock():
        start.wait()
        for _ in range(10):
            passed.append(limits.hit("few", who).allowed)

    threads = [threading.Thread(target=knock) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(passed) == 80
    assert sum(passed) == 3


def test_no_name_or_address_is_readable_in_redis():
    limits.hit("few", "maria@example.org")

    server = limits._script(limits.settings.REDIS_URL).registered_client
    assert not [key for key in server.keys("as:rate:*") if b"maria" in key]


def test_drawers_are_emptied_by_redis_itself(who):
    limits.hit("few", who)

    server = limits._script(limits.settings.REDIS_URL).registered_client
    (drawer,) = [key for key in server.keys("as:rate:few:*") if limits._hidden(who).encode() in key]
    assert 0 < server.pttl(drawer) <= 60_000


def test_without_redis_everybody_is_let_in_and_the_log_says_so(who, settings, monkeypatch):
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    said = []
    monkeypatch.setattr(limits.log, "warning", lambda words, *_: said.append(words))

    assert [bool(limits.hit("few", who)) for _ in range(5)] == [True] * 5
    assert "Redis does not answer" in said[0]


@pytest.mark.django_db
def test_without_redis_people_sign_in_all_the_same(client, shop, settings):
    maria = UserFactory(email="maria@example.com", signs_in=True)
    elsewhere = {**settings.CACHES["default"], "LOCATION": "unix:///nowhere/redis.sock"}
    settings.CACHES, settings.REDIS_URL = {"default": elsewhere}, elsewhere["LOCATION"]

    client.post("/account/login/", {"login": "maria@example.com", "password": "wrong"})
    assert "_auth_user_id" not in client.session
    client.post("/account/login/", {"login": "maria@example.com", "password": PASSWORD})

    assert client.session["_auth_user_id"] == str(maria.pk)


def test_no_rate_means_no_limit_and_a_rate_of_none_means_never(who):
    assert limits.hit("open", who)
    assert not limits.hit("shut", who)
    assert limits.hit("shut", who).retry_after == 60


def test_an_unknown_door_is_an_error_not_an_open_door(who):
    with pytest.raises(KeyError):
        limits.hit("backdoor", who)


@pytest.mark.parametrize("text", ["many/m", "3", "3/", "/m", "3/fortnight", "-3/m", "3/0s", "3/1.5m", "3/m/ip"])
def test_a_rate_that_cannot_be_read_is_refused_loudly(text):
    with pytest.raises(ValueError, match="not a rate"):
        limits.parse(text)


def test_a_socket_counts_its_own_frames():
    own, other = limits.Own("few"), limits.Own("few")

    assert [bool(own.hit()) for _ in range(4)] == [True, True, True, False]
    assert own.hit().retry_after == 60
    assert other.hit()


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "expected"),
    [
        (0, "203.0.113.9", "198.51.100.1", "203.0.113.9"),  # nobody is believed who was not asked
        (1, "10.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1"),  # what the visitor claims himself is not believed
        (2, "10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1"),
        (2, "10.0.0.1", "198.51.100.1", "10.0.0.1"),
        (1, "10.0.0.1", "", "10.0.0.1"),
        (0, "2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::"),
        (0, "", "", "unknown"),
        (1, "10.0.0.1", "<script>", "unknown"),
    ],
)
def test_an_address_is_believed_only_from_trusted_proxies(settings, proxies, peer, forwarded, expected):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies

    assert limits.address(peer, forwarded) == expected


def _request(who, **headers):
    request = RequestFactory().get("/search", REMOTE_ADDR=who, headers=headers)
    request.user = AnonymousUser()
    return request


@pytest.mark.django_db
def test_a_guarded_view_answers_429_with_a_page_and_a_time(shop, settings):
    settings.RATE_LIMITS = {"search": "1/m"}
    view = limits.limited("search")(lambda request: HttpResponse("found"))
    who = f"2001:db8:{uuid.uuid4().hex[:4]}:{uuid.uuid4().hex[:4]}::1"

    assert view(_request(who)).content == b"found"
    refused = view(_request(who))
    assert refused.status_code == 429
    assert 58 <= int(refused["Retry-After"]) <= 60
    assert "text/html" in refused["Content-Type"]
    assert view(_request(who, accept="application/json"))["Content-Type"] == "application/json"


@pytest.mark.django_db
def test_who_signs_in_too_often_is_told_when_to_come_back(client, shop, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}
    who = f"2001:db8:{uuid.uuid4().hex[:4]}:{uuid.uuid4().hex[:4]}::1"
    guess = {"login": "maria@example.com", "password": "wrong"}

    answers = [client.post("/account/login/", guess, REMOTE_ADDR=who) for _ in range(3)]

    assert [answer.status_code for answer in answers][:2] != [429, 429]
    assert answers[2].status_code == 429
    assert answers[2]["Retry-After"] == "60"


def test_sign_in_chat_and_search_are_limited_by_default(as_shipped):
    assert {"login", "login_failed", "signup", "reset_password"} <= as_shipped.ACCOUNT_RATE_LIMITS.keys()
    assert all(as_shipped.ACCOUNT_RATE_LIMITS.values())
    for door in ("chat.open", "chat.send", "chat.frame", "search"):
        assert limits.parse(as_shipped.RATE_LIMITS[door])
