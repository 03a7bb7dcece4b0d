"""Words that ask for nothing the shop could look up: greetings, thanks, goodbyes, abuse, and who is speaking here."""

import re

from django.utils.translation import gettext as _

from chat.flows import hearing
from chat.persona import Voice
from chat.turns import Reply, Turn

GREETING = re.compile(
    r"^\W*(hi|hello|hey|good (morning|afternoon|evening)|hola|buenas|hallo|guten (tag|morgen|abend)|bonjour|salut)"
    r"( there| again)?\W*$",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"^\W*(many |ok(ay)?,? |great,? |perfect,? )?(thanks?|thank you|thx|ty|cheers|gracias|danke|merci)\b.{0,20}$",
    re.IGNORECASE,
)
_GOODBYE = re.compile(
    r"^\W*(good ?bye|bye( bye)?|see you( later)?|have a (nice|good|great) (day|evening|one)|good night"
    r"|adi[oó]s|hasta luego|tsch(ü|ue)ss|auf wiedersehen|au revoir)\W*$",
    re.IGNORECASE,
)
_HOW_ARE_YOU = re.compile(
    r"^\W*((hi|hello|hey)\W+)?(how are you|how is it going|how's it going|how do you do|what's up|qu[eé] tal"
    r"|c[oó]mo est[aá]s|wie geht('?s| es dir| es ihnen)|comment (ça va|allez-vous)|ça va)\b.{0,12}$",
    re.IGNORECASE,
)
_WHO = re.compile(
    r"\b(are|r) (you|u) (really |just |actually |even )?(a |an |some )?(ro)?(bot|robot|machine|computer|program|ai"
    r"|human|person|real|real person|real human|chat ?bot|chatgpt)\b"
    r"|\b(is this|is that|am i (talking|speaking|chatting|writing) (to|with)|do i (talk|speak|chat) (to|with))"
    r" (really |just |actually )?(a |an |some )?"
    r"(ro)?(bot|machine|computer|program|ai|human|person|real person|real human|someone real|chat ?bot)\b"
    r"|\bwho (are you|am i (talking|speaking|chatting) (to|with))\b|\bwhat are you\W*$"
    r"|\beres (un |una )?(ro)?(bot|m[aá]quina|humano|persona)|\bbist du (ein |eine )?(ro)?(bot|roboter|maschine|mensch)"
    r"|\bsind sie (ein |eine )?(bot|roboter|maschine|mensch)|\b(es-tu|[eê]tes-vous|tu es|vous [eê]tes) (un |une )?"
    r"(ro)?(bot|robot|machine|humain)",
    re.IGNORECASE,
)
_WANTS = re.compile(
    r"\b(want|need|give|get|connect|transfer|put|let|speak|talk) (me )?(to|through|with|a)\b", re.IGNORECASE
)
_ABUSE = re.compile(
    r"\b(f+u+c+k+\w*|fuk\w*|stfu|shut (the \w+ )?up|piss off|screw (you|u)|go to hell|bull ?shit|bastards?|bitch\w*"
    r"|ass ?holes?|dick ?heads?|wankers?|moron\w*|idiots?|(you|u) (suck|stink|are (so |really |just )?(stupid|dumb"
    r"|useless|worthless|garbage|rubbish|trash))|(stupid|dumb|useless|bloody|damn) (ro)?(bot|robot|machine|thing)"
    r"|scheiß\w*|arschl\w+|mierda|imb[eé]cil|gilipollas|connard\w*|merde)\b",
    re.IGNORECASE,
)
_MOSTLY = 6  # words of a message that is abuse and little else


def who(turn: Turn, voice: Voice) -> Reply | None:
    """Say what is speaking here, to whoever asks; wanting a person is another matter."""
    if _WHO.search(turn.question) and not _WANTS.search(turn.question):
        return Reply(_who(voice), suggestions=(talk_to_a_person(),))
    return None


def answer(turn: Turn, voice: Voice) -> Reply | None:
    """An honest word back; nothing where she asks for something that can be looked up or done."""
    asked = turn.question
    if GREETING.match(asked):
        return Reply(voice.greeting())
    if _THANKS.match(asked):
        return Reply(voice.thanks())
    if _GOODBYE.match(asked):
        return Reply(voice.goodbye())
    if hearing.stops(asked):
        return Reply(_("All right. I am here if there is anything else."))
    if _HOW_ARE_YOU.match(asked):
        return Reply(_("I am a program, so I am always the same. What can I do for you?"))
    if is_abuse(asked):
        text = _("I am a program, and I may have got something wrong. Tell me what you need, or talk to a person.")
        return Reply(text, suggestions=(talk_to_a_person(),))
    return None


def is_abuse(asked: str) -> bool:
    """Whether this is abuse and little else; a question with a curse in it is a question."""
    return bool(_ABUSE.search(asked)) and len(asked.split()) <= _MOSTLY and "?" not in asked


def talk_to_a_person() -> str:
    return _("Talk to a person")


def _who(voice: Voice) -> str:
    said = _(
        "I am the assistant of %(shop)s, a program and not a person. I answer from the shop's own articles and records;"
        " whenever you like, a person takes over."
    ) % {"shop": voice.shop}
    return f"{voice.called()} {said}".strip()
