"""What colleagues say to each other beside a talk."""

import asyncio
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import presence
from accounts.models import AgentPresence, User
from chat import notes, pulse, talk
from chat.models import Mention, Note
from tests import factories
from tests.chat.sockets import opened, session_of
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def note(conversation, anna, text, client_id="note-one"):
    return notes.write(conversation.pk, by=anna, text=text, client_id=client_id, at=NOON)


def test_a_note_is_kept_once_and_costs_no_place_in_the_talk(conversation, anna, say, fresh):
    say("Hello")
    first, again = note(conversation, anna, "She sounds tired"), note(conversation, anna, "She sounds tired")
    assert first == again
    assert (first.after_seq, fresh(conversation).last_seq) == (1, 1)


def test_the_id_of_a_colleagues_note_is_no_place_to_lose_words_in(conversation, anna, boss):
    note(conversation, anna, "Mine")
    with pytest.raises(talk.BadClientId):
        note(conversation, boss, "Lost?")


@pytest.mark.parametrize("text", ["", "  ", "\x00"])
def test_an_empty_note_is_none(conversation, anna, text):
    with pytest.raises(talk.Empty):
        note(conversation, anna, text)


def test_a_colleague_is_called_by_name_and_nobody_else_is(conversation, anna, boss, maria, stranger):
    said = note(conversation, anna, "@Beatriz and @maria, @Sam, @nobody; mail@beatriz, @anna")
    assert [one.user for one in said.mentions.all()] == [boss]


@pytest.mark.parametrize("call", ["@beatriz", "@BEATRIZ!", "(@Beatriz)", "@Beatriz Costa", "@Beatriz.", "@boss"])
def test_she_is_found_however_she_is_called(conversation, anna, boss, shop, call):
    assert notes.named_in(f"Please look, {call}", User.objects.team_of(shop)) == [boss]


def test_what_called_her_has_reached_her_when_she_looks(conversation, anna, boss):
    note(conversation, anna, "@Beatriz?")
    assert notes.seen(conversation.pk, by=anna, at=NOON) == 0
    assert notes.seen(conversation.pk, by=boss, at=NOON) == 1
    assert not Mention.objects.filter(seen_at=None).exists()


def test_html_in_a_note_is_only_text(conversation, anna, client_of):
    note(conversation, anna, "<script>alert(1)</script><img src=x onerror=y>")
    page = client_of(anna).get(reverse("chat:thread", args=[conversation.public_id])).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x" in page
    assert "<script>alert" not in page


def test_no_shopper_reads_a_note(conversation, anna, maria, client_of, say):
    say("Hello")
    secret = uuid.uuid4().hex
    client_of(anna).post(reverse("chat:note", args=[conversation.public_id]), {"text": secret})
    assert Note.objects.get().text == secret
    hers = client_of(maria)
    for page in ("talk", "since", "earlier"):
        assert secret not in hers.get(reverse(f"chat:{page}", args=[conversation.public_id])).content.decode()
    assert secret in client_of(anna).get(reverse("chat:thread", args=[conversation.public_id])).content.decode()


def test_a_talk_is_passed_on_from_the_page(conversation, anna, boss, stranger, client_of, fresh, other_shop):
    hands, hers = reverse("chat:hands", args=[conversation.public_id]), client_of(anna)
    foreign = factories.TeamFactory(shop=other_shop)
    for nobody in (f"user-{stranger.pk}", f"team-{foreign.pk}", "user-x", "team-", "", "user-99999999999999999999"):
        assert hers.post(hands, {"verb": "pass_on", "to": nobody}).status_code == 404
    assert hers.post(hands, {"verb": "pass_on", "to": f"user-{boss.pk}"}).status_code == 302
    assert fresh(conversation).person == boss


@pytest.mark.django_db(transaction=True)
def test_colleagues_hear_of_a_note_at_once_and_the_shopper_does_not(conversation, anna, boss, maria):
    path, sessions = f"/ws/{{}}/{conversation.public_id}/", {one: session_of(one) for one in (boss, maria)}

    async def check():
        async with (
            opened(path.format("inbox"), session=sessions[boss]) as colleague,
            opened(path.format("chat"), session=sessions[maria]) as shopper,
        ):
            await pulse.in_thread(note, conversation, anna, "@Beatriz, between us")
            heard = await colleague.next("noted")
            await shopper.next("noted", within=0.5)
            return heard, [frame["type"] for frame in shopper.heard]

    heard, hers = asyncio.run(check())
    assert heard == {"type": "noted"}
    assert set(hers) <= {"state"}
    assert Mention.objects.get().seen_at is not None  # she was looking


@pytest.mark.django_db(transaction=True)
def test_an_open_window_says_that_she_is_there_until_the_last_is_closed(conversation, anna, shop, monkeypatch):
    monkeypatch.setattr(pulse, "BEAT", 0.05)
    presence.come(anna, shop, at=NOON)
    session = session_of(anna)

    async def seen():
        for _ in range(100):
            await asyncio.sleep(0.05)
            found = await pulse.in_thread(AgentPresence.objects.get, user=anna)
            if found.last_seen_at > NOON:
                return True
        return False

    async def check():
        async with opened("/ws/inbox/", session=session):
            async with opened(f"/ws/inbox/{conversation.public_id}/", session=session):
                pass
            return pulse._there(), await seen()

    there, was_seen = asyncio.run(check())
    assert (there, was_seen) == ({anna.pk}, True)
    assert pulse._there() == set()
    assert presence.available(shop, at=timezone.now())
