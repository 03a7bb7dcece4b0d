"""Mail about tickets and talks: who gets it, how it stands in a mailbox, and that a server takes it."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.core import mail as outgoing
from django.test import override_settings

from accounts import mail, presence
from chat import letters
from tests.mail_lint import lint
from tests.smtp_sink import sink
from tickets import notices, opening, work

pytestmark = pytest.mark.django_db
LATE = timedelta(minutes=10)


@pytest.fixture
def sent(hear, django_capture_on_commit_callbacks, monkeypatch):
    """What is written after this is done, as a worker would."""
    for task in (notices.send_notice, notices.send_received):
        monkeypatch.setattr(task, "delay", task.run)

    monkeypatch.setattr(notices, "FRESH", timedelta(days=10_000))  # these tests are of long ago

    def after(act):
        outgoing.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            act()
            hear()
        return [(letter.to[0], letter.subject) for letter in outgoing.outbox]

    return after


@pytest.fixture
def reachable(customer):
    customer.email = "maria@example.com"
    customer.save()
    return customer


# --- how it stands in a mailbox


def parsed(letter):
    return message_from_bytes(letter.message().as_bytes(), policy=policy.default)


def test_letters_of_one_talk_stand_together_and_are_signed(reachable, ticket, anna, say, after):
    threads = []
    for number in range(3):
        work.reply(ticket.pk, by=anna, text=f"Word {number} <b>&", client_id=f"r{number}", at=after(20 * number))
        assert letters.post_due(at=after(20 * number) + LATE) == 1
        threads.append(parsed(outgoing.outbox[-1]))

    first, second, third = threads
    assert len({one["Message-ID"] for one in threads}) == 3
    assert second["In-Reply-To"] == first["Message-ID"]
    assert third["References"].split() == [first["References"], second["Message-ID"]]
    assert {one["Reply-To"] for one in threads} == {mail.reply_address(f"talk-{ticket.conversation}")}
    assert mail.thread_of([str(first["Reply-To"])]) == f"talk-{ticket.conversation}"
    assert first["Subject"] == "Anna of Lumen & Loom has answered you (#1)"
    text, html = (first.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "Word 0 <b>&" in text
    assert "Word 0 &lt;b&gt;&amp;" in html
    assert "Lumen &amp; Loom" in html


@pytest.mark.parametrize("how", ["other talk", "other signature", "no signature", "nothing"])
def test_nobody_makes_up_a_reply_address(how, settings):
    good = mail.reply_address("talk-12")
    bad = {
        "other talk": good.replace("talk-12", "talk-13"),
        "other signature": good[: good.index("@") - 1] + "x@" + good.partition("@")[2],
        "no signature": "shop+talk-12@localhost",
        "nothing": "",
    }[how]
    assert mail.thread_of([good, bad]) == "talk-12"
    assert mail.thread_of([bad]) is None
    assert mail.thread_of([good.upper()]) == "talk-12"


@pytest.mark.parametrize(
    "name", ["Ünïcode & Söhne", "Evil\r\nBcc: all@example.com", "x" * 200, '"Quoted", Inc.', "שלום"]
)
def test_whatever_a_shop_and_a_ticket_are_called_the_mail_is_sound(name, shop):
    shop.name = name[:100]
    thread = mail.Thread("ticket-1", "1", ("0",))
    letter = mail.compose(name, f"Words.\n\n{name}", to="maria@example.com", shop=shop, thread=thread, can_reply=True)
    assert lint(letter.message().as_bytes()) == []
    assert "Bcc" not in parsed(letter)


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        (b"Message-ID: <talk-1.2@localhost>", b"Message-ID: talk"),
        (b"In-Reply-To: <talk-1.1@localhost>", b"In-Reply-To: <talk-1.0@localhost>"),
        (b"Subject: Hello", b"Subject: Hello\nSubject: Again"),
        (b"To: maria@example.com", b"To: maria"),
        (b"Auto-Submitted: auto-generated", "X-Café: ü".encode()),
        (b"text/html", b"text/csv"),
    ],
)
def test_the_linter_sees_what_is_wrong(good, bad, shop):
    thread = mail.Thread("talk-1", "2", ("1",))
    raw = mail.compose("Hello", "Words", to="maria@example.com", shop=shop, thread=thread).message().as_bytes()
    assert good in raw
    assert (lint(raw), bool(lint(raw.replace(good, bad)))) == ([], True)


def test_a_server_takes_it_as_it_is(reachable, ticket, anna, after):
    with (
        sink() as (port, taken),
        override_settings(
            EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_HOST="127.0.0.1", EMAIL_PORT=port
        ),
    ):
        work.reply(ticket.pk, by=anna, text=".\n.. Ünïcode", client_id="r", at=after(1))
        assert letters.post_due(at=after(1) + LATE) == 1
        notices.send_received.run(ticket.pk)

    assert [to for _sender, to, _letter in taken] == [["maria@example.com"]] * 2
    for _sender, _to, raw in taken:
        assert lint(raw) == []
    got = message_from_bytes(taken[0][2], policy=policy.default)
    assert ".\r\n.. Ünïcode" in got.get_body(("plain",)).get_content()


# --- who gets it


def test_who_asked_by_the_form_knows_that_we_have_it(reachable, sent, after):
    opened = sent(lambda: opening.from_form(reachable, subject="Dark lamp", text="Dark", opening_id="f", at=after()))
    assert opened == [("maria@example.com", "We have your request #1: Dark lamp")]
    assert "/account/tickets/1/" in outgoing.outbox[0].body


def test_colleagues_who_do_not_look_are_told_and_nobody_of_what_they_did(ticket, sent, anna, boss, say, after, shop):
    work.follow(ticket.pk, by=boss, at=after(), on=True)
    assert sent(lambda: work.take(ticket.pk, by=anna, at=after(1))) == []

    def give(to):
        version = type(ticket).objects.get(pk=ticket.pk).version
        return lambda: work.change(ticket.pk, {"assignee": to}, version=version, by=anna, at=after(2))

    assert sent(give(boss)) == [("boss@example.com", "#1 The lamp flickers")]
    sent(give(anna))
    assert sorted(to for to, _ in sent(lambda: say(ticket, "Hello?", at=after(3)))) == [
        "anna@example.com",
        "boss@example.com",
    ]
    from django.utils import timezone

    presence.come(anna, shop, at=timezone.now())
    assert [to for to, _ in sent(lambda: say(ticket, "Hello?", at=after(4)))] == ["boss@example.com"]


def test_what_is_long_ago_is_news_to_nobody(reachable, sent, after, monkeypatch):
    monkeypatch.setattr(notices, "FRESH", timedelta(hours=6))
    assert sent(lambda: opening.from_form(reachable, subject="Dark", text="Dark", opening_id="f", at=after())) == []


def test_who_left_the_shop_gets_nothing(ticket, anna, after):
    anna.memberships.all().delete()
    notices.send_notice.run(ticket.pk, anna.pk, "ticket.assigned", 1)
    assert outgoing.outbox == []
