"""An order answer in warmer words, where there is a language model. It is given no value of the record, only marks."""

from accounts.commerce.facts import OrderFacts
from chat.flows import lock
from chat.turns import Turn
from knowledge import llm


def worded(turn: Turn, order: OrderFacts, plain: str) -> str:
    """The plain answer said again by a model, its values put back; the plain one where there is none, or it fails."""
    model = llm.get_llm()
    if model is None or "\n" in plain or not llm.may_ask(turn.shop_id, turn.customer_id):
        return plain
    said, values = lock.hidden(plain, order)
    return lock.shown(llm.retold(said, turn.language, model=model), values) or plain
