"""Something is to be done with an order: what exactly is shown first, and only a clear yes to that does it."""

import hashlib
import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from accounts.commerce import catalogue, rules, saying, wishes
from accounts.commerce.facts import LineFacts, OrderFacts
from accounts.commerce.plans import Plan
from accounts.commerce.wishes import Cancel, Exchange, GiveBack, MoneyBack, NewAddress, Part, Swap, Wish
from accounts.models import Address, OrderAction
from chat import orders
from chat.flows import asking, cards, proof, telling
from chat.turns import Reply, Turn, Wanted

PATIENCE = timedelta(minutes=15)
STEPS = ("confirm", "address", "line", "variant")
LEAST = 4  # letters of a word by which a line may be meant
_POSTCODE = re.compile(
    r"^(?P<code>[A-Z]{0,2}-?\d[\w -]{2,8}?)\s+(?P<city>\D{2,})$|^(?P<city2>\D{2,}?)\s+(?P<code2>\d[\d -]{3,8})$"
)


def begin(turn: Turn, action: str, order: OrderFacts) -> Reply:
    """Say at once why it cannot be done; else ask for what is not known yet, or show what a yes will do."""
    answer = rules.may(order, action, by=proof.owner_of(order), at=turn.asked_at)
    if isinstance(answer, rules.Refused):
        return Reply(answer.text, cards=(cards.order(order),))
    if action == OrderAction.CANCEL:
        return _propose(turn, order, Cancel())
    if action == OrderAction.REFUND:
        return _propose(turn, order, MoneyBack())
    if action == OrderAction.ADDRESS:
        text = _("Where is order %(number)s to go? Write name, street, postcode and town, and country, each on a line.")
        asks = {"step": "address", "order": order.number}
        return Reply(text % {"number": order.number}, asks=asks)
    lines = [line for line in order.lines if line.left]
    meant = [line for line in lines if _is_named(turn.question, line.name)]
    if len(meant) == 1:
        return _of_line(turn, action, order, meant[0])
    if len(lines) == 1:
        return _of_line(turn, action, order, lines[0], first=_no_such(turn, order))
    words = [telling.piece(line) for line in lines]
    if action == OrderAction.RETURN:
        words.append(_("Everything"))
    text = _("Which of order %(number)s is it?") % {"number": order.number}
    return Reply(text, suggestions=tuple(words), asks={"step": "line", "action": action, "order": order.number})


def resume(turn: Turn) -> Reply | None:
    """Go on from what she was asked; nothing where she speaks of something else."""
    asks, said = turn.asks, turn.question.strip()
    order = proof.order_of(turn, asks.get("order", ""))
    if order is None:
        return None
    match asks["step"]:
        case "confirm":
            return _confirm(turn, order)
        case "address":
            return None if asking.what(said) or "?" in said else _address(turn, order, said)
        case "line":
            return _line(turn, order, said)
        case "variant":
            return _variant(turn, order, said)
    return None


def once_more(turn: Turn) -> Reply | None:
    """Show what a yes will do again, after something else was spoken of."""
    order = proof.order_of(turn, turn.asks["order"])
    if order is None:
        return None
    return _propose(turn, order, wishes.read(turn.asks["action"], turn.asks["wish"], proof.owner_of(order).shop))


def _confirm(turn: Turn, order: OrderFacts) -> Reply | None:
    asks = turn.asks
    if asking.says_no(turn.asked, asks["no"]):
        return Reply(_("Nothing was changed."))
    wish = wishes.read(asks["action"], asks["wish"], proof.owner_of(order).shop)
    if not asking.says_yes(turn.asked, asks["yes"]):
        is_aside = len(turn.question.split()) > 6 or "?" in turn.question or asking.what(turn.question)
        return (
            None if is_aside else _propose(turn, order, wish, _("Nothing was done yet. Please say yes or no to this."))
        )
    answer = rules.may(order, wish, by=proof.owner_of(order), at=turn.asked_at)
    if isinstance(answer, rules.Refused) or answer.plan is None:
        return Reply(answer.text if isinstance(answer, rules.Refused) else _("Nothing was changed."))
    is_late = turn.asked_at - datetime.fromisoformat(asks["at"]) > PATIENCE
    if is_late or _seal(order, answer.plan) != asks["seal"]:
        return _propose(turn, order, wish, _("Some time has passed, or the order has changed. Please look again."))
    told = {"order": order.id, "action": wish.action, "wish": wishes.plain(wish)}
    return Reply(_("I am having it done."), actions=(Wanted(orders.KIND, told),))


