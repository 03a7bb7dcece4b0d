"""What a shopper asks of an order or a product, by the words for it in four languages; a trained reader may follow."""

import re
from collections.abc import Iterator

NUMBER = re.compile(r"(?<![\w-])#?(?=[\w-]*\d{3})[A-Za-z]{0,6}-?\d[\w-]{2,40}(?![\w-])|#[\w-]{2,40}")

ACTIONS = ("cancel", "address", "return", "exchange", "refund")
ABOUT = ("status", "items", "ship_to", "payment", "tracking")

_ORDER = (
    r"(order(?!s? over)|parcel|package|delivery|purchase|pedido|paquete|compra|env[ií]o"
    r"|bestellung|paket|lieferung|sendung|commande|colis|livraison)"
)
_THIS = (
    r"\b(my|the|this|that|it|mi|el|la|este|meine[rmns]?|mein|die|der|das|diese[rmns]?|ma|mon|mes|la|le|cette|ce)\b"
    rf".{{0,20}}{_ORDER}"
)
_MINE = re.compile(
    rf"\b(my|this|mi|este|meine[rmns]?|mein|diese[rmns]?|ma|mon|mes|cette)\b.{{0,20}}{_ORDER}", re.IGNORECASE
)
_GENERAL = re.compile(
    r"^\W*(how (long (do|can|is|are)|long does|do(es)? (i|a|an|the|refunds?|returns?|exchanges?"
    r"|you|delivery|shipping)\b)"
    r"|(do|can|are|is) (you|your|there)\b(?! (still |please )?(cancel|check|send|stop|list|show|have a tracking))"
    r"|what (is|are) your|what if|what happens|who pays|when do i get|what does (shipping|delivery|a return)"
    r"|which payment methods do you|how can i pay|can i (use|pay|pick)|do i have to"
    r"|cu[aá]nto tiempo|cu[aá]nto cuesta el env|qu[eé] formas|c[oó]mo (funciona|puedo)|env[ií]an a|d[oó]nde est[aá] su"
    r"|wie lange|was kostet der versand|welche zahlungs|wie funktioniert|liefern sie|wo ist ihr"
    r"|combien de temps|combien co[uû]te la livraison|quels moyens|comment fonctionne|livrez-vous en|o[uù] est votre)",
    re.IGNORECASE,
)
_AFTER_THE_FACT = re.compile(r"\ban? order after|\bpolicy\b|\bwarranty\b", re.IGNORECASE)

