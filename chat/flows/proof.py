"""A guest asks about an order: its number, the address it was ordered with, then the code that was mailed there.

What is said is the same whether there is such an order or not.
"""

import re

from django.utils.translation import gettext as _

from accounts.commerce import orders as read
from accounts.commerce import proofs
from accounts.commerce.facts import OrderFacts
from accounts.models import Customer, Order
from chat import proving
from chat.flows import asking
from chat.turns import Reply, Turn, Wanted

NUMBER, EMAIL, CODE = "proof number", "proof email", "proof code"
STEPS = (NUMBER, EMAIL, CODE)
_EMAIL = re.compile(r"[^\s@<>,;:\"']{1,64}@[\w-]+(?:\.[\w-]+)+")
_CODE = re.compile(r"(?<!\d)(\d{4})[\s-]?(\d{4})(?!\d)")


def order_of(turn: Turn, number: str) -> OrderFacts | None:
    """The order of this number, if it is hers or was proven in this talk; any other is not there."""
    own = read.by_number(turn.customer_id, number)
    if own is not None:
        return own
    spelled = read.spellings(number)
    return next((each for each in proven(turn) if each.number in spelled), None)


def proven(turn: Turn) -> tuple[OrderFacts, ...]:
    return proofs.proven(turn.conversation_id, at=turn.asked_at)


def owner_of(order: OrderFacts) -> Customer:
    """In whose name it is done, whoever has proven that it may be."""
    return Customer.objects.select_related("shop").get(orders=order.id)


def begin(turn: Turn, what: str) -> Reply | None:
    """Ask for what is missing; nothing in a shop that has no orders here."""
    if not Order.objects.filter(shop=turn.shop_id).exists():
        return None
    number = next((each for each in asking.numbers(_EMAIL.sub(" ", turn.question))), "")
    return _next(turn, what, number)


def resume(turn: Turn) -> Reply | None:
    """Go on from what she was asked; nothing where she speaks of something else."""
    asks, said = turn.asks, turn.question
    match asks["step"]:
        case "proof number":
            numbers = [*asking.numbers(_EMAIL.sub(" ", said)), *re.findall(r"^\s*#?([\w-]{2,40})\s*$", said)]
            is_number = bool(numbers and re.search(r"\d", numbers[0]))
            return _next(turn, asks["what"], numbers[0]) if is_number else _again(turn, _number_again())
        case "proof email":
            return _next(turn, asks["what"], asks["order"]) if _EMAIL.search(said) else _again(turn, _email_again())
        case _:
            return _code(turn, said)


def _next(turn: Turn, what: str, number: str) -> Reply:
    email = _EMAIL.search(turn.question)
    if not number:
        text = _("I can look it up for you. What is the number of the order? It stands in the mail that confirmed it.")
        return Reply(text, asks={"step": NUMBER, "what": what})
    if email is None:
        text = _("With which e-mail address was it ordered? A code will go there, so that nobody else is told.")
        return Reply(text, asks={"step": EMAIL, "what": what, "order": number})
    return _send(turn, {"step": CODE, "what": what, "order": number, "email": email.group()[:254]})


def _send(turn: Turn, asks: dict[str, str]) -> Reply:
    text = _(
        "If there is such an order with this address, a code of eight digits is on its way there. Please write it "
        "here; it is good for 15 minutes."
    )
    wanted = Wanted(proving.CODE, {"number": asks["order"], "email": asks["email"]})
    return Reply(text, suggestions=(_again_words(),), asks=asks, actions=(wanted,))


def _code(turn: Turn, said: str) -> Reply | None:
    kept = {name: turn.asks[name] for name in ("step", "what", "order", "email")}
    if said.strip().casefold() == _again_words().casefold():
        return _send(turn, kept)
    code = _CODE.search(said)
    if code is None:
        return None
    wanted = Wanted(proving.PROOF, {"code": code[1] + code[2]})
    return Reply(_("Thank you. I am looking at it."), suggestions=(_again_words(),), asks=kept, actions=(wanted,))


def _again(turn: Turn, text: str) -> Reply | None:
    """Asked once more, in other words; then she is heard as if she had not been asked."""
    if turn.asks.get("again") or "?" in turn.question:
        return None
    kept = {name: value for name, value in turn.asks.items() if name != "at"}
    return Reply(text, asks={**kept, "again": True})


def _number_again() -> str:
    return _("I could not find a number in that. It has digits, for example 1042; please write only the number.")


def _email_again() -> str:
    return _("I could not find an address in that. It looks like name@example.com; please write only the address.")


def _again_words() -> str:
    return _("Send a new code")
