"""Her orders: which one she means, and what there is to say of it."""

from django.utils.translation import gettext as _

from accounts.commerce import catalogue
from accounts.commerce import orders as read
from accounts.commerce.facts import OrderFacts
from accounts.models import Order, OrderAction
from chat.flows import asking, cards, changes, hearing, proof, telling, wording
from chat.turns import Reply, Turn

OFFERED = 6
_CHOICE = 10  # words of what may point at one of several and says nothing else
_LITTLE = catalogue.stems_of(  # words that point at nothing
    "the one with and for from that this which please order mit und der die das den ein eine bitte con los las del una"
    " por favor avec les des une pour dans che per della gli com uma para met het een van dat jest dla"
)
_LATER = (OrderAction.RETURN, OrderAction.EXCHANGE, OrderAction.REFUND)  # done with what has arrived


def resume(turn: Turn) -> Reply | None:
    """Go on with what she was asked; nothing where she speaks of something else."""
    step = turn.asks.get("step")
    if step == proof.CODE and (order := proof.order_of(turn, turn.asks["order"])) is not None:
        return _about(turn, turn.asks["what"], order)
    if step == "order":
        if asking.what(turn.question):
            return None
        if next(asking.numbers(turn.question), None):
            return begin(turn, turn.asks["what"])
        chosen = _chosen(turn)
        return _about(turn, turn.asks["what"], chosen) if chosen else None
    if step in proof.STEPS:
        return proof.resume(turn)
    return changes.resume(turn) if step in changes.STEPS else None


def begin(turn: Turn, what: str, *, number: str = "") -> Reply | None:
    """Begin with what she asks, of the order she names; nothing where it is about no order of hers."""
    said = [*asking.numbers(turn.question), *([number] if number else [])]
    for each in said:
        order = proof.order_of(turn, each)
        if order is not None:
            return _about(turn, what, order)
    meant = _meant(turn, what)
    if not meant:
        return proof.begin(turn, what)  # where that is nothing an article may know, or a person
    if said:
        return _offer(what, meant, _("I find no order %(number)s of yours. Which one is it?") % {"number": said[0]})
    return _about(turn, what, meant[0]) if len(meant) == 1 else _offer(what, meant, _("Which order is it?"))


def which_again(numbers: list[str]) -> Reply:
    """The question which of them it is, once more."""
    return Reply(_("Which order is it?"), suggestions=_names(numbers))


def _about(turn: Turn, what: str, order: OrderFacts) -> Reply:
    if what in asking.ACTIONS:
        return changes.begin(turn, what, order)
    plain = telling.of(order, what)
    return Reply(
        wording.worded(turn, order, plain),
        cards=(cards.order(order),),
        suggestions=_next(order, what),
        record=order,
        plain=plain,
    )


def _meant(turn: Turn, what: str) -> tuple[OrderFacts, ...]:
    """Which it may be: what is still to come, unless it is about what has come."""
    if what in _LATER:
        return read.newest(turn.customer_id, limit=OFFERED) or proof.proven(turn)
    coming = read.open_orders(turn.customer_id, limit=OFFERED)
    return coming or read.newest(turn.customer_id, limit=1) or proof.proven(turn)


def _offer(what: str, meant: tuple[OrderFacts, ...], text: str) -> Reply:
    numbers = [order.number for order in meant]
    asks = {"step": "order", "what": what, "orders": numbers}
    return Reply(text, cards=cards.orders(meant), suggestions=_names(numbers), asks=asks)


def _names(numbers: list[str]) -> tuple[str, ...]:
    return tuple(_("Order %(number)s") % {"number": number} for number in numbers)


def _chosen(turn: Turn) -> OrderFacts | None:
    """The one she points at, of those that were offered: by its place, or by what only it holds."""
    said, numbers = turn.question, turn.asks.get("orders", [])
    if hearing.is_question(said) or len(said.split()) > _CHOICE:
        return None
    place = hearing.which(said, numbers)
    if place is not None:
        return proof.order_of(turn, numbers[place])
    words = catalogue.stems_of(said) - _LITTLE
    held = [(len(words & _of(order)), order) for each in numbers if (order := proof.order_of(turn, each))]
    most = max((count for count, _order in held), default=0)
    best = [order for count, order in held if count == most]
    return best[0] if most and len(best) == 1 else None


def _of(order: OrderFacts) -> set[str]:
    return catalogue.stems_of(" ".join([str(Order.Status(order.status).label), *map(telling.piece, order.lines)]))


def _next(order: OrderFacts, what: str) -> tuple[str, ...]:
    """One step further, in words that are understood."""
    if what == "status" and any(parcel.tracking_number for parcel in order.shipments):
        return (_("Tracking number of order %(number)s") % {"number": order.number},)
    return ()
