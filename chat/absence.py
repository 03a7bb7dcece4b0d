"""Nobody is there: what a shopper leaves for whoever comes."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Customer
from chat import availability, handoff, intake, languages, realtime, talk
from chat.models import Author, Handoff, Holder


class NoAddress(talk.Refused):
    """Nobody is there, and there is nowhere to write to."""

    def __str__(self) -> str:
        return str(_("Please leave an e-mail address to which we can write."))


@transaction.atomic
def leave_word(conversation_id: int, *, email: str, text: str, client_id: str, at: datetime) -> None:
    """Nobody is there: her words and her address wait in the queue, and a person answers here and by mail."""
    conversation = talk.lock(conversation_id)
    customer = conversation.customer
    if not customer.email:
        email = email.strip().lower()
        try:
            Customer._meta.get_field("email").run_validators(email)
        except ValidationError:
            raise NoAddress from None
        if not email:
            raise NoAddress
        customer.email = email
        customer.save(update_fields=["email"])
    if text.strip():
        intake.receive(intake.Inbound(conversation_id, client_id, text), at=at)
        conversation = talk.lock(conversation_id)
    if conversation.holder == Holder.BOT:
        conversation.closed_at = None
        handoff.to_queue(conversation, reason=Handoff.Reason.ASKED, at=at)
    with translation.override(languages.of(conversation)):
        words = _("Thank you. A person will answer you here and by mail to %(address)s.") % {
            "address": availability.hidden(customer.email)
        }
    message = talk.say(conversation, author=Author.SYSTEM, text=words, at=at)
    talk.keep(conversation)
    realtime.wake(conversation, message)
