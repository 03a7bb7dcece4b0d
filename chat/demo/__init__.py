"""The demo's talks: what shoppers and the team said is read from scripts, what the assistant said it says itself."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from accounts import people
from accounts.models import Customer, Shop, User
from chat import assistant, handoff, intake, outbox, seen, turns
from chat.demo.scripts import Line, Script, of_shop, replies_of
from chat.models import Author, Conversation, Holder, SavedReply

Progress = Callable[[int, int], None]

_HERS = (">", "+")
# Whatever the assistant could not answer long ago has been answered since.
_LATE = {
    "en": "I have looked it up and sent you the answer by e-mail, with the details.",
    "de": "Ich habe nachgesehen und Ihnen die Antwort mit allen Einzelheiten per E-Mail geschickt.",
    "es": "Lo he consultado y le he enviado la respuesta por correo, con los detalles.",
    "fr": "Je me suis renseigné et vous ai envoyé la réponse par e-mail, avec les détails.",
}


def seed(shop: Shop, *, at: datetime, progress: Progress) -> None:
    """Let every talk happen at its time, oldest first; those that have happened stay as they are."""
    for shortcut, text in replies_of(shop):
        SavedReply.objects.get_or_create(shop=shop, shortcut=shortcut, defaults={"text": text})
    scripts = of_shop(shop, at=at)
    happened = set(Conversation.objects.filter(shop=shop).values_list("opening_id", flat=True))
    for number, script in enumerate(scripts, start=1):
        if script.key not in happened:
            _Talk(shop, script, now=at).happen()
        progress(number, len(scripts))


class _Talk:
    """One script on its way through the stories, with a clock of its own."""

    def __init__(self, shop: Shop, script: Script, *, now: datetime) -> None:
        self.shop, self.script, self.now, self.clock = shop, script, now, script.at
        self.draw = Random(script.key)  # noqa: S311  (the same pauses every time)
        self.unread = False
        self.said = 0

    @transaction.atomic
    def happen(self) -> None:
        # One transaction: no worker sees a turn that waits for the answer of long ago.
        self.talk = intake.open_conversation(self._customer(), opening_id=self.script.key, at=self.clock)
        lines = self.script.lines
        for line, following in zip(lines, [*lines[1:], None], strict=True):
            self._follow(line)
            if line.who in _HERS and (following is None or following.who != "+"):
                self._answer()
        if self._held() == Holder.QUEUE and not self.unread:
            self._reply(Line("ben", _LATE.get(self.talk.customer.language, _LATE["en"])))
            self._act("close")
        self._read()
        self._tidy()

    def _follow(self, line: Line) -> None:
        if line.if_needed and self._held() == Holder.BOT:
            return
        if line.who in _HERS:
            self._pass(8, 40)
            self._say(line.text)
        elif line.who == "*":
            self._act(line.text)
        else:
            self._reply(line)

    def _say(self, text: str) -> None:
        self.said += 1
        words = intake.Inbound(self.talk.pk, f"{self.script.key}-{self.said}", text)
        intake.receive(words, at=self.clock)

    def _answer(self) -> None:
        """The assistant's turn, if it is its turn."""
        self.clock += timedelta(seconds=self.draw.uniform(1.1, 2.4))
        for _draft in range(3):
            turn = turns.claim(self.talk.pk, at=self.clock)
            if turn is None or outbox.post_reply(turn, assistant.reply(turn, draft=_unseen), at=self.clock):
                break

    def _reply(self, line: Line) -> None:
        self._pass(35, 140)
        self.said += 1
        outbox.post_person(
            self.talk.pk,
            by=_person(line.who),
            text=line.text,
            client_id=f"{self.script.key}-{self.said}",
            at=self.clock,
        )

    def _act(self, what: str) -> None:
        verb, _space, rest = what.partition(" ")
        if verb == "wait":
            self._pass_by(rest)
        elif verb == "person":
            self.clock += timedelta(seconds=4)
            handoff.ask_person(self.talk.pk, at=self.clock)
        elif verb == "unread":
            self.unread = True
        elif (holder := self._holder()) is not None:
            self._pass(60, 600)
            end = {"close": handoff.close, "back": handoff.give_back}[verb]
            end(self.talk.pk, by=holder, at=self.clock)

    def _read(self) -> None:
        """Both sides have read it, but for last words that nobody has seen yet."""
        talk = Conversation.objects.get(pk=self.talk.pk)
        last = talk.messages.exclude(author=Author.SYSTEM).order_by("-seq")[:1].get()
        is_hers = talk.is_waiting or last.author == Author.SHOPPER
        if not (self.unread and is_hers):
            seen.mark(talk.pk, by_shopper=False, read=talk.last_seq)
        seen.mark(talk.pk, by_shopper=True, read=talk.last_seq - (self.unread and not is_hers))

    def _tidy(self) -> None:
        """What the assistant answered long ago has been put away the day after."""
        clock = self.clock + timedelta(days=1)
        if self._held() == Holder.BOT and clock < self.now - timedelta(days=2):
            handoff.close(self.talk.pk, by=_person("ben"), at=clock)

    def _customer(self) -> Customer:
        script = self.script
        if script.is_guest:
            return people.guest(self.shop, name=script.name, email=script.email, language=script.language, at=script.at)
        return Customer.objects.present().get(shop=self.shop, email=script.email)

    def _held(self) -> str:
        return Conversation.objects.values_list("holder", flat=True).get(pk=self.talk.pk)

    def _holder(self) -> User | None:
        holder: User | None = User.objects.filter(held_conversations=self.talk).first()
        return holder

    def _pass(self, least: int, most: int) -> None:
        """Time passes, but what is told has always happened by now."""
        step = timedelta(seconds=self.draw.randint(least, most))
        self.clock = min(self.clock + step, max(self.clock, self.now - timedelta(seconds=2)))

    def _pass_by(self, rest: str) -> None:
        count, unit = rest.split()
        unit = unit if unit.endswith("s") else f"{unit}s"
        self.clock += timedelta(**{unit: int(count)})


def _person(name: str) -> User:
    person: User = User.objects.get(email=f"{name}@demo.example")
    return person


def _unseen(_text: str) -> None:
    """Nobody watches these answers being written."""
