"""What a guest proves in a talk: a code is mailed after she was answered, and looked at when she writes it."""

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.commerce import proofs
from chat import actions, languages
from chat.models import Action

CODE, PROOF = "order.code", "order.proof"


def send_code(action: Action) -> actions.Outcome:
    """Says nothing, whatever came of it: she was told what may come."""
    customer, told = action.conversation.customer, action.arguments
    with translation.override(languages.of(action.conversation)):
        proofs.send_code(customer, talk=action.conversation_id, **told, at=timezone.now())
    return actions.Outcome("", is_quiet=True)


def try_code(action: Action) -> actions.Outcome:
    """If it fits, the assistant goes on with what she asked."""
    customer = action.conversation.customer
    with translation.override(languages.of(action.conversation)):
        code = action.arguments["code"]
        if proofs.try_code(customer, talk=action.conversation_id, code=code, at=timezone.now()):
            return actions.Outcome(_("The code fits."), opens_turn=True)
        return actions.Outcome(_("This code does not fit, or it is no longer good. Please look again."), ok=False)


actions.register(CODE, send_code, ours=False)
actions.register(PROOF, try_code, ours=True)
