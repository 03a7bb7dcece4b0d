"""What the assistant is given, and what it gives back. Both are frozen: deciding can be replayed."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import connection
from django.db.models import F

from accounts import consent
from accounts.commerce import live
from accounts.commerce.facts import OrderFacts
from accounts.models import Customer, Purpose, Shop
from chat import languages, nlu
from chat.models import Action, Author, Conversation, Message, Serving
from chat.nlu import Heard
from knowledge.answers import Citation

logger = logging.getLogger(__name__)

HISTORY = 40


@dataclass(frozen=True)
class Line:
    """One message of the history, as the assistant reads it."""

    seq: int
    author: str
    text: str


@dataclass(frozen=True)
class Turn:
    """A shopper waits for an answer: everything the assistant may know, as it was when the turn was claimed."""

    conversation_id: int
    shop_id: int
    customer_id: int
    user_id: int | None
    language: str
    lease: int
    upto_seq: int
    newest_id: int
    asked: tuple[str, ...]
    history: tuple[Line, ...]
    attempt: int
    failures: int
    shop_name: str
    bot_on: bool
    asked_at: datetime
    zone: str = "UTC"
    version_id: int | None = None  # the bot version that answers this turn, whatever is switched meanwhile
    asks: dict[str, Any] = field(default_factory=dict)  # what the assistant itself asked last, and when
    personal: dict[str, Any] = field(default_factory=dict)
    result: dict[str, Any] | None = None  # what came of an action that opened this turn
    heard: Heard | None = None  # what another system took it for, where one is asked

    @property
    def question(self) -> str:
        """All that was said since the last answer: a burst is one question."""
        return "\n".join(self.asked)


@dataclass(frozen=True)
class Wanted:
    """An action the assistant wants done after its reply is committed."""

    kind: str
    arguments: dict[str, Any]


@dataclass(frozen=True)
class StepBack:
    """The assistant hands over, and says why."""

    reason: str
    summary: str = ""
    ticket: str = ""  # the subject of one that is opened with it


@dataclass(frozen=True)
class Unsure:
    """What the assistant could not answer, and how near it came."""

    confidence: float
    passages: int


@dataclass(frozen=True)
class Reply:
    """What is said, what it rests on, and what else is to happen in the same commit."""

    text: str
    is_markdown: bool = False
    citations: tuple[Citation, ...] = ()
    suggestions: tuple[str, ...] = ()
    cards: tuple[dict[str, Any], ...] = ()
    asks: dict[str, Any] = field(default_factory=dict)  # what the next answer of hers is an answer to
    reasoning: dict[str, Any] = field(default_factory=dict)
    actions: tuple[Wanted, ...] = ()
    step_back: StepBack | None = None
    unsure: Unsure | None = None
    record: OrderFacts | None = None  # what the text is held against before it is said,
    plain: str = ""  # and what is said instead if it names a value of its own


def joined(first: Reply, then: Reply) -> Reply:
    """Both in one message. A record's answer stays held against its record, with the words of the flow as its own."""
    parts = [text for text in (first.text, then.text) if text]
    text = "\n\n".join(parts)
    base = first if first.record or first.citations or not then.record else then
    plain = "\n\n".join(part for part in (first.plain or first.text, then.plain or then.text) if part)
    return replace(
        base,
        text=text,
        plain=plain if base.record else base.plain,
        cards=(*first.cards, *then.cards),
        suggestions=then.suggestions or first.suggestions,
        asks=then.asks or first.asks,
        actions=(*first.actions, *then.actions),
        step_back=then.step_back or first.step_back,
        reasoning={**first.reasoning, **then.reasoning},
        unsure=then.unsure or first.unsure,
        citations=(*first.citations, *then.citations),
        is_markdown=first.is_markdown or then.is_markdown,
    )


Draft = Callable[[str], None]


def answer_soon(conversation_id: int, *, delay: float = 0) -> None:
    """Ask a worker for the answer. If nobody hears it, the sweep finds the turn by its due time."""
    try:
        current_app.send_task(
            "chat.answer", (conversation_id,), countdown=delay or None, ignore_result=True, retry=False
        )
    except Exception:  # a broker that is away costs time, never an answer
        logger.warning("The queue is away; the sweep will answer conversation %s", conversation_id)


_CLAIM = """
    UPDATE chat_conversation
    SET turn_claimed_until = %(until)s, turn_attempts = turn_attempts + 1
    WHERE id = %(id)s AND holder = 'bot' AND turn_due_at <= %(at)s
      AND (turn_claimed_until IS NULL OR turn_claimed_until < %(at)s)
"""


