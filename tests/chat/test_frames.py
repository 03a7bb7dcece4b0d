"""Whatever comes through a socket is refused with a reason, and nobody else notices."""

import asyncio
import json
import uuid

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from chat.models import Message
from tests.chat.sockets import opened, session_of

pytestmark = pytest.mark.django_db(transaction=True)
CODES = {
    *("not_text", "not_json", "unknown_type", "bad_client_id", "bad_text", "bad_files", "bad_seq", "too_long", "empty"),
    *("too_fast", "not_accepted", "held_by_another", "already_taken", "not_holding", "not_allowed"),
}
KINDS = ("send", "sync", "read", "typing", "person", "take", "give_back")

anything = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
no_frame = anything.filter(lambda value: not (isinstance(value, dict) and value.get("type") in KINDS))
bad_id = anything.filter(lambda value: not isinstance(value, str)) | st.sampled_from(
    ["", "short", "x" * 65, "with space", "sl/ash/sl", "umläute-ok", "null\x00null", "newline\nin", "action:12345678"]
)
bad_text = anything.filter(lambda value: not isinstance(value, str))
bad_seq = anything.filter(lambda value: isinstance(value, bool) or not isinstance(value, int) or value < 0)
blank = st.sampled_from(["", "  ", "\n\n"])
bad_files = st.sampled_from([{"a": 1}, [{}, 3], "all", [str(uuid.uuid4())]])


def says(text, client_id=None, **more):
    return {"type": "send", "client_id": uuid.uuid4().hex if client_id is None else client_id, "text": text, **more}


refused = st.one_of(
    no_frame.map(json.dumps),
    st.text(min_size=1, max_size=20).filter(lambda text: not _is_json(text)),
    st.binary(min_size=1, max_size=20),
    bad_id.filter(lambda one: one is not None).map(lambda one: says("hello", one)),
    (bad_text | blank).map(says),
    bad_files.map(lambda files: says("hi", files=files)),
    bad_seq.map(lambda seq: {"type": "sync", "since": seq}),
    bad_seq.map(lambda seq: {"type": "read", "seq": seq}),
    st.sampled_from([{"type": "take"}, {"type": "give_back"}, {"type": "send"}]),
)


def _is_json(text):
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


@pytest.fixture
def unhurried(settings):
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, "")


