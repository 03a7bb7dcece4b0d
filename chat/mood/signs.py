"""The words and signs by which shoppers show how they feel, whatever they ask."""

import re

_FRUSTRATED = re.compile(
    r"\b(ridiculous|unacceptable|terrible|horrible|awful|disgusting|pathetic|outrageous|appalling|a joke|fed up|sick of"
    r"|had enough|annoy\w*|angry|furious|frustrat\w*|disappoint\w*|scam\w*|rip ?-?off|fraud|worst|useless|incompetent"
    r"|waste? (of )?(my )?time|wasting my time|never (order|buy|shop)\w* (here |from you )?again|excuses|(still|yet) no"
    r"|nobody (answers|helps|replies|cares)|no ?one (answers|helps|replies|cares)|(did|does|do)( not|n'?t) help"
    r"|for the (second|third|fourth|fifth|last|\d+(nd|rd|th)) time|the (second|third|fourth|fifth) time"
    r"|already (told|said|sent|asked|wrote|explained)|how (hard|difficult) can|how many times"
    r"|(been )?waiting (for )?(weeks|ages|forever|days)|every single time|you promised|dispute the charge|my lawyer"
    r"|trading standards|nothing works|falling apart"
    r"|inaceptable|vergüenza|harto|estafa|unverschämt|frech\w*|betrug|schon wieder|inadmissible|scandaleux|arnaque"
    r"|ras-le-bol)\b"
    r"|\b(wrong|broken|late|damaged)\b.{0,20}\b(again|twice)\b|\?{3}|!{3}",
    re.IGNORECASE,
)
_SHOUTED = re.compile(r"\b[A-Z]{2,}\b")
_NO_SHOUT = frozenset(
    {"ASAP", "OK", "USD", "EUR", "GBP", "CHF", "EU", "UK", "US", "USA", "UPS", "DHL", "GLS", "DPD", "VAT"}
)
_CONFUSED = re.compile(
    r"\b((do|did|does|could|can)( not|n'?t|not) (really |quite )?(understand|get it|follow|figure)"
    r"|can'?t (really |quite )?(understand|follow|figure)|confus\w*"
    r"|i('m| am) (a bit |so |really )?(lost|puzzled|unsure)|puzzled|makes? no sense"
    r"|not sure (which|what|how|if|where|why)|what do you mean|do you mean"
    r"|how does (that|this|it) work|explain (that|this|it)|no idea (how|what|which)"
    r"|no (lo )?entiendo|verstehe (das |es )?nicht|comprends pas)\b|^\W*(huh|what|eh|sorry|hä|cómo)\W*\?+\W*$",
    re.IGNORECASE,
)
_PLEASED = re.compile(
    r"\b(thank you (so|very) much|thanks (so|very) much|thanks a lot|many thanks|perfect|awesome|wonderful|fantastic"
    r"|amazing|brilliant|excellent|great,? (thanks|that|service|job|help)|(is|are|was) (great|lovely)"
    r"|(is|are|was) (beautiful|gorgeous)|(very|so|really) (happy|pleased|glad|grateful)"
    r"|love (it|them|the|this|my|our)|loves? (it|the)|ador\w+"
    r"|you are (the best|great|amazing)|exactly what i (needed|wanted)|that (helped|was quick)"
    r"|estupendo|encantad\w*|super|wunderbar|klasse|génial|parfait)\b",
    re.IGNORECASE,
)
_NOT_PLEASED = re.compile(
    r"\b(not|never|no|would)\b|n't\b|^\W*(what|which|how|is|are|do|does|can|could)\b", re.IGNORECASE
)
_URGENT = re.compile(
    r"\b(urgent\w*|asap|as soon as possible|immediately|emergency|right (now|away)|at once"
    r"|(by|until|before) (today|tonight|tomorrow)|(sorted|done|solved|here) today|in (an|one|two|\d+) (hour|minute)s?"
    r"|stolen|is tomorrow|today or i|urgente|ahora mismo|dringend|sofort|d'urgence|tout de suite)\b",
    re.IGNORECASE,
)


def is_frustrated(text: str) -> bool:
    return bool(_FRUSTRATED.search(text)) or _is_shouted(text)


def is_confused(text: str) -> bool:
    return bool(_CONFUSED.search(text))


def is_pleased(text: str) -> bool:
    return bool(_PLEASED.search(text)) and not _NOT_PLEASED.search(text)


def is_urgent(text: str) -> bool:
    return bool(_URGENT.search(text))


def _is_shouted(text: str) -> bool:
    """Three words or more in capitals, and hardly any others."""
    shouted = [word for word in _SHOUTED.findall(text) if word not in _NO_SHOUT]
    return len(shouted) > 2 and sum(map(len, shouted)) > 0.6 * sum(sign.isalpha() for sign in text)
