"""A talk as plain text, to keep."""

from celery import shared_task
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from accounts import clock
from accounts import mail as mailing
from chat import wire
from chat.models import Conversation


def text(conversation: Conversation) -> str:
    """Who said what and when, in the order of the table."""
    head = _("Conversation with %(shop)s, begun %(at)s") % {
        "shop": conversation.shop.name,
        "at": _moment(conversation.opened_at),
    }
    found = conversation.messages.in_order().select_related("person").prefetch_related("attachments")
    said = [
        f"{_moment(message.at)}  {shown['name'] or conversation.shop.name}\n{_whole(shown)}"
        for message in found
        for shown in (wire.message(message, conversation),)
    ]
    return "\n\n".join((head, *said)) + "\n"


@shared_task(name="chat.mail_transcript")
def mail(conversation_id: int, language: str) -> None:
    """To her own proven address and to no other."""
    conversation = Conversation.objects.select_related("shop", "customer").get(pk=conversation_id)
    with clock.reading(language, conversation.shop.zone):
        subject = _("Your conversation with %(shop)s") % {"shop": conversation.shop.name}
        to = conversation.customer.email
        mailing.compose(subject, text(conversation), to=to, shop=conversation.shop).send()


def _whole(shown: dict[str, object]) -> str:
    """The words, and which files came along."""
    files = [f"[{file['name']}]" for file in shown["files"]]  # type: ignore[attr-defined]
    return "\n".join(filter(None, (str(shown["text"]), *files)))


def _moment(at: object) -> str:
    return formats.date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")  # type: ignore[arg-type]