def test_what_is_no_frame_is_refused_with_a_reason(conversation, maria, anna, unhurried):
    mine, theirs = session_of(maria), session_of(anna)

    async def check(frames):
        async with (
            opened(f"/ws/chat/{conversation.public_id}/", session=mine) as shopper,
            opened(f"/ws/inbox/{conversation.public_id}/", session=theirs) as agent,
        ):
            for frame in frames:
                await shopper.send(frame)
                error = await shopper.next("error", "ack", "message")
                assert error is not None, f"no word about {frame!r}; closed with {shopper.closed}"
                assert error["type"] == "error", f"{frame!r} was taken"
                assert error["code"] in CODES
                assert error["text"]
            await agent.send({"type": "sync", "since": 0})
            assert (await agent.next("state"))["type"] == "state"
            assert [frame for frame in agent.heard if frame["type"] in {"error", "message"}] == []

    @effort(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @example([{"type": "send", "client_id": "nul-in-the-text", "text": "\x00"}])
    @example(['{"type": "sync", "since": 1e400}', '{"type": "read", "seq": NaN}', '{"type": "sync", "since": true}'])
    @example(["[" * 30_000])
    @given(st.lists(refused, min_size=1, max_size=6))
    def any_of_them(frames):
        asyncio.run(check(frames))
        assert not Message.objects.exists()

    any_of_them()


def test_a_text_of_a_megabyte_is_refused_and_others_go_on(conversation, maria, anna, unhurried):
    mine, theirs = session_of(maria), session_of(anna)

    async def check():
        path = f"/ws/chat/{conversation.public_id}/"
        async with (
            opened(path, session=mine) as shopper,
            opened(path, session=mine) as tab,
            opened(f"/ws/inbox/{conversation.public_id}/", session=theirs) as agent,
        ):
            for length in (1_000_000, 60_000, 8_001):
                await shopper.send(says("x" * length))
                assert (await shopper.next("error", "ack"))["code"] == "too_long"
            await agent.send({"type": "sync", "since": 0})
            await tab.send(says("Still here."))
            assert (await tab.next("ack"))["seq"] == 1
            assert (await agent.next("message"))["text"] == "Still here."

    asyncio.run(check())
    assert Message.objects.count() == 1


def test_a_thousand_frames_a_second_close_their_own_socket_alone(conversation, maria, anna):
    mine, theirs = session_of(maria), session_of(anna)

    async def check():
        path = f"/ws/chat/{conversation.public_id}/"
        async with (
            opened(path, session=mine) as flood,
            opened(path, session=mine) as tab,
            opened(f"/ws/inbox/{conversation.public_id}/", session=theirs) as agent,
        ):
            for _ in range(1000):
                await flood.send({"type": "typing"})
            error = await flood.next("error")
            assert error["code"] == "too_fast"
            assert error["retry_after"] > 0
            while flood.closed is None:
                await flood.next("error")
            assert flood.closed == 4429
            await agent.send({"type": "sync", "since": 0})
            await tab.send(says("Calm."))
            assert (await tab.next("ack"))["seq"] == 1
            assert (await agent.next("message"))["text"] == "Calm."

    asyncio.run(check())


def test_one_id_of_two_people_is_not_one_message(conversation, maria, anna, unhurried):
    mine, theirs = session_of(maria), session_of(anna)

    async def check():
        async with (
            opened(f"/ws/chat/{conversation.public_id}/", session=mine) as shopper,
            opened(f"/ws/inbox/{conversation.public_id}/", session=theirs) as agent,
        ):
            await shopper.send(says("Mine.", "the-same-id"))
            assert (await shopper.next("ack"))["seq"] == 1
            await agent.send(says("Theirs.", "the-same-id"))
            return await agent.next("ack", "error")

    answer = asyncio.run(check())
    if answer["type"] == "ack":
        assert Message.objects.filter(text="Theirs.", seq=answer["seq"]).exists()
    else:
        assert answer["code"] in CODES


def test_said_again_it_is_acknowledged_as_repeated_on_both_sides(conversation, maria, anna, unhurried):
    async def twice(kind, session):
        async with opened(f"/ws/{kind}/{conversation.public_id}/", session=session) as socket:
            acks = []
            for _ in range(2):
                await socket.send(says("Once.", f"once-{kind}-side"))
                acks.append(await socket.next("ack"))
            return acks

    for kind, session in (("chat", session_of(maria)), ("inbox", session_of(anna))):
        first, again = asyncio.run(twice(kind, session))
        assert first["seq"] == again["seq"]
        assert (kind, first["repeated"], again["repeated"]) == (kind, False, True)


def test_half_a_character_harms_nobody(conversation, maria, anna, unhurried):
    mine, theirs = session_of(maria), session_of(anna)

    async def check():
        async with (
            opened(f"/ws/chat/{conversation.public_id}/", session=mine) as shopper,
            opened(f"/ws/inbox/{conversation.public_id}/", session=theirs) as agent,
        ):
            await agent.send({"type": "sync", "since": 0})
            await shopper.send(json.dumps(says("half \ud800 of it")))
            if (await shopper.next("ack", "error"))["type"] == "ack":
                (await agent.next("message"))["text"].encode()
            await shopper.send(says("Whole."))
            assert (await shopper.next("ack"))["seq"]

    asyncio.run(check())


def test_foreign_and_missing_are_refused_alike(conversation, omar, stranger, maria, anna, unhurried):
    async def door(path, session):
        async with opened(path, session=session) as socket:
            return socket is not None

    kinds = [(omar, "chat"), (stranger, "inbox"), (stranger, "chat"), (maria, "inbox"), (anna, "chat")]
    for person, kind in kinds:
        session = session_of(person)
        for public_id in (conversation.public_id, uuid.uuid4()):
            assert not asyncio.run(door(f"/ws/{kind}/{public_id}/", session))
    assert asyncio.run(door(f"/ws/chat/{conversation.public_id}/", session_of(maria)))
