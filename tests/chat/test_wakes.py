"""Wake-ups are hints: they come late, twice, in another order or not at all, and nobody is told what is over."""

import asyncio
from contextlib import suppress

import pytest
from django.conf import settings as configured
from django.utils import timezone
from redis import Redis

from chat import handoff, intake, pulse, realtime, wire
from chat.models import Conversation
from tests.chat.sockets import opened, session_of

pytestmark = pytest.mark.django_db(transaction=True)


def told(conversation):
    """A wake-up with the conversation as it is now."""
    found = Conversation.objects.select_related("person").get(pk=conversation.pk)
    return {"type": "talk.wake", "message": None, "state": wire.state(found)}


async def wake(conversation, event):
    from channels.layers import get_channel_layer

    await get_channel_layer().group_send(realtime.talk_group(conversation.pk), event)


async def beat(conversation):
    """The heart beats once, whatever the clock says."""
    await pulse._tell(recheck=False)


def quietly(monkeypatch):
    """Lose every wake-up."""
    monkeypatch.setattr(realtime, "_send", lambda group, event: None)


def talk_of(conversation, session, kind="inbox"):
    return opened(f"/ws/{kind}/{conversation.public_id}/", session=session)


def test_a_late_wake_up_does_not_turn_the_clock_back(conversation, anna):
    session, before = session_of(anna), told(conversation)
    handoff.take(conversation.pk, by=anna, at=timezone.now())
    after = told(conversation)

    async def check():
        async with talk_of(conversation, session) as agent:
            await agent.send({"type": "sync", "since": 0})
            assert (await agent.next("message"))["seq"] == 1
            await wake(conversation, before)
            await wake(conversation, {"type": "talk.typing", "author": "shopper", "name": "Maria", "sender": "her"})
            assert await agent.next("typing")
            return [frame["holder"] for frame in agent.heard if frame["type"] == "state"]

    assert after["state"]["lease"] > before["state"]["lease"]
    assert set(asyncio.run(check())) == {"person"}


def test_a_heartbeat_heals_what_a_lost_wake_up_would_have_told(conversation, maria, anna, monkeypatch):
    session = session_of(maria)

    async def check():
        async with talk_of(conversation, session, "chat") as shopper:
            await shopper.send({"type": "sync", "since": 0})
            assert (await shopper.next("state"))["holder"] == "bot"
            assert (await shopper.next("state"))["open"]
            quietly(monkeypatch)
            await pulse.in_thread(handoff.take, conversation.pk, by=anna, at=timezone.now())
            await beat(conversation)
            assert (await shopper.next("message"))["author"] == "system"
            assert (await shopper.next("state"))["holder"] == "person"
            await pulse.in_thread(handoff.close, conversation.pk, by=anna, at=timezone.now())
            await beat(conversation)
            assert not (await shopper.next("state"))["open"]

    asyncio.run(check())


def test_an_emptied_redis_wakes_as_before(conversation, maria):
    session = session_of(maria)

    async def check():
        async with talk_of(conversation, session, "chat") as shopper:
            await shopper.send({"type": "sync", "since": 0})
            await shopper.next("state")
            Redis.from_url(configured.REDIS_URL).flushdb()
            inbound = intake.Inbound(conversation.pk, "after-the-flood", "Still there?")
            await pulse.in_thread(intake.receive, inbound, at=timezone.now())
            assert (await shopper.next("message"))["text"] == "Still there?"

    asyncio.run(check())


def test_a_draft_is_only_told_under_the_lease_it_was_thought_under(conversation, maria, anna):
    session = session_of(maria)

    async def check():
        async with talk_of(conversation, session, "chat") as shopper:
            await shopper.send({"type": "sync", "since": 0})
            lease = (await shopper.next("state"))["lease"]
            for words, under in (("Too old.", lease - 1), ("Just right.", lease)):
                await wake(conversation, {"type": "talk.draft", "lease": under, "text": words})
            assert (await shopper.next("draft"))["text"] == "Just right."
            await pulse.in_thread(handoff.take, conversation.pk, by=anna, at=timezone.now())
            while (await shopper.next("state"))["holder"] != "person":
                pass
            await wake(conversation, {"type": "talk.draft", "lease": lease, "text": "Too late."})
            await wake(conversation, {"type": "talk.typing", "author": "person", "name": "Anna", "sender": "her"})
            assert (await shopper.next("draft", "typing"))["type"] == "typing"

    asyncio.run(check())


def test_one_socket_that_fails_keeps_no_heartbeat_from_the_others(conversation, maria, caplog):
    session = session_of(maria)

    class Broken:
        class seat:
            conversation_id = 0

        async def beat(self, *standing):
            raise RuntimeError("gone")

    async def check():
        broken = Broken()
        pulse.join(broken)
        try:
            async with talk_of(conversation, session, "chat") as shopper:
                await beat(conversation)
                assert (await shopper.next("heartbeat"))["seq"] == 0
        finally:
            pulse.leave(broken)

    asyncio.run(check())
    assert "gone" in caplog.text


def test_two_heartbeats_at_once_show_a_message_once(conversation, maria, monkeypatch):
    session = session_of(maria)

    async def check():
        async with talk_of(conversation, session, "chat") as shopper:
            await shopper.send({"type": "sync", "since": 0})
            await shopper.next("state")
            await shopper.next("state")
            quietly(monkeypatch)
            inbound = intake.Inbound(conversation.pk, "shown-only-once", "Once.")
            await pulse.in_thread(intake.receive, inbound, at=timezone.now())
            await asyncio.gather(beat(conversation), beat(conversation))
            await shopper.next("heartbeat")
            await shopper.next("heartbeat")
            return [frame["seq"] for frame in shopper.heard if frame["type"] == "message"]

    assert asyncio.run(check()) == [1]


def test_a_socket_the_server_gives_up_leaves_nothing_behind(conversation, anna):
    session, group = session_of(anna), realtime.talk_group(conversation.pk)

    async def check():
        from channels.layers import get_channel_layer

        def members():
            layer = get_channel_layer()._get_layer()
            return len(layer.groups.get(layer._get_group_channel_name(group), ()))

        before, left = len(pulse._listeners), None
        with suppress(asyncio.CancelledError):  # its own end is the test's
            async with talk_of(conversation, session) as agent:
                assert await agent.next("state")
                assert (len(pulse._listeners), members()) == (before + 1, 1)
                agent.communicator.future.cancel()
                await asyncio.wait([agent.communicator.future])
                left = len(pulse._listeners) - before, members()
        return left

    assert asyncio.run(check()) == (0, 0)
