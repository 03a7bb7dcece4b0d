"""What the assistant says. It reads and decides; it writes nothing and calls nobody."""

import re

from django.utils import translation
from django.utils.translation import gettext as _

from chat.models import Handoff
from chat.turns import Draft, Reply, StepBack, Turn

_PERSON = re.compile(
    r"\b(human|real person|a person|agent|representative|someone real|speak to somebody|talk to (a|some)(one|body)?"
    r"|persona|humano|agente|mensch|mitarbeiter|jemand(en)? sprechen|conseiller|humain|quelqu'un)\b",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"^\W*(hi|hello|hey|good (morning|afternoon|evening)|hola|buenas|hallo|guten (tag|morgen|abend)|bonjour|salut)\W*$",
    re.IGNORECASE,
)
_THANKS = re.compile(r"^\W*(thanks?|thank you|thx|gracias|danke|merci)\b.{0,20}$", re.IGNORECASE)


def reply(turn: Turn, *, draft: Draft) -> Reply:
    """Answer the turn, or offer a person when there is nothing certain to say."""
    with translation.override(turn.language):
        return _reply(turn)


def _reply(turn: Turn) -> Reply:
    asked = turn.question
    if _PERSON.search(asked):
        return Reply(text="", step_back=StepBack(Handoff.Reason.ASKED))
    if _GREETING.match(asked):
        return Reply(text=_greeting(turn))
    if _THANKS.match(asked):
        return Reply(text=_("You are welcome. I am here if there is anything else."))
    return Reply(text="", step_back=StepBack(Handoff.Reason.UNSURE))


def _greeting(turn: Turn) -> str:
    name = turn.personal.get("name", "").split(" ")[0]
    if name:
        return _("Hello %(name)s. I am the assistant of %(shop)s, a program. What can I do for you?") % {
            "name": name,
            "shop": turn.shop_name,
        }
    return _("Hello. I am the assistant of %(shop)s, a program. What can I do for you?") % {"shop": turn.shop_name}
