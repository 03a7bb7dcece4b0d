"""A ticket's public replies are messages of its talk: this is how tickets read and write there."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.models import Customer, Order, User
from chat import briefing, handoff, intake, outbox, realtime, search, wire
from chat import talk as talking
from chat.lists import Desk
from chat.models import Author, Conversation, Message
from tickets import opening, ports
from tickets.models import Channel, Ticket

_SIDES: dict[str, ports.Side] = {
    Author.SHOPPER: "customer",
    Author.PERSON: "team",
    Author.BOT: "bot",
    Author.SYSTEM: "notice",
}


class OurTalks:
    def begin(self, customer: Customer, *, opening_id: str, at: datetime) -> int:
        conversation = intake.open_conversation(customer, opening_id=opening_id, at=at)
        Conversation.objects.filter(pk=conversation.pk).update(bot_enabled=False)
        return conversation.pk

    def lock(self, talk: int) -> None:
        talking.lock(talk)

    def post_public_reply(self, talk: int, *, by: User, text: str, client_id: str, at: datetime) -> None:
        with _refusals():
            outbox.post_person(talk, by=by, text=text, client_id=client_id, at=at)
        conversation = talking.lock(talk)
        if not conversation.bot_enabled and conversation.is_held_by(by):  # nobody sits there until she writes again
            handoff.end(conversation, at=at)
            talking.keep(conversation)
            realtime.wake(conversation)

    def post_from_customer(self, talk: int, *, text: str, client_id: str, at: datetime) -> None:
        with _refusals():
            intake.receive(intake.Inbound(talk, client_id, text), at=at)

    def said_since(self, talk: int, seq: int) -> Sequence[ports.Said]:
        found = Message.objects.filter(conversation=talk).after(seq).in_order()
        return [
            ports.Said(seq=said, at=at, side=_SIDES[author], person_id=person)
            for said, at, author, person in found.values_list("seq", "at", "author", "person")
        ]

    def timeline(self, talk: int, *, after: int = 0, upto: int | None = None) -> Sequence[ports.Line]:
        conversation = Conversation.objects.select_related("customer").get(pk=talk)
        found = conversation.messages.after(after).filter(Q() if upto is None else Q(seq__lte=upto))
        return [
            _line(said, conversation)
            for said in found.in_order().select_related("person").prefetch_related("attachments")
        ]

    def find(self, shops: Collection[int], text: str) -> Sequence[ports.Found]:
        try:
            words = search.words_of(text)
        except search.Unsearchable as why:
            raise ports.Refused(str(why)) from why
        return [
            ports.Found(talk=hit.conversation_id, seq=hit.seq, rank=hit.rank, words=hit.words)
            for hit in search.messages(Desk(0, tuple(shops), ()), words, of_tickets=True)
        ]

    def address(self, talk: int) -> str:
        return reverse("chat:thread", args=[Conversation.objects.values_list("public_id", flat=True).get(pk=talk)])


def make(conversation: Conversation, *, by: User, at: datetime) -> Ticket:
    """Make a ticket of a talk, with what the talk says about it."""
    told = briefing.of(conversation)
    first = conversation.messages.filter(author=Author.SHOPPER).exclude(text="").in_order().first()
    subject = Truncator(" ".join(first.text.split())).chars(80) if first else _("Conversation")
    bought = Order.objects.filter(customer=conversation.customer, number__in=told.facts.get("orders", ()))
    return opening.from_talk(
        conversation.customer,
        talk=conversation.pk,
        subject=subject,
        by=by,
        at=at,
        channel=Channel(conversation.channel),
        team_id=conversation.team_id or told.team,
        assignee=by,
        orders=bought,
    )


def of(conversation: Conversation) -> list[Ticket]:
    """The tickets of a talk, newest first."""
    found = Ticket.objects.filter(conversation=conversation.pk, merged_into=None)
    return list(found.select_related("status").order_by("-number")[:3])


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except talking.Refused as refusal:
        raise ports.Refused(str(refusal)) from refusal


def _line(said: Message, conversation: Conversation) -> ports.Line:
    shown = wire.message(said, conversation)
    return ports.Line(
        at=said.at,
        side=_SIDES[said.author],
        name=shown["name"],
        text=said.text,
        is_markdown=shown["markdown"],
        files=[(file["name"], file["url"]) for file in shown["files"]],
        talk=conversation.pk,
        seq=said.seq,
    )


ports.fill(OurTalks())
