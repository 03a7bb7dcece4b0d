"""Mail about a talk: to a shopper who has not read what a person said, and to colleagues who do not see who waits."""

import logging
from datetime import datetime, timedelta

from celery import shared_task
from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import clock, mail, presence
from accounts.models import AgentPresence, Shop, User
from chat import languages, seats
from chat.models import Author, Conversation, Handoff, Holder, Letter, Message
from tickets.models import Ticket

logger = logging.getLogger(__name__)

SALT = "chat.letter"
AGAIN = timedelta(minutes=5)  # after a failure
PAGE = 50

# To a shopper.

_EXPECT = """
    INSERT INTO chat_letter (conversation_id, due_at, mailed_seq) VALUES (%s, %s, 0)
    ON CONFLICT (conversation_id) DO UPDATE SET due_at = coalesce(chat_letter.due_at, excluded.due_at)
"""


def expect(conversation: Conversation, *, at: datetime) -> None:
    """A person has spoken: if it is not read in time it is mailed, once for all that was said by then."""
    with connection.cursor() as cursor:
        cursor.execute(_EXPECT, [conversation.pk, at + timedelta(seconds=settings.REPLY_MAIL_SECONDS)])


def post_due(*, at: datetime) -> int:
    """Mail what is due; how many letters left. One that fails is tried again."""
    due = Letter.objects.filter(due_at__lte=at).order_by("due_at", "pk").values_list("pk", "due_at")[:PAGE]
    return sum(_post(pk, was_due, at=at) for pk, was_due in due)


def _post(conversation_id: int, was_due: datetime | None, *, at: datetime) -> bool:
    ours = Letter.objects.filter(pk=conversation_id, due_at=was_due)
    if not ours.update(due_at=at + AGAIN):  # another worker was faster
        return False
    unread = _unread(conversation_id)
    letter = _letter(conversation_id, unread) if unread else None
    if letter is not None:
        try:
            letter.send()
        except OSError as error:  # smtplib's failures are of this kind, too
            logger.warning("The letter about conversation %s did not leave: %s", conversation_id, type(error).__name__)
            return False
    _settle(conversation_id, mailed=unread[-1].seq if unread else 0, at=at)
    return letter is not None


def _unread(conversation_id: int) -> list[Message]:
    """What people said that she has neither seen nor been sent."""
    conversation = Conversation.objects.get(pk=conversation_id)
    sent = Letter.objects.values_list("mailed_seq", flat=True).get(pk=conversation_id)
    known = max(conversation.shopper_read_seq, sent)
    said = conversation.messages.after(known).filter(author=Author.PERSON).select_related("person")
    return list(said.in_order())


@transaction.atomic
def _settle(conversation_id: int, *, mailed: int, at: datetime) -> None:
    """Done; what a person said meanwhile is a letter of its own."""
    letter = Letter.objects.select_for_update(no_key=True).get(pk=conversation_id)
    letter.mailed_seq = max(letter.mailed_seq, mailed)
    newer = Message.objects.filter(conversation=conversation_id, author=Author.PERSON).after(letter.mailed_seq)
    is_newer = mailed > 0 and newer.exists()
    letter.due_at = at + timedelta(seconds=settings.REPLY_MAIL_SECONDS) if is_newer else None
    letter.save(update_fields=["mailed_seq", "due_at"])


def _letter(conversation_id: int, unread: list[Message]) -> EmailMessage | None:
    conversation = Conversation.objects.select_related("customer", "shop").get(pk=conversation_id)
    customer, shop = conversation.customer, conversation.shop
    if not customer.email:
        return None
    with clock.reading(languages.of(conversation), shop.zone):
        person = unread[-1].person
        assert person is not None, "a person signs her messages"
        subject = _("%(name)s of %(shop)s has answered you") % {"name": person.get_short_name(), "shop": shop.name}
        context = {"customer": customer, "shop": shop, "said": unread, "link": link(conversation)}
        found = Ticket.objects.filter(conversation=conversation.pk, merged_into=None).order_by("-number")
        number = f" (#{ticket.number})" if (ticket := found.first()) else ""
        body = render_to_string("email/reply.txt", context)
        thread = _thread(conversation, unread[-1].seq)
        return mail.compose(subject + number, body, to=customer.email, shop=shop, thread=thread, can_reply=True)


def _thread(conversation: Conversation, seq: int) -> mail.Thread:
    """Letters of one talk stand together; one that is tried again is the same one."""
    sent = Letter.objects.values_list("mailed_seq", flat=True).get(pk=conversation.pk)
    return mail.Thread(f"talk-{conversation.pk}", str(seq), (str(sent),) if sent else ())


def link(conversation: Conversation) -> str:
    """The address that opens this talk, and no other, for whoever reads its customer's mail."""
    token = signing.dumps([conversation.pk, seats.reader(conversation.customer)], salt=SALT)
    return mail.address(conversation.shop, reverse("chat:letter", args=[token]))


def opens(token: str) -> Conversation | None:
    """The talk of a letter; none if the letter is old or forged, or the talk or the address is another's now."""
    try:
        pk, reader = signing.loads(token, salt=SALT, max_age=settings.REPLY_MAIL_LINK_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    found = Conversation.objects.select_related("customer").filter(pk=pk).first()
    return found if found and reader == seats.reader(found.customer) else None


# To colleagues.


def alarm(*, at: datetime) -> int:
    """Somebody has waited too long: those of the shop who are not looking are told, in one mail for all who wait."""
    told = 0
    since = at - timedelta(seconds=settings.WAIT_ALARM_SECONDS)
    waiting = Handoff.objects.filter(at__lte=since, noticed_at=None, alarmed_at=None, conversation__holder=Holder.QUEUE)
    for shop in Shop.objects.filter(pk__in=waiting.values("conversation__shop")).order_by("pk"):
        lately = Handoff.objects.filter(conversation__shop=shop, alarmed_at__gt=since)
        if lately.exists():
            continue
        claimed = waiting.filter(conversation__shop=shop)
        pks = list(claimed.order_by("at", "pk").values_list("pk", flat=True))
        if Handoff.objects.filter(pk__in=pks, alarmed_at=None).update(alarmed_at=at):
            told += _tell(shop, pks, at=at)
    return told


def not_looking(shop: Shop, *, at: datetime) -> list[User]:
    looking = AgentPresence.objects.filter(last_seen_at__gte=at - presence.SILENCE).values("user")
    return list(User.objects.team_of(shop).exclude(pk__in=looking).order_by("pk"))


def _tell(shop: Shop, pks: list[int], *, at: datetime) -> int:
    people = not_looking(shop, at=at)
    oldest = Handoff.objects.values_list("at", flat=True).get(pk=pks[0])
    minutes = int((at - oldest).total_seconds() // 60)
    inbox = mail.address(shop, reverse("chat:inbox"))
    for person in people:
        with clock.reading(person.language or shop.language, shop.zone):
            subject = ngettext(
                "%(number)s shopper waits for a person", "%(number)s shoppers wait for a person", len(pks)
            ) % {"number": len(pks)}
            context = {"shop": shop, "minutes": minutes, "link": inbox, "person": person}
            letter = mail.compose(subject, render_to_string("email/waiting.txt", context), to=person.email, shop=shop)
        try:
            letter.send()
        except OSError as error:
            logger.warning("The alarm of shop %s did not leave: %s", shop.pk, type(error).__name__)
            Handoff.objects.filter(pk__in=pks).update(alarmed_at=None)
            return 0
    return len(people)


@shared_task(name="chat.letters")
def send_letters() -> None:
    at = timezone.now()
    post_due(at=at)
    alarm(at=at)
