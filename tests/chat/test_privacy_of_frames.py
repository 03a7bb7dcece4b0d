"""Whoever they are and whatever they ask for, nobody sees what another customer said, is called or sent.

Every person and every file carries a word of its own. People of two shops, guests among them, talk, listen and ask for
everything by every id there is; then each word is looked for wherever it does not belong.
"""

import asyncio
import uuid
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from accounts import people, visitors
from chat import intake
from chat.models import Message
from tests import factories
from tests.chat.sockets import opened, session_of

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = ("/chat/", "/chat/pane/", "/inbox/")
OF_A_TALK = (
    "/chat/{}/", "/chat/{}/earlier/?before=999", "/chat/{}/since/?seq=0&format=json", "/chat/{}/since/?seq=0",
    "/inbox/{}/", "/inbox/{}/earlier/?before=999", "/inbox/{}/since/?seq=0&format=json", "/inbox/{}/hands/",
)  # fmt: skip
POSTS = (
    "/chat/{}/send/", "/chat/{}/read/", "/chat/{}/person/", "/chat/{}/files/",
    "/inbox/{}/send/", "/inbox/{}/read/", "/inbox/{}/hands/", "/inbox/{}/files/",
)  # fmt: skip
# For each of two shops, how many of its customers have an account and how many are guests.
shops = st.lists(st.sampled_from([(1, 0), (0, 1), (2, 0), (1, 1)]), min_size=2, max_size=2)


@dataclass
class Somebody:
    """A customer with a talk, or an agent; `word` is in all that is hers, and nobody else's."""

    word: str
    shop: object
    session: str
    talk: str = ""
    files: list[str] = field(default_factory=list)
    is_agent: bool = False

    @property
    def browser(self):
        browser = Client(raise_request_exception=False)
        browser.cookies["session"] = self.session
        return browser


@pytest.fixture
def unhurried(settings, tmp_path):
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, "")
    settings.MEDIA_ROOT = tmp_path


def populate(plan):
    """Two shops with some accounts, some guests and an agent each; everybody has said something and sent a file."""
    everybody = []
    for accounts, guests in plan:
        shop = factories.ShopFactory(slug=f"shop-{uuid.uuid4().hex[:12]}")
        for number in range(accounts + guests):
            word = f"w{uuid.uuid4().hex}"
            if number < accounts:
                user = factories.UserFactory(email=f"{word}@example.com", name=f"Name {word}")
                customer, session = people.customer_for(user, shop), session_of(user)
            else:
                remembered = {}
                customer = visitors.settle(
                    AnonymousUser(), remembered, shop, name=f"Guest {word}", email=f"{word}@example.com"
                )
                session = session_of(**remembered)
            talk = intake.open_conversation(customer, opening_id=f"opening-{word}", at=timezone.now())
            one = Somebody(word, shop, session, talk=str(talk.public_id))
            intake.receive(intake.Inbound(talk.pk, f"first-{word}", f"I said {word}."), at=timezone.now())
            sent = one.browser.post(
                f"/chat/{one.talk}/files/",
                {"client_id": f"file-{word}", "file": SimpleUploadedFile(f"{word}.txt", word.encode(), "text/plain")},
            )
            assert sent.status_code < 300, sent.content
            one.files = [str(public_id) for public_id in talk.attachments.values_list("public_id", flat=True)]
            assert one.files
            everybody.append(one)
        agent = factories.UserFactory(email=f"a{uuid.uuid4().hex}@example.com")
        factories.MembershipFactory(user=agent, shop=shop)
        everybody.append(Somebody(f"a{uuid.uuid4().hex}", shop, session_of(agent), is_agent=True))
    return everybody


def may_see(viewer, other):
    return viewer is other or (viewer.is_agent and viewer.shop == other.shop)


def look_for_leaks(where, what, viewer, everybody):
    for other in everybody:
        if other.talk and not may_see(viewer, other):
            assert other.word not in what, (
                f"{where} showed {'an agent' if viewer.is_agent else 'a shopper'} another's words"
            )