_WORDS: tuple[tuple[str, str], ...] = (
    (
        "refund",
        r"\brefund|money back|reembols|devu[eé]lvan\w* el dinero|devuelvan el dinero|geld zur[uü]ck|erstatt"
        r"|rembours",
    ),
    (
        "exchange",
        r"\b(exchang|swap|trade it)|(different|another|other|bigger|smaller|larger) (size|colou?r|one)"
        r"|cambi\w*.{0,40}\bpor (otr|una m|un m)|umtausch|gegen .{0,25}tauschen|[eé]chang",
    ),
    (
        "address",
        r"(chang|updat|correct).{0,40}(address|where my order is sent)"
        r"|(new|wrong|different|another|other) (address|place)"
        r"|address.{0,25}(wrong|changed|not right)|(deliver|send|ship).{0,30}(somewhere else|elsewhere)"
        r"|(cambi|actualiz|corrig).{0,30}direcci|otra direcci|direcci.{0,30}\bmal\b|(adresse|anschrift).{0,30}"
        r"(ändern|aendern|falsch)|andere (adresse|anschrift)|(chang|modifi|corrig).{0,20}adresse|autre adresse"
        r"|adresse.{0,30}(fausse|mauvaise)",
    ),
    (
        "return",
        r"\b(return(ing)?|send .{0,40}back|give back)\b|devol(ver|uci)|zur[uü]ck(geben|schicken|senden)|retoure"
        r"|retourner|renvoyer|\bun retour\b",
    ),
    (
        "cancel",
        r"\bcancel|call off|\bstop\b.{0,12}order|don.?t want (my|the) order|anul|stornier|abbrechen|annul",
    ),
    (
        "tracking",
        r"\btrack|courier|carrier|who is delivering|follow|seguimiento|rastre|transportista|sendungs(nummer|verfolgung)"
        r"|verfolgen|paketdienst|num[eé]ro de suivi|suivre|transporteur|\btracci|seguimento|przesy[lł]k",
    ),
    (
        "payment",
        r"\b(did i pay|was i charged|(order|it|#?\w*\d+) paid|payment (method )?(did|go|was)|my payment|which card"
        r"|did .{0,30}cost|how much (was|did i)|total)\b|paid for|cost[oó]|pagu[eé]|tarjeta|gekostet|bezahlt"
        r"|welcher karte|summe|a co[uû]t[eé]|pay[eé]\b|\bcarte\b",
    ),
    (
        "ship_to",
        r"address|being sent|delivering it to|where does .{0,20}go\b|(home|office)\b|direcci|ad[oó]nde|adresse|wohin"
        r"|o[uù] livrez",
    ),
    (
        "items",
        r"\b(did i (order|buy|purchase)|items?|contents?|inside|what.?s in|list the|(i|what) bought|products? are in"
        r"|articles? did)\b|qu[eé] (ped[ií]|hay|compr|art[ií]culos)|habe ich .{0,12}(bestellt|gekauft)|was ist in"
        r"|welche artikel|(command|achet)é\b|que contient|quels articles",
    ),
    (
        "status",
        rf"where.{{0,4}}s? |\bstatus\b|shipped|arriv|\bon (its|the) way|still waiting|any news|check on|when (will|is)"
        rf"|how long until|happening|send out|delivered|d[oó]nde|cu[aá]ndo|estado|c[oó]mo va|llegado|enviaron|\bwo ist"
        rf"|wann|verschickt|versandt|noch nicht da|o[uù] est|quand|statut|partie|exp[eé]di"
        rf"|ordered .{{0,30}}(nothing|never)|{_ORDER}\W*$",
    ),
)
_KNOWN = tuple((what, re.compile(words, re.IGNORECASE)) for what, words in _WORDS)
_HERS = re.compile(
    rf"{_THIS}|order status|\b(i|we)\b.{{0,12}}(order|bought|buy|purchase|pay|paid|charged)"
    r"|my (stuff|payment|shoes)|\b(did|was) i\b"
    r"|which (card|carrier|courier|delivery address)|track|where are you delivering|who is delivering"
    r"|\b(ped[ií]|compr[eé]|pagu[eé])\b|habe ich|ai-je|j'ai",
    re.IGNORECASE,
)
_WANTS = re.compile(
    r"\b(i|we)\b.{0,12}\b(want|need|would|like|wish|moved|gave|ordered)|i.?d like|\bplease\b|^\W*(can|could) (i|you)\b"
    r"|^\W*(cancel|change|return|exchange|refund|swap|send|update|request|start|give|correct|deliver|want|need|call|set)\b"
    r"|\bmy (order|purchase)\b|address|it doesn.?t fit"
    r"|quiero|quisiera|puedo|necesito|por favor|^\W*(cancela|anula|cambi|devu|env[ií]en)|pedido"
    r"|ich (möchte|will|brauche)|kann ich|bitte|bestellung|anmelden|je (veux|voudrais|demande)|puis-je"
    r"|s'il vous|commande|^\W*(annul|échang|faire|rembours|envoy)",
    re.IGNORECASE,
)
_PRODUCT = re.compile(
    r"how much (is|are)|in stock|what does|colou?rs?|sizes?|made of|available|price|material|tell me about|variants?"
    r"|sold out|are there any|do you (sell|have)|come in|cu[aá]nto cuesta|existencia|de qu[eé] material|en qu[eé] color"
    r"|was kostet|auf lager|welchem material|welchen farben|combien co[uû]te|en stock|quelle mati|quelles couleurs",
    re.IGNORECASE,
)
_YES = re.compile(
    r"^\W*(yes|yep|yeah|ok|okay|sure|confirm|do it|go ahead|please do|yes,? please|yes,? do it|s[iíì]|confirmo|adelante"
    r"|ja|ja,? bitte|mach das|best[aä]tigen|oui|d'accord|allez-y|je confirme|s[iì],? grazie|confermo|sim"
    r"|sim,? por favor|ja,? graag|tak|tak,? prosz[eę]|potwierdzam)\W*$",
    re.IGNORECASE,
)
_NO = re.compile(
    r"^\W*(no|nope|not?\b.{0,20}|don.?t.{0,20}|stop|never ?mind|nein\b.{0,20}|nicht|non\b.{0,20}|no gracias"
    r"|nee\b.{0,20}|nie\b.{0,20}|n[aã]o\b.{0,20})\W*$",
    re.IGNORECASE,
)


def what(text: str) -> str | None:
    """Which fact or action is asked for; nothing where an article is more likely to know."""
    has_number = bool(NUMBER.search(text))
    if (_GENERAL.match(text) or _AFTER_THE_FACT.search(text)) and not (has_number or _MINE.search(text)):
        return None
    for each, words in _KNOWN:
        if not words.search(text):
            continue
        if has_number or (_WANTS if each in ACTIONS else _HERS).search(text):
            return each
    return None


def wanted(text: str) -> str | None:
    """The same, where a number alone asks how that order stands."""
    return what(text) or ("status" if is_bare_number(text) else None)


def is_of_product(text: str) -> bool:
    return bool(_PRODUCT.search(text))


def is_bare_number(text: str) -> bool:
    """Whether she says nothing but a number, or that it is one of an order."""
    return bool(re.fullmatch(rf"\W*({_ORDER}\W*)?{NUMBER.pattern}\W*", text, re.IGNORECASE))


def numbers(text: str) -> Iterator[str]:
    """What may be order numbers, in the order in which they are said."""
    return (found.group() for found in NUMBER.finditer(text))


def says_yes(lines: tuple[str, ...], words: str) -> bool:
    """Whether all she said is a yes, in so many words or in those of the button."""
    return all(_YES.match(line) or line.strip() == words for line in lines)


def says_no(lines: tuple[str, ...], words: str) -> bool:
    return all(_NO.match(line) or line.strip() == words for line in lines)
