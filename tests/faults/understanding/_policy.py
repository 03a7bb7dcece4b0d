"""The guidelines of a shop's agents (abcd_policy), converted to flows: each button a step, each rule a branch."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.knowledge import _sets

LEVELS = ("guest", "bronze", "silver", "gold")
STATES = ("order received", "in transit", "out for delivery", "delivered")
_NO = re.compile(r"cannot|unfortunately|nothing you can do|must wait|fee stays|do not update|too late|call back", re.I)
_UI = re.compile(
    r"\[[A-Z]|\benter\b|\bclick\b|\btype\b|\bselect\b|\bsubmit|form|option|input|field|as usual|username -", re.I
)
_INVENTED = re.compile(r"\bpick a\b|make up|creative|try to convince|feel free|nicely|assume|something similar", re.I)


@dataclass
class Converted:
    flow: dict
    left: list[tuple[str, str]] = field(default_factory=list)  # lines that are no steps, each with the reason


def is_there() -> bool:
    return _sets.is_there() and _file("guidelines.json").exists()


def converted() -> list[Converted]:
    told = json.loads(_file("guidelines.json").read_text())
    return [
        _Subflow(name, subflow["actions"]).convert()
        for each in told.values()
        for name, subflow in each["subflows"].items()
    ]


def _file(name: str) -> Path:
    return _sets.DATA / "abcd_policy" / name


class _Subflow:
    def __init__(self, name, actions):
        self.actions = [action for action in actions if action["button"] != "End Conversation"]
        slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
        self.flow = {
            "flow": slug,
            "title": name,
            "starts": {"intents": [slug.replace("-", "_")]},
            "slots": {},
            "steps": [],
        }
        self.left = []
        self.refuses = False

    def convert(self):
        for number, action in enumerate(self.actions):
            self.number, first = number, len(self.flow["steps"])
            button = action["button"].lower()
            make = getattr(self, "_" + re.sub(r"[^a-z]+", "_", button), None) or self._said
            make(action)
            self._sort_lines(action)
            if len(self.flow["steps"]) > first:
                self.flow["steps"][first].setdefault("id", f"step-{number + 1}")
        self._point_on()
        self.flow["steps"].append({"say": "That is done. Is there anything else?", "go": "end"})
        if self.refuses:
            self.flow["steps"].append({"id": "refused", "say": "I am sorry, that cannot be done here.", "go": "end"})
        return Converted(self.flow, self.left)

    def add(self, **step):
        self.flow["steps"].append({name.rstrip("_"): value for name, value in step.items()})

    def ask(self, slot, say, **kind):
        if slot not in self.flow["slots"]:
            self.flow["slots"][slot] = kind
            self.add(ask=slot, say=say)

    def call(self, verb, name, *sends):
        number = sum(name in str(step.get(verb)) for step in self.flow["steps"])
        known = [each for each in sends if each in self.flow["slots"]]
        self.add(**{verb: {"webhook": name}}, as_=f"{name.replace('-', '_')}{number or ''}", send=known)

    def refuse_if(self, condition):
        self.refuses = True
        self.add(if_=condition, go="refused")

    def _point_on(self):
        """A step that is to be skipped to may have become nothing: then to the next that is there."""
        names = [step.get("id") for step in self.flow["steps"]]
        for place, step in enumerate(self.flow["steps"]):
            match = re.fullmatch(r"step-(\d+)", step.get("go", ""))
            if match and step["go"] not in names[place + 1 :]:
                later = [name for name in names[place + 1 :] if name and int(name.split("-")[1]) > int(match[1])]
                step["go"] = later[0] if later else "end"

    # One for each button.

    def _pull_up_account(self, action):
        self.ask("account", "What is your full name or account ID?", kind="text")
        self.call("fetch", "account", "account")

    def _verify_identity(self, action):
        self.ask("order", "What is the number of the order?", kind="order")
        self.ask("zip_code", "And the zip code?", kind="number")
        self.call("fetch", "identity", "account", "order", "zip_code")

    def _validate_purchase(self, action):
        self.ask("username", "What is your username?", kind="text")
        self.ask("email", "And your e-mail address?", kind="email")
        self.ask("order", "What is the number of the order?", kind="order")
        self.call("fetch", "purchase", "username", "email", "order")

    def _record_reason(self, action):
        self.ask("reason", "What is the reason?", kind="text")
        if "gift card" in str(action["subtext"]).lower():
            self.ask(
                "method",
                "How would you like the refund?",
                kind="choice",
                options=["gift card", "add value", "paper check", "credit card"],
            )
        self.call("act", "record", "reason", "method")

    def _enter_details(self, action):
        if "method" in self.flow["slots"] and "gift card or paper check" in str(action["subtext"]).lower():
            place = f"step-{self.number + 2}"
            self.add(if_={"method": ["add value", "credit card"]}, go=place)
            self.ask("full_address", "To which address?", kind="address")
            return
        self.ask("details", "Which details shall I note?", kind="text")
        self.call("act", "details", "details")

    _enter_detail = _enter_details

    def _offer_refund(self, action):
        self.ask("amount", "Which amount is it?", kind="number")
        self.add(confirm="A refund of {amount} dollars. Shall I?")
        self.call("act", "refund", "amount")

    def _update_order(self, action):
        self._update("order-change", action)

    def _update_account(self, action):
        self._update("account-change", action)

    def _update(self, name, action):
        options = [
            each.lower() for each in re.findall(r"['\u2018\u201c]([\w ]+)['\u2019\u201d]", str(action["subtext"]))
        ]
        options = list(dict.fromkeys(each for each in options if 3 < len(each) < 30))
        if len(options) > 1:
            self.ask("change", "Which of these is it?", kind="choice", options=options)
        elif not options:
            self.ask("change", "What shall it be?", kind="text")
        self.add(confirm="Shall I change it?")
        self.call("act", name, "change", "full_address")

    def _make_purchase(self, action):
        self.ask("product", "Which product is it?", kind="text")
        self.add(confirm="Shall I order {product}?")
        self.call("act", "purchase-new", "product")

    def _make_password(self, action):
        self.call("act", "password", "account")

    def _promo_code(self, action):
        self.call("act", "promo", "account")

    def _send_link(self, action):
        self.call("act", "link", "account")

    def _notify_internal_team(self, action):
        self.call("act", "team", "account")

    def _subscription_status(self, action):
        self.call("fetch", "subscription", "account")

    def _search_faq(self, action):
        self.ask("question", "What would you like to know?", kind="text")
        self.call("fetch", "faq", "question")

    def _select_answer(self, action):
        self.add(say="{faq.name}")

    def _boots(self, action):
        pass  # which part of the FAQ is looked at is decided by the search

    _shirt = _jeans = _jacket = _pricing = _membership = _timing = _policy = _boots

    def _try_again(self, action):
        self._advice(f"Please try again. {action['text']}")

    def _log_out_in(self, action):
        self._advice("Please log out and in again.")

    def _instructions(self, action):
        self._advice(action["text"])

    def _advice(self, text):
        self.add(say=text[:500])
        self.add(confirm="Did that help?", no=f"step-{self.number + 2}")
        self.add(say="I am glad.", go="end")

    def _shipping_status(self, action):
        self.ask("shipping", "How does the order stand?", kind="choice", options=list(STATES))
        self.call("fetch", "shipping-record", "shipping")
        for line in action["subtext"]:
            named = [state for state in STATES if state in line.lower()]
            if named and _NO.search(line) and "next step" not in line.lower():
                self.refuse_if({"shipping": named})

    def _ask_the_oracle(self, action):
        self.call("fetch", "oracle", "account")
        lines, following = " ".join(action["subtext"]).lower(), self.actions[self.number + 1 : self.number + 2]
        if following and re.search(
            r"oracle (says|returns) no|customer is (wrong|mistaken)", following[0]["text"].lower()
        ):
            self.add(if_={"oracle.answer": "yes"}, go=f"step-{self.number + 3}")
        elif re.search(r"returns? no\)?.{0,160}(skip|end conversation)|says no.{0,40}(does not|cannot)", lines):
            self.refuse_if({"oracle.answer": "no"})
        elif "says yes), skip" in lines:
            self.add(if_={"oracle.answer": "yes"}, go=f"step-{self.number + 3}")

    def _membership_privileges(self, action):
        self.ask("level", "What is your membership level?", kind="choice", options=list(LEVELS))
        self.call("fetch", "membership-record", "level")
        rest = set(LEVELS)
        for line in action["subtext"]:
            said = line.lower()
            named = [level for level in LEVELS if re.search(rf"\b{level}\b", said.split(">")[0])] or (
                sorted(rest) if "all other" in said else []
            )
            rest -= set(named)
            within = re.search(r"within the last (\d+) (days|months)", said)
            if named and within:
                self._return_window(
                    named, int(within[1]) * (30 if within[2] == "months" else 1), "original packaging" in said
                )
            elif named and "less than $10" in said:
                self.ask("difference", "How many dollars are wrong?", kind="number")
                self.refuse_if({"level": named, "difference": {"over": 9}})
            elif named and "1 day late" in said:
                self.ask("late", "How many days late is it?", kind="number")
                self.refuse_if({"level": named, "late": {"over": 1}})
            elif named and _NO.search(said):
                self.refuse_if({"level": named})

    def _return_window(self, levels, days, packed):
        self.ask("bought_on", "When did you buy it?", kind="date")
        self.ask("receipt", "Do you have the receipt?", kind="choice", options=["with receipt", "without"])
        ways = [{"bought_on": {"within_days": days}}, {"receipt": "with receipt"}]
        if packed:
            self.ask("packaging", "Is it in its original packaging?", kind="choice", options=["packed", "opened"])
            ways.append({"packaging": "packed"})
        self.refuse_if({"level": levels, "none": ways})

    def _said(self, action):
        """A button that is no system: what is said, or judged."""
        self.add(say=(action["text"] or "One moment.")[:500].replace("{", "(").replace("}", ")"))

    def _sort_lines(self, action):
        for line in action["subtext"]:
            if _INVENTED.search(line):
                self.left.append(
                    (line, "asks an agent to invent or to persuade: nothing is said that is not of a record")
                )
            elif _UI.search(line) or re.search(r"<or>|if |members|oracle|ask ", line, re.I):
                continue
            elif not re.search(r"username|e-?mail|order id|account|address|zip|phone|pin|answer", line, re.I):
                self.left.append((line, "how to word it: a text that staff would write into the step"))
