"""Ways in which a generated answer is wrong about an order, as data and small hands; written before the lock.

Each hand takes the sentence with its holes, the values that fill them, and the dice; it gives the sentence with
something in it that the record does not say, or None where it has nothing to hold on to.
"""

import re
from datetime import timedelta
from decimal import Decimal

CARRIERS = (
    *("DHL", "UPS", "FedEx", "GLS", "DPD", "Hermes", "Correos", "SEUR", "Chronopost", "La Poste", "Royal Mail", "USPS"),
    *("Deutsche Post", "dhl", "ups", "gls", "ZippyParcel", "Northwind Couriers", "Rapido Envios", "TNT", "Evri"),
)
CURRENCIES = ("USD", "GBP", "CHF", "SEK", "$", "£", "dollars", "pounds", "Dollar", "libras", "francs")
ASIDES = {
    "en": ("That is in two days.", "It left 3 days ago.", "You get 10 % off.", "It comes tomorrow.", "It weighs 2 kg.",
           "Call 0800 123456.", "Expect it on Monday.", "There are three parcels.", "A fee of 5 EUR is due.",
           "It was packed in March.", "Half of it is here.", "DHL has it.", "Ask FedEx.", "It comes at noon."),
    "es": ("Llega en dos días.", "Llega mañana.", "Cuesta 5 EUR más.", "Salió el lunes.", "Son tres paquetes.",
           "Lo lleva SEUR.", "Salió en marzo."),
    "de": ("Das ist in zwei Tagen.", "Sie kommt morgen.", "Es kostet 5 EUR mehr.", "Sie ging am Montag los.",
           "Es sind drei Pakete.", "DHL hat sie.", "Sie wurde im März gepackt."),
    "fr": ("Elle arrive dans deux jours.", "Elle arrive demain.", "Il y a 5 EUR de plus.", "Elle est partie lundi.",
           "Il y a trois colis.", "Chronopost l'a.", "Elle est partie en mars."),
}  # fmt: skip


def a_digit(holes, values, chance):
    """One digit of a number, an amount, a date or a tracking number is another."""
    more = chance.randint(1, 9)
    return _one(holes, values, chance, lambda text: _sub(text, chance, lambda d: str((int(d) + more) % 10)))


def two_digits_change_places(holes, values, chance):
    def swap(text):
        pairs = [m.start() for m in re.finditer(r"(?=(\d)(\d))", text) if text[m.start()] != text[m.start() + 1]]
        if not pairs:
            return None
        at = chance.choice(pairs)
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]

    return _one(holes, values, chance, swap)


def a_digit_too_many(holes, values, chance):
    return _one(holes, values, chance, lambda text: _sub(text, chance, lambda d: d + chance.choice("0123456789")))


def a_digit_too_few(holes, values, chance):
    return _one(
        holes, values, chance, lambda text: _sub(text, chance, lambda d: "") if re.search(r"^\D*\d{2,}", text) else None
    )


def other_digits(holes, values, chance):
    """The digits of another script, one of them wrong."""
    zero = chance.choice([0x0660, 0x0966, 0xFF10])
    table = {ord(str(digit)): zero + digit for digit in range(10)}
    wrong = _one(holes, values, chance, lambda text: _sub(text, chance, lambda d: str((int(d) + 1) % 10)))
    return wrong and wrong.translate(table)


def a_hidden_character(holes, values, chance):
    """A digit more, behind a character nobody sees."""
    hidden = chance.choice("\u200b\u2060\u00ad")
    return _one(holes, values, chance, lambda text: _sub(text, chance, lambda d: f"{d}{hidden}7"))


def another_day(holes, values, chance):
    """The day before or after, or the same day of another month or year."""
    names = [name for name in ("expected", "at") if f"{{{name}}}" in holes]
    if not names:
        return None
    name = chance.choice(names)
    day = values[f"{name}_on"] + timedelta(days=chance.choice([-365, -30, -7, -1, 1, 2, 7, 31, 366]))
    return _with(holes, values, name, values["as_day"](day))


def another_amount(holes, values, chance):
    names = [name for name in ("total", "paid", "price") if f"{{{name}}}" in holes]
    if not names:
        return None
    name = chance.choice(names)
    said, currency = values[name].split(" ")
    value = Decimal(said.replace(",", "."))  # as a language writes it
    other = chance.choice([value + 1, value + Decimal("0.01"), value * 10, value * 100, -value])
    spelled = str(other).replace(".", "," if "," in said else ".")
    return _with(holes, values, name, f"{spelled} {currency}")


def another_currency(holes, values, chance):
    names = [name for name in ("total", "paid", "price") if f"{{{name}}}" in holes]
    if not names:
        return None
    name = chance.choice(names)
    other = chance.choice([each for each in CURRENCIES if each != values[name].split(" ")[1]])
    return filled(holes, {**values, name: f"{values[name].split(' ')[0]} {other}"})


def another_carrier(holes, values, chance):
    if "{carrier}" not in holes:
        return None
    other = chance.choice([each for each in CARRIERS if each.casefold() != values["carrier"].casefold()])
    return filled(holes, {**values, "carrier": other})


def an_aside(holes, values, chance):
    """A right answer, and a sentence that is nobody's."""
    lies = [each for each in ASIDES[values["language"]] if values["carrier"] not in each]  # what is so is no lie
    return f"{filled(holes, values)} {chance.choice(lies)}"


def of_another_order(holes, values, chance):
    """All is right, but of another order."""
    return filled(holes, {**values, "number": values["other"]}) if "{number}" in holes else None


ALL = (
    *(a_digit, two_digits_change_places, a_digit_too_many, a_digit_too_few, other_digits, a_hidden_character),
    *(another_day, another_amount, another_currency, another_carrier, an_aside, of_another_order),
)


def filled(holes, values):
    return re.sub(r"\{(\w+)\}", lambda hole: values[hole[1]], holes)


def _one(holes, values, chance, change):
    """The sentence with one of its values changed."""
    names = [name for name in re.findall(r"\{(\w+)\}", holes) if re.search(r"\d", values[name])]
    if not names:
        return None
    name = chance.choice(names)
    other = change(values[name])
    return None if other is None else _with(holes, values, name, other)


def _with(holes, values, name, other):
    """The sentence with another value in it, unless the record says that one too."""
    return None if other in values["so"] else filled(holes, {**values, name: other})


def _sub(text, chance, change):
    places = [found.start() for found in re.finditer(r"\d", text)]
    at = chance.choice(places)
    return text[:at] + change(text[at]) + text[at + 1 :]