def _propose(turn: Turn, order: OrderFacts, wish: Wish, first: str = "") -> Reply:
    answer = rules.may(order, wish, by=proof.owner_of(order), at=turn.asked_at)
    if isinstance(answer, rules.Refused) or answer.plan is None:
        return Reply(answer.text if isinstance(answer, rules.Refused) else _("Nothing can be done here."))
    title = saying.title(wish.action, order.number)
    yes = _("Yes: %(title)s") % {"title": title}
    no = _("No, leave it")
    asks: dict[str, Any] = {
        "step": "confirm",
        "order": order.number,
        "action": wish.action,
        "wish": wishes.plain(wish),
        "seal": _seal(order, answer.plan),
        "yes": yes,
        "no": no,
    }
    text = first or _("This is what will happen. Shall I?")
    card = cards.confirmation(order, title, wish, answer.plan)
    return Reply(text, cards=(card,), suggestions=(yes, no), asks=asks)


def _seal(order: OrderFacts, plan: Plan) -> str:
    """Of what she was shown: anything else needs another yes."""
    return hashlib.sha256(repr((replace(order, as_of=None), plan)).encode()).hexdigest()


def _line(turn: Turn, order: OrderFacts, said: str) -> Reply | None:
    action, lines = turn.asks["action"], [line for line in order.lines if line.left]
    if action == OrderAction.RETURN and said.lower() == _("Everything").lower():
        return _propose(turn, order, GiveBack(tuple(Part(line.position) for line in lines)))
    words = said.lower()
    meant = [line for line in lines if telling.piece(line).lower() == words]
    meant = meant or [line for line in lines if line.name.lower() in words]
    return _of_line(turn, action, order, meant[0]) if len(meant) == 1 else None


def _is_named(said: str, name: str) -> bool:
    """Whether a word of the name that says something was said."""
    return any(len(stem) >= LEAST for stem in catalogue.stems_of(name) & catalogue.stems_of(said))


def _no_such(turn: Turn, order: OrderFacts) -> str:
    """What to say first where she speaks of a product the shop has, and this order has not, or no more."""
    if not any(_is_named(turn.question, each.name) for each in catalogue.find(turn.shop_id, turn.question)):
        return ""
    return _("I do not find that in order %(number)s. What is left of it is this. Shall I?") % {"number": order.number}


def _of_line(turn: Turn, action: str, order: OrderFacts, line: LineFacts, first: str = "") -> Reply:
    if action == OrderAction.RETURN:
        return _propose(turn, order, GiveBack((Part(line.position),)), first)
    found = catalogue.product(turn.shop_id, line.product) if line.product else None
    others = [each for each in found.variants if each.is_available and each.sku != line.sku] if found else []
    if not others:
        return Reply(_("There is nothing else of %(name)s to exchange it for.") % {"name": line.name})
    words = [_variant_words(each) for each in others]
    asks = {
        "step": "variant",
        "order": order.number,
        "position": line.position,
        "skus": dict(zip(words, [each.sku for each in others], strict=True)),
    }
    return Reply(
        _("What shall come instead of %(name)s?") % {"name": line.name}, suggestions=tuple(words[:12]), asks=asks
    )


def _variant_words(each: Any) -> str:
    options = ", ".join(value for _name, value in each.options) or each.name or each.sku
    return f"{options} ({telling.amount(each.price, each.currency)})"


def _variant(turn: Turn, order: OrderFacts, said: str) -> Reply | None:
    """The button's words, or words that only one of them has."""
    skus: dict[str, str] = turn.asks["skus"]
    meant = [sku for words, sku in skus.items() if said.lower() in (words.lower(), words.rpartition(" (")[0].lower())]
    if len(meant) != 1:
        return None
    return _propose(turn, order, Exchange((Swap(turn.asks["position"], meant[0]),)))


def _address(turn: Turn, order: OrderFacts, said: str) -> Reply:
    """What cannot be read is asked for once more, in other words; then the rules say what is missing."""
    address = read_address(said, order.address)
    if not (address.line1 and address.city) and not turn.asks.get("again"):
        text = _(
            "I could not read an address in that. Please write it as on a parcel, for example:\n"
            "Rue Neuve 5\n75002 Paris\nFrance"
        )
        return Reply(text, asks={"step": "address", "order": order.number, "again": True})
    return _propose(turn, order, NewAddress(address))


def read_address(said: str, before: Address) -> Address:
    """Lines as people write them: perhaps a name, the street, the town with its postcode, perhaps a country."""
    lines = [line.strip() for line in re.split(r"[\n,]", said) if line.strip()]
    town = next((place for place, line in enumerate(lines) if place and _POSTCODE.match(line)), None)
    if town is None or not (found := _POSTCODE.match(lines[town])):
        return Address()
    street = lines[:town]
    name = street.pop(0) if len(street) > 1 and not re.search(r"\d", street[0]) else before.name
    return Address(
        name=name[:200],
        line1=street[0][:200] if street else "",
        line2=" ".join(street[1:])[:200],
        postcode=(found["code"] or found["code2"])[:20],
        city=(found["city"] or found["city2"])[:200],
        region=" ".join(lines[town + 1 : -1])[:200],
        country=lines[-1][:200] if town + 1 < len(lines) else before.country,
    )
