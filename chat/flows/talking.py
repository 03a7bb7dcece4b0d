"""A talk by flows: which one begins, what it says and does, and how she comes back to it from something else."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.commerce import catalogue
from accounts.models import Customer
from chat import entities, restocked, smalltalk, webhooks
from chat.flows import asking, changes, engine, hearing, moves, orders, products, proof, shelf, telling
from chat.flows.moves import Call, Do, Heard, Look, Move, Over, Say, State
from chat.flows.scripts import Script
from chat.models import Author, Handoff
from chat.persona import Voice
from chat.turns import Reply, StepBack, Turn, Wanted, joined
from chat.understanding import Understood

IN_FLOW = "flow"
Know = Callable[[], Reply]  # the answer of the shop's articles

_WHY = {"asked": Handoff.Reason.ASKED, "unsure": Handoff.Reason.UNSURE, "failed": Handoff.Reason.FAILED}
_CODED = ("order", *proof.STEPS, *changes.STEPS)


class Talk:
    """One turn of a conversation, as far as flows go."""

    def __init__(self, turn: Turn, understood: Understood, know: Know, voice: Voice) -> None:
        self.turn, self.understood, self.know, self.voice = turn, understood, know, voice
        self.scripts = shelf.serving(turn.shop_id, turn.version_id)
        self.step = turn.asks.get("step")

    def resume(self) -> Reply | None:
        """Go on with whatever she was asked; nothing where she speaks of something else."""
        script, state = self._here(self.turn.asks.get("flow") if self.step == IN_FLOW else None)
        if script is not None and state is not None:
            heard = self._heard(script, state)
            move = engine.resume(script, state, heard)
            return self._with_later(self._reply(script, move, heard)) if move else None
        if self.step in _CODED and self.step != "confirm" and hearing.stops(self.turn.question):
            return Reply(hearing.stopped(something_done=False))
        reply = orders.resume(self.turn)
        return self._with_later(reply) if reply else None

    def begin(self, *, by_intent: bool = False) -> Reply | None:
        """The first flow that takes her words up; `by_intent` only what they mean, when nothing else took them."""
        for script in self._wanted(by_intent=by_intent):
            heard = self._heard(script, None)
            reply = self._reply(script, engine.begin(script, heard), heard)
            if reply is not None:
                return self._beside(reply)
        return None

    def beside(self, reply: Reply) -> Reply:
        """What is said to something else in the middle, and then back to where she was."""
        if reply.unsure and not hearing.is_question(self.turn.question):
            once_more = self._once_more()
            if once_more is not None:
                return once_more
        reply = self._beside(reply)
        if reply.asks or reply.step_back or self.step not in _CODED:
            return reply
        if self.step == "confirm":
            back = changes.once_more(self.turn)
            return joined(reply, back) if back else reply
        return joined(reply, replace(self._question(), asks=self._asks()))

    def _wanted(self, *, by_intent: bool) -> list[Script]:
        """By words that staff chose, then by what is asked of orders and products."""
        found = self.scripts.values()
        if by_intent:
            intent = self.understood.intent
            return [script for script in found if intent and intent in script.starts("intents")]
        said = self.turn.question
        what = asking.wanted(said) or self._same_of_another()
        by_words = [script for script in found if _says_one_of(script, said)]
        by_order = [script for script in found if what and what in script.starts("asks")]
        is_of_product = self.step == "product" or asking.is_of_product(said)
        by_product = [script for script in found if is_of_product and "product" in script.starts("asks")]
        several = [*by_words, *by_order, *by_product]
        return [script for place, script in enumerate(several) if script not in several[:place]]

    def _same_of_another(self) -> str | None:
        """What she asked last, if now she says that she meant another order."""
        said = self.turn.question
        if not (hearing.takes_back(said) and next(asking.numbers(said), None)):
            return None
        before = [line.text for line in self.turn.history if line.author == Author.SHOPPER][: -len(self.turn.asked)]
        return asking.wanted(before[-1]) if before else None

    def _here(self, plain: dict[str, Any] | None) -> tuple[Script | None, State | None]:
        """The flow she is in and where, if the flow is still there and has that step."""
        state = moves.state_of(plain) if plain else None
        script = self.scripts.get(state.flow) if state else None
        if script is None or state is None or script.place(state.step) is None:
            return None, None
        return script, state

    def _heard(self, script: Script, state: State | None) -> Heard:
        turn, on = self.turn, timezone.localdate(self.turn.asked_at)
        named = self.understood.entities
        if any(slot["kind"] == "product" for slot in script.slots.values()):
            named = entities.find(turn.question, on=on, shop_id=turn.shop_id)
        return Heard(
            text=turn.question,
            named=named,
            on=on,
            language=turn.language,
            intent=self.understood.intent,
            mood=self.understood.mood.kind,
            urgent=self.understood.mood.is_urgent,
            wants=asking.wanted(turn.question) or self._same_of_another() or "",
            is_aside=state is not None and self._is_aside(script, state),
            result=turn.result,
        )

    def _is_aside(self, script: Script, state: State) -> bool:
        """Whether somebody else has something to say to it. Whoever tells a story may name an order in it."""
        said = self.turn.question
        place = script.place(state.step)
        asked = script.slots.get(script.steps[place].get("ask", ""), {}) if place is not None else {}
        if hearing.is_question(said) or smalltalk.answer(self.turn, self.voice) is not None:
            return True
        if any(_says_one_of(each, said) for each in self.scripts.values() if each.name != script.name):
            return True
        return asked.get("kind") not in ("text", "order") and asking.what(said) is not None

    def _reply(self, script: Script, move: Move, heard: Heard) -> Reply | None:
        """What the effects of a move come to; nothing where a talk that is code has nothing to say to it."""
        said: list[Say] = []
        reply = Reply("")
        while True:
            said += [effect for effect in move.effects if isinstance(effect, Say)]
            last = move.effects[-1] if move.effects else None
            if not (isinstance(last, Look) and move.state is not None):
                break
            move = engine.given(script, move.state, self._looked_up(last.what, move.state), heard)
        if isinstance(last, Do):
            done = self._done(last)
            if done is None and not said:
                return None
            reply = done or reply
        elif isinstance(last, Over):
            reply = replace(
                reply, step_back=StepBack(_WHY[last.why], _summary(last), last.title if last.opens_ticket else "")
            )
        elif isinstance(last, Call) and move.state is not None:
            told = {"webhook": last.webhook, "flow": script.name, "step": move.state.step, "values": last.sends}
            reply = replace(reply, actions=(Wanted(webhooks.KIND, told),))
            said = said or [Say(_("One moment, I am looking it up."))]
        elif not said:
            said = [Say(_("That is all. Is there anything else?"))]
        for each in reversed(said):
            reply = joined(Reply(each.text, cards=each.cards, suggestions=each.suggestions), reply)
        asks = {"step": IN_FLOW, IN_FLOW: move.state.plain()} if move.state else reply.asks
        about = {"name": script.name, "step": move.state.step if move.state else "", "end": move.end}
        return replace(reply, asks=asks, reasoning={**reply.reasoning, "flow": about})

    def _looked_up(self, what: str, state: State) -> dict[str, Any] | None:
        """A record of ours, as plain values."""
        match what:
            case "order":
                number = state.slots.get("order", "")
                order = proof.order_of(self.turn, number) if number else None
                return None if order is None else _order(order)
            case "product":
                name = state.slots.get("product", "")
                found = catalogue.find(self.turn.shop_id, name, limit=1)
                return None if not (name and found) else _product(found[0])
            case _:
                customer = Customer.objects.get(pk=self.turn.customer_id)
                return {"known": customer.user_id is not None, "name": customer.name, "email": customer.email}

    def _done(self, wanted: Do) -> Reply | None:
        if wanted.what == "product":
            return products.answer(self.turn)
        if wanted.what == "articles":
            return self.know()
        if wanted.what == "stock_alert":
            return self._wait_for(wanted.values)
        return orders.begin(self.turn, wanted.what, number=wanted.order)

    def _wait_for(self, asked: dict[str, str]) -> Reply:
        """They are told when it is back; what is not in the catalogue a person has to look at."""
        found = catalogue.find(self.turn.shop_id, asked["product"], limit=1)
        if not (found and asked["email"]):
            return Reply("", step_back=StepBack(Handoff.Reason.UNSURE, asked["product"]))
        told = {"product": found[0].external_id, "variant": asked["variant.sku"], "email": asked["email"]}
        return Reply("", actions=(Wanted(restocked.KIND, told),))

    def _beside(self, reply: Reply) -> Reply:
        """A flow that was left in the middle goes on after this."""
        left = self.turn.asks.get("flow") if self.step == IN_FLOW else self.turn.asks.get("later")
        return self._back_to(reply, left)

    def _with_later(self, reply: Reply | None) -> Reply | None:
        return self._back_to(reply, self.turn.asks.get("later")) if reply else None

    def _back_to(self, reply: Reply, left: dict[str, Any] | None) -> Reply:
        script, state = self._here(left)
        about = reply.reasoning.get("flow", {})
        if script is None or state is None or about.get("end") == "stopped" or about.get("name") == script.name:
            return reply
        if reply.step_back:
            told = _summary(Over(reply.step_back.summary or self.turn.question, collected=moves.collected(state)))
            return replace(reply, step_back=replace(reply.step_back, summary=told))
        if reply.asks:
            return replace(reply, asks={**reply.asks, "later": state.plain()})
        back = moves.prompt(script, state, self._heard(script, state))
        asks = {"step": IN_FLOW, IN_FLOW: state.plain()}
        return joined(reply, Reply(back.text, suggestions=back.suggestions, cards=back.cards, asks=asks))

    def _once_more(self) -> Reply | None:
        """Nobody knows what to say to it: she is asked again, once, and then by a person."""
        script, state = self._here(self.turn.asks.get("flow") if self.step == IN_FLOW else None)
        if script is not None and state is not None:
            heard = self._heard(script, state)
            return self._with_later(self._reply(script, engine.again(script, state, heard), heard))
        if self.step not in _CODED or self.turn.asks.get("missed"):
            return None
        again = self._question()
        return replace(again, text=f"{hearing.pardon()} {again.text}", asks={**self._asks(), "missed": True})

    def _asks(self) -> dict[str, Any]:
        return {name: value for name, value in self.turn.asks.items() if name != "at"}

    def _question(self) -> Reply:
        """What the assistant asked last, in one of the talks that are code."""
        if self.turn.asks.get("orders"):
            return orders.which_again(self.turn.asks["orders"])
        lines = (line.text for line in reversed(self.turn.history) if line.author == Author.BOT)
        asked = next(lines, "").rsplit("\n\n", 1)[-1]
        return Reply(asked.removeprefix(hearing.pardon()).strip())


def _summary(over: Over) -> str:
    """What a person is given: what it is about, and what she has said so far."""
    lines = [over.title, *(f"{name}: {value}" for name, value in over.collected)]
    if over.tags:
        lines.append(_("Tags: %(tags)s") % {"tags": ", ".join(over.tags)})
    return "\n".join(line for line in lines if line)


def _says_one_of(script: Script, said: str) -> bool:
    lowered = " ".join(said.casefold().split())
    return any(re.search(rf"(?<!\w){re.escape(words.casefold())}(?!\w)", lowered) for words in script.starts("says"))


def _order(order: Any) -> dict[str, Any]:
    parcel = order.shipments[-1] if order.shipments else None
    return {
        "number": order.number,
        "status": str(order.status),
        "placed_on": timezone.localdate(order.placed_at).isoformat(),
        "expected_on": order.expected_on.isoformat() if order.expected_on else "",
        "total": telling.amount(order.total, order.currency),
        "carrier": parcel.carrier if parcel else "",
        "tracking_number": parcel.tracking_number if parcel else "",
    }


def _product(product: Any) -> dict[str, Any]:
    price = telling.amount(product.prices[0], product.variants[0].currency) if product.prices else ""
    gone = [{"name": each.name, "sku": each.sku} for each in product.variants if each.name and not each.is_available]
    return {
        "name": product.name,
        "available": product.is_available,
        "price": price,
        "url": product.url,
        "is_whole": all(each.is_available for each in product.variants),
        "sold_out": gone,
        "has_several": len(product.variants) > 1 and bool(gone),
    }
