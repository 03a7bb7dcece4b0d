"""The lock on order answers: every number, date, carrier and amount in one is a field of the record, or it is not said.

What the record says is taken out of the text, value by value and whole; what is left must name nothing of the kind.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from django.utils import formats, timezone, translation

from accounts import clock
from accounts.commerce.facts import OrderFacts
from accounts.models import Order, Payment, Refund, Shipment
from chat.flows import telling
from chat.turns import Reply

_DAYS = ("DATE_FORMAT", "SHORT_DATE_FORMAT", "MONTH_DAY_FORMAT", "Y-m-d", "j F Y", "j F", "F j, Y")
_CARRIERS = (
    r"dhl|ups|usps|fedex|dpd|gls|hermes|evri|tnt|royal mail|deutsche post|die post|la poste|postnl|bpost|correos|seur"
    r"|mrw|colissimo|chronopost|mondial relay|yodel|amazon"
)
# Words for numbers, days, months, money and shares in four languages, whatever they stand beside.
_SPELLED = (
    r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|hundred|thousand|dozens?|half|twice|both"
    r"|first|second|third|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|doce|veinte|cien|mil|docena|mitad|ambos"
    r"|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|zwanzig|hundert|tausend|dutzend|h[aä]lfte|halb\w*|beide"
    r"|deux|trois|quatre|cinq|sept|huit|neuf|dix|onze|douze|vingt|cent|mille|douzaine|moitié|demie?"
)
_TIMES = (
    r"today|tonight|tomorrow|yesterday|noon|midnight|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|weeks?|weekend|months?"
    r"|years?|hours?|minutes?|days?|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|hoy|mañana|ayer|mediodía|lunes|martes|miércoles|jueves"
    r"|viernes|sábado|domingo|semanas?|mes|meses|años?|horas?|minutos?|días?|enero|febrero|marzo|abril|mayo|junio|julio"
    r"|agosto|septiembre|octubre|noviembre|diciembre|heute|morgen|übermorgen|gestern|mittag|(?:mon|diens|donners|frei|sams"
    r"|sonn)tags?|mittwoch\w*|wochen?|monate?n?|jahre?n?|stunden?|minuten?|tage?n?|januar|februar|märz|april|mai|juni|juli"
    r"|oktober|dezember|aujourd.hui|demain|hier|midi|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|semaines?|mois"
    r"|ans|années?|heures?|jours?|janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre"
)
_MONEY = (
    r"euros?|dollars?|pounds?|pence|cents?|francs?|libras?|dólar(?:es)?|pfund|franken|livres?|percent|prozent"
    r"|por ciento|free|gratis|kostenlos|gratuit\w*"
)
_NOT = (
    r"not|no|never|nothing|isn|aren|wasn|hasn|haven|won|can.?t|cannot|without|nicht|kein\w*|nie|niemals|ohne|nunca|jamás"
    r"|sin|nada|ne|n|pas|jamais|sans|rien"
)
_NAMING = re.compile(rf"(?<!\w)(?:{_CARRIERS}|{_SPELLED}|{_TIMES}|{_MONEY}|{_NOT})(?!\w)|[%‰°#]", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
# Words that may begin a sentence, and words with a great letter anywhere, that name nobody.
_STARTS = frozenset(
    _WORD.findall(
        "a llega all and as at can for from good great hello here hi if in it its on our please so sorry thank thanks"
        " that the there this under we with you your lo la el los le les en es esta este está puede se su sus va"
        " gracias hola con aquí der die das den er sie ihr ihre mit zuletzt hier danke guten gute wir haben hallo"
        " für aus votre vos elle il ils vous voici merci dans avec bonjour nous ce cette"
    )
)
_NOUNS = frozenset(
    _WORD.findall(
        "sie ihr ihre ihren ihrem ihrer ihnen bestellung bestellungen sendungsnummer sendung paket lieferung"
        " adresse weg betrag summe dank frage nachricht artikel i"
    )
)


def kept(reply: Reply, *, language: str, zone: str = "UTC") -> Reply:
    """The reply as it may be said: in our own words where those of its text say a value of their own."""
    with clock.reading(language, zone):
        if reply.record is None or holds(reply.text, reply.record, plain=reply.plain):
            return reply
    return replace(reply, text=reply.plain, reasoning={**reply.reasoning, "lock": "plain"})


def holds(text: str, order: OrderFacts, *, plain: str) -> bool:
    """Whether a text about an order tells no value but those of the record that `plain`, our own answer, tells."""
    if text == plain:
        return True
    if any(unicodedata.category(mark) in ("Cf", "Co", "Cn") for mark in text):
        return False  # what nobody sees may part or join digits
    values = _pattern(_told_in(plain, order))
    left, own = _left(text, values), _left(plain, values)
    known = {word.casefold() for word in _WORD.findall(own)}
    if any(mark.isnumeric() or unicodedata.category(mark) == "Sc" for mark in left):
        return False
    if any(found.group().casefold() not in known for found in _NAMING.finditer(left)):
        return False
    return not any(_is_a_name(found, left, known) for found in _WORD.finditer(left)) and not _other_state(left, order)


def hidden(plain: str, order: OrderFacts) -> tuple[str, tuple[str, ...]]:
    """The text with a mark for each value, and the values: nothing of hers is left in it."""
    pattern = _pattern(said for field in _fields(order) for said in field)
    values = tuple(dict.fromkeys(found.group() for found in pattern.finditer(plain)))
    marks = {value: f"[{place}]" for place, value in enumerate(values, 1)}
    return pattern.sub(lambda found: marks[found.group()], plain), values


def shown(text: str, values: tuple[str, ...]) -> str:
    """The text with the values in place of the marks; nothing where one is missing or too many."""
    if {int(mark) for mark in re.findall(r"\[(\d+)\]", text)} != set(range(1, len(values) + 1)):
        return ""
    return re.sub(r"\[(\d+)\]", lambda mark: values[int(mark[1]) - 1], text)


def _left(text: str, values: re.Pattern[str]) -> str:
    return unicodedata.normalize("NFKC", values.sub(" \N{MIDDLE DOT} ", text))


def _is_a_name(word: re.Match[str], text: str, known: set[str]) -> bool:
    """Whether it may name somebody: a great letter inside a sentence, or a word of great letters, that is not ours."""
    said = word.group()
    if said.islower() or said.casefold() in known or said.casefold() in _NOUNS:
        return False
    begins = re.search(r"(?:^|[.!?:;\n]\s*|[¡¿«»“”\"]\s*)$", text[: word.start()])
    return not (begins and said.casefold() in _STARTS)


def _other_state(left: str, order: OrderFacts) -> bool:
    """Whether a state is named that neither the order nor its money or its parcels are in."""
    has = {str(Order.Status(order.status).label)}
    has |= {str(Payment.Status(each.status).label) for each in order.payments}
    has |= {str(Refund.Status(each.status).label) for each in order.refunds}
    has |= {str(Shipment.Status(each.status).label) for each in order.shipments}
    every = {
        str(label) for kind in (Order.Status, Payment.Status, Refund.Status, Shipment.Status) for label in kind.labels
    }
    return any(re.search(rf"(?<!\w){re.escape(label)}(?!\w)", left, re.IGNORECASE) for label in every - has)


def _pattern(values: Iterable[str]) -> re.Pattern[str]:
    """Any of the values, whole: no digit, letter or sign goes on before or after it."""
    known = sorted({value.strip() for value in values} - {""}, key=len, reverse=True)
    spelled = "|".join(re.escape(value) for value in known) or r"(?!)"
    return re.compile(
        rf"(?<![\w#+\-\u2212\u2013])(?<![\-\u2212\u2013]\s)(?<!\d[.,:/])(?:{spelled})(?!\w|[.,:/\-]\d|\s?[%‰])"
    )


def _told_in(plain: str, order: OrderFacts) -> Iterator[str]:
    """The fields that our own answer tells, in each way of writing them; the number of the order is always one."""
    fields = tuple(_fields(order))
    found = {order.number, *_pattern(said for field in fields for said in field).findall(plain)}
    return (said for field in fields if not found.isdisjoint(field) for said in field)


def _fields(order: OrderFacts) -> Iterator[tuple[str, ...]]:
    """Each field that may be told, in all its spellings."""
    yield (order.number, "#" + order.number.lstrip("#"))
    for address in (order.ship_to, str(order.address)):
        yield (address, *address.splitlines())
    for value in (order.goods, order.shipping, order.discount, order.tax, order.total):
        yield _amount(value, order.currency)
    for line in order.lines:
        yield (telling.piece(line), f"{line.quantity} {line.name}", line.name)
        yield from (_amount(line.price, order.currency), _amount(line.total, order.currency))
    for parcel in order.shipments:
        yield from ((parcel.carrier,), (parcel.tracking_number,), (parcel.tracking_url,))
        yield from (_day(day) for day in (parcel.shipped_at, parcel.expected_on, parcel.delivered_at))
        if parcel.newest:
            yield from ((parcel.newest.text,), (parcel.newest.place,), _day(parcel.newest.at))
    for paid in order.payments:
        yield from ((paid.method,), _amount(paid.amount, paid.currency), _day(paid.paid_at))
    for back in order.refunds:
        yield from ((back.method,), _amount(back.amount, back.currency), _day(back.asked_at), _day(back.done_at))
    for returned in order.returns:
        yield from ((returned.number,), _amount(returned.difference, order.currency))
    yield from (_day(day) for day in (order.placed_at, order.expected_on, order.cancelled_at))


def _amount(value: Decimal, currency: str) -> tuple[str, ...]:
    """With its currency, as the four languages write it."""
    english = f"{value:,}"
    german = english.translate(str.maketrans(",.", ".,"))
    french = english.translate(str.maketrans(",.", "\N{NARROW NO-BREAK SPACE},"))
    numbers = dict.fromkeys((str(value), str(value).replace(".", ","), english, german, french))
    return tuple(
        said
        for each in numbers
        for said in (f"{each} {currency}", f"{currency} {each}", f"{each}\N{NO-BREAK SPACE}{currency}")
    )


def _day(day: date | datetime | None) -> tuple[str, ...]:
    if day is None:
        return ()
    on = timezone.localtime(day).date() if isinstance(day, datetime) else day
    return _spelled(on, translation.get_language())


@lru_cache(maxsize=1000)
def _spelled(on: date, _language: str | None) -> tuple[str, ...]:
    return tuple(formats.date_format(on, form) for form in _DAYS)