def ask_for_everything(viewer, everybody):
    """Every page and file by every id: somebody's, nobody's, one's own."""
    browser = viewer.browser
    for path in PAGES:
        look_for_leaks(path, browser.get(path).content.decode(), viewer, everybody)
    talks = [one.talk for one in everybody if one.talk] + [str(uuid.uuid4())]
    for talk in talks:
        owner = next((one for one in everybody if one.talk == talk), None)
        for path in OF_A_TALK:
            answer = browser.get(path.format(talk))
            look_for_leaks(path, answer.content.decode(), viewer, everybody)
            if owner is None or not may_see(viewer, owner):
                assert answer.status_code in {302, 404, 405}, f"{path} answered {answer.status_code}"
        if owner is None or not may_see(viewer, owner):
            before = Message.objects.count()
            for path in POSTS:
                said = {"client_id": uuid.uuid4().hex, "text": f"from {viewer.word}", "seq": "1", "do": "take"}
                answer = browser.post(path.format(talk), said)
                assert answer.status_code in {302, 404, 405}, f"POST {path} answered {answer.status_code}"
                look_for_leaks(path, answer.content.decode(), viewer, everybody)
            assert Message.objects.count() == before
    for owner in everybody:
        for file in owner.files:
            answer = browser.get(f"/chat/files/{file}/")
            if may_see(viewer, owner):
                assert owner.word in b"".join(answer).decode()
            else:
                assert answer.status_code == 404
    if viewer.talk:
        assert viewer.word in browser.get(f"/chat/{viewer.talk}/since/?seq=0&format=json").content.decode()


async def listen_at_every_door(everybody, order):
    """Sockets of everybody are open wherever they open; then everybody speaks, sends a stranger's file, and goes."""
    async with AsyncExitStack() as doors:
        sockets = []
        for viewer in everybody:
            for talk in [*(one.talk for one in everybody if one.talk), str(uuid.uuid4())]:
                owner = next((one for one in everybody if one.talk == talk), None)
                for kind in ("chat", "inbox"):
                    path = f"/ws/{kind}/{talk}/"
                    socket = await doors.enter_async_context(opened(path, session=viewer.session))
                    allowed = owner is not None and may_see(viewer, owner) and viewer.is_agent == (kind == "inbox")
                    assert (socket is not None) == allowed, f"{path} is {'open' if socket else 'shut'}"
                    if socket:
                        await socket.send({"type": "sync", "since": 0})
                        sockets.append((viewer, talk, socket))
        for number in order:
            _, talk, socket = sockets[number % len(sockets)]
            (owner,) = (one for one in everybody if one.talk == talk)
            strange = [file for other in everybody if other is not owner for file in other.files]
            client_id = uuid.uuid4().hex
            await socket.send({"type": "typing"})
            await socket.send({"type": "send", "client_id": client_id, "text": "with a file", "files": strange[:1]})
            assert (await socket.next("error", "ack"))["type"] == "error"
            await socket.send({"type": "send", "client_id": client_id, "text": f"again {owner.word}"})
            assert (await socket.next("ack")) is not None
        for viewer, _, socket in sockets:
            await socket.next("nothing", within=0.1)
            assert any(frame["type"] == "message" for frame in socket.heard)
            look_for_leaks("a socket", str(socket.heard), viewer, everybody)


@pytest.mark.usefixtures("unhurried")
def test_nobody_sees_what_belongs_to_another_customer(db):
    @effort(
        max_examples=2,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(plan=shops, order=st.lists(st.integers(0, 20), min_size=1, max_size=4))
    def whoever_they_are(plan, order):
        everybody = populate(plan)
        for viewer in everybody:
            ask_for_everything(viewer, everybody)
        asyncio.run(listen_at_every_door(everybody, order))

    whoever_they_are()