def claim(conversation_id: int, *, at: datetime) -> Turn | None:
    """Take the open turn for ourselves, for a while; none if there is none due or somebody has it."""
    until = at + timedelta(seconds=settings.TURN_CLAIM_SECONDS)
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"id": conversation_id, "at": at, "until": until})
        if not cursor.rowcount:
            return None
    if settings.SHOP_SYSTEMS:  # before the turn is loaded, so that deciding asks nobody
        live.freshen(Customer.objects.select_related("shop", "user").get(conversations=conversation_id), at=at)
    turn = load(conversation_id)
    return replace(turn, heard=_heard(turn)) if settings.NLU and turn else turn


def _heard(turn: Turn) -> Heard | None:
    """Another system is asked before anything is decided, so that deciding asks nobody."""
    slug = Shop.objects.values_list("slug", flat=True).get(pk=turn.shop_id)
    return nlu.hear(slug, turn.question, language=turn.language, talk=str(turn.conversation_id))


def load(conversation_id: int) -> Turn | None:
    """Read the conversation first and then only what it had by then, so that whatever comes later is fenced."""
    conversation = Conversation.objects.select_related("shop", "customer").get(pk=conversation_id)
    newest_first = _recent(conversation)
    asked = _unanswered(newest_first)
    if not asked:
        return None
    return Turn(
        conversation_id=conversation.pk,
        shop_id=conversation.shop_id,
        customer_id=conversation.customer_id,
        user_id=conversation.customer.user_id,
        language=languages.of(conversation),
        lease=conversation.lease,
        upto_seq=conversation.last_seq,
        newest_id=asked[-1].pk,
        asked=tuple(m.text for m in asked),
        history=tuple(Line(m.seq, m.author, m.text) for m in reversed(newest_first)),
        attempt=conversation.turn_attempts,
        failures=conversation.turn_attempts - conversation.turn_discards - 1,
        shop_name=conversation.shop.name,
        bot_on=conversation.shop.bot_enabled and conversation.bot_enabled,
        asked_at=asked[-1].at,
        zone=conversation.shop.time_zone,
        version_id=Serving.objects.filter(shop=conversation.shop_id).values_list("version", flat=True).first(),
        asks=_asks_of_hers(newest_first),
        personal=_personal(conversation),
        result=_result(asked),
    )


def asked_in(message: Message) -> str:
    """The whole question of which this is the last message."""
    before = Message.objects.filter(conversation=message.conversation_id, seq__lte=message.seq).order_by("-seq")
    burst: list[str] = []
    for said in before.only("author", "text")[:HISTORY]:
        if said.author != Author.SHOPPER:
            break
        burst.append(said.text)
    return "\n".join(reversed(burst))


def waits_for_answer(conversation: Conversation) -> bool:
    """Whether the shopper said something that nobody has answered."""
    return bool(_unanswered(_recent(conversation)))


def _recent(conversation: Conversation) -> list[Message]:
    """The newest messages, newest first, each with the place of what it answers."""
    found = Message.objects.filter(conversation=conversation, seq__lte=conversation.last_seq)
    found = found.annotate(answers_seq=F("in_reply_to__seq")).order_by("-seq")
    return list(found.only("pk", "seq", "author", "text", "at", "details", "conversation_id")[:HISTORY])


def _unanswered(newest_first: list[Message]) -> list[Message]:
    """What was asked since the last answer, in order: an answer reaches as far as the message it replies to."""
    upto = max((_answers_upto(message) for message in newest_first), default=0)
    return [message for message in reversed(newest_first) if message.seq > upto and _asks(message)]


def _answers_upto(message: Message) -> int:
    answers: int | None = getattr(message, "answers_seq", None)
    return message.seq if message.author == Author.PERSON else answers or 0


def _asks_of_hers(newest_first: list[Message]) -> dict[str, Any]:
    """What the assistant asked her last, unless a person has spoken since."""
    for message in newest_first:
        if message.author in (Author.BOT, Author.PERSON):
            asks: dict[str, Any] = message.details.get("asks", {})
            return {**asks, "at": message.at.isoformat()} if asks and message.author == Author.BOT else {}
    return {}


def _asks(message: Message) -> bool:
    return message.author == Author.SHOPPER or bool(message.details.get("opens_turn"))


def _result(asked: list[Message]) -> dict[str, Any] | None:
    """What came of the action whose end she waits for."""
    keys = [message.details["action"] for message in asked if message.details.get("action")]
    if not keys:
        return None
    return Action.objects.filter(key=keys[-1]).values_list("result", flat=True).first()


def _personal(conversation: Conversation) -> dict[str, Any]:
    """What consent allows the assistant to shape its words by."""
    customer = conversation.customer
    if not consent.allows(customer, Purpose.PERSONALISATION):
        return {}
    return {"name": customer.name} if customer.name else {}
