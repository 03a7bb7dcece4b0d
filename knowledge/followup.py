"""A question that leans on the one before it, made to stand by itself."""

import re
from collections.abc import Sequence

from knowledge import words

LONGEST = 9  # words of a question that may lean on another
# How people go on: "and for shoes?", "what about Spain?", "und wie lange?", "y en rebajas?", "et pour la France ?"
_GOES_ON = re.compile(
    r"\s*(?:and|but|also|or|what about|how about|what if|und|oder|aber|auch|wie ist es|was ist mit|y|e|o|pero"
    r"|tambi\u00e9n|qu\u00e9 tal|et|ou|mais|aussi|qu'en est-il)\b",
    re.IGNORECASE,
)
# What stands for something said before.
_POINTS_BACK = re.compile(
    r"\b(?:it|its|that|this|they|them|those|these|there|then|one|ones|es|das|die|sie|ihn|dies\w*|jene\w*|dann|dort|dort"
    r"|eso|esa|ese|esto|esta|este|lo|la|los|las|entonces|all\u00ed|\u00e7a|cela|ceci|celui|celle|ceux|elles?|ils?|y)\b",
    re.IGNORECASE,
)


def standalone(question: str, earlier: Sequence[str]) -> str:
    """The question with what it leans on before it; the question alone if it stands by itself."""
    before = next((said.strip() for said in reversed(earlier) if said.strip() and said.strip() != question.strip()), "")
    if not before or not leans(question):
        return question
    return f"{before[:500]} {question}"


def leans(question: str) -> bool:
    """Whether a question makes sense only after another."""
    spoken = words.words(question)
    if not spoken or len(spoken) > LONGEST:
        return False
    return len(spoken) <= 2 or bool(_GOES_ON.match(question)) or bool(_POINTS_BACK.search(question))
