"""A day of a desk, event by event. What should happen is worked out here from what was done, never from the code."""

import heapq
import random
import statistics
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from accounts import people, presence
from accounts.models import Skill, Topic
from analytics.ledger.models import Event
from chat import assignment, availability, handoff, intake
from chat.models import Conversation, Holder
from tests import factories
from tests.factories import NOON
from tests.figures import Figure

SEED = 20_261_128
AGENTS, CHATS = 20, 2000
SWEEP = timedelta(seconds=1)
TALKS = 240.0  # seconds a talk lasts, on average
RETURNS = "I want to return my order, please."


@dataclass
class Agent:
    user: object
    capacity: int
    languages: frozenset
    is_skilled: bool
    in_team: bool
    is_there: bool = True
    silent_since: datetime | None = None
    holds: set = field(default_factory=set)

    @property
    def has_room(self):
        return self.is_there and len(self.holds) < self.capacity

    @property
    def kind(self):
        return self.capacity, self.languages, self.is_skilled, self.in_team

    def fits(self, chat):
        if chat.is_return and not (self.in_team and self.is_skilled):
            return False
        return not self.languages or chat.language in self.languages


@dataclass
class Chat:
    pk: int
    language: str
    is_return: bool
    queued_at: datetime
    minutes: int | None = None  # she was told

    @property
    def place(self):
        return self.queued_at, self.pk


class Desk:
    """The shop, its people, and beside each table what ought to be in it."""

    def __init__(self, *, agents, chats, seed):
        self.dice, self.chats_to_come = random.Random(seed), chats
        self.shop = factories.ShopFactory(slug=f"desk-{seed}")
        self.now, self.agenda, self.number = NOON, [], 0
        self.queue: dict[int, Chat] = {}
        self.known: dict[int, Chat] = {}  # all that were ever given
        self.wrong = Counter(fifo=0, oldest=0, capacity=0, balance=0, twice=0, left_empty=0, misplaced=0)
        self.given, self.misses = 0, []
        self.late, self.backs = timedelta(0), 0
        self.heard = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        self.agents = {one.user.pk: one for one in (self._hire(number) for number in range(agents))}
        room = sum(agent.capacity for agent in self.agents.values())
        self.pause = TALKS / room / 1.02  # seconds between two who come: a little more than there is room for

    def _hire(self, number):
        user = factories.UserFactory(email=f"desk-{number}-{self.shop.pk}@example.com", name=f"Agent {number}")
        kind = number // 2  # two of each, so that some are equals
        languages = [[], [], ["en"], ["en", "de"]][kind % 4]
        factories.MembershipFactory(user=user, shop=self.shop, languages=languages)
        agent = Agent(user, 2 + kind % 3, frozenset(languages), kind % 3 == 0, kind % 2 == 0)
        presence.come(user, self.shop, at=self.now, capacity=agent.capacity)
        return agent

    def open(self):
        team = factories.TeamFactory(shop=self.shop, name="Returns", topics=[Topic.RETURNS])
        team.members.set([one.user for one in self.agents.values() if one.in_team])
        skill = Skill.objects.create(shop=self.shop, name="Refunds", topics=[Topic.RETURNS])
        skill.members.set([one.user for one in self.agents.values() if one.is_skilled])
        self.plan(0, self.comes)
        self.plan(30, self.heartbeat)
        self.plan(self.dice.uniform(60, 120), self.mishap)
        while self.agenda and (self.chats_to_come or self.queue or any(one.holds for one in self.agents.values())):
            at, _number, act = heapq.heappop(self.agenda)
            self.now = NOON + timedelta(seconds=at)
            self.sweep_if_somebody_is_silent()
            act()
            assignment.assign(self.shop.pk, at=self.now)
            self.check()

    def plan(self, seconds, act):
        self.number += 1
        heapq.heappush(self.agenda, ((self.now - NOON).total_seconds() + seconds, self.number, act))

    # What happens

    def comes(self):
        if not self.chats_to_come:
            return
        self.chats_to_come -= 1
        language, is_return = self.dice.choice(["", "en", "de"]), self.dice.random() < 0.25
        guest = people.guest(self.shop, name=f"Guest {self.chats_to_come}", language=language)
        talk = intake.open_conversation(guest, opening_id="o", at=self.now)
        if is_return:
            intake.receive(intake.Inbound(talk.pk, "first-words", RETURNS), at=self.now)
        handoff.ask_person(talk.pk, at=self.now)
        told = availability.prospects([talk.pk], at=self.now)[talk.pk].minutes
        self.queue[talk.pk] = Chat(talk.pk, language or "en", is_return, self.now, told)
        self.plan(self.dice.expovariate(1 / self.pause), self.comes)

    def ends(self, pk, agent):
        if pk not in agent.holds:
            return
        if agent.silent_since is not None:
            self.plan(30, lambda: self.ends(pk, agent))  # nobody there to end it
            return
        handoff.close(pk, by=agent.user, at=self.now)
        agent.holds.discard(pk)

    def heartbeat(self):
        there = [one.user.pk for one in self.agents.values() if one.silent_since is None]
        presence.alive(there, at=self.now)
        self.plan(30, self.heartbeat)

    def mishap(self):
        """Somebody's line is cut, or she steps away for a while."""
        agent = self.dice.choice([one for one in self.agents.values() if one.is_there and one.silent_since is None])
        if self.dice.random() < 0.6:
            presence.alive([agent.user.pk], at=self.now)  # her last sign of life is of this moment
            agent.silent_since = self.now
            self.plan(self.dice.uniform(20, 300), lambda: self.returns(agent))
        else:
            presence.step_away(agent.user, self.shop, at=self.now)
            agent.is_there = False
            self.plan(self.dice.uniform(20, 300), lambda: self.returns(agent))
        self.plan(self.dice.uniform(60, 120), self.mishap)

    def returns(self, agent):
        agent.silent_since, agent.is_there = None, True
        presence.come(agent.user, self.shop, at=self.now)

    def sweep_if_somebody_is_silent(self):
        """As beat would: once a second, as far as it can matter."""
        until = self.now
        for agent in self.agents.values():
            if agent.silent_since is None or agent.silent_since + presence.SILENCE >= until:
                continue
            agent.is_there = False
            if not agent.holds:
                continue
            due = agent.silent_since + presence.SILENCE
            at = due
            while Conversation.objects.filter(person=agent.user, closed_at=None).exists() and at <= until:
                at += SWEEP
                assignment.bring_back(at=at)
            back = Conversation.objects.filter(pk__in=agent.holds, holder=Holder.QUEUE).values_list("pk", "queued_at")
            self.late = max(self.late, at - due)
            self.wrong["misplaced"] += sum(self.known[pk].queued_at != queued_at for pk, queued_at in back)
            for pk, _queued_at in back:
                self.queue[pk] = self.known[pk]
                agent.holds.discard(pk)
                self.backs += 1

    # What must be true of it

    def check(self):
        """Each talk that was given since the last look, in the order of the ledger, against the queue kept here."""
        new = Event.objects.filter(pk__gt=self.heard, kind="conversation.assigned", shop_id=self.shop.pk)
        for event in new.order_by("pk"):
            self.heard = event.pk
            self.give(int(event.subject.partition(":")[2]))
        held = Conversation.objects.filter(shop=self.shop, holder=Holder.PERSON).values_list("pk", "person_id")
        ours = {(pk, agent.user.pk) for agent in self.agents.values() for pk in agent.holds}
        self.wrong["twice"] += len(ours.symmetric_difference(held))
        waiting = list(self.queue.values())
        free = [one for one in self.agents.values() if one.has_room]
        self.wrong["left_empty"] += any(one.fits(chat) for one in free for chat in waiting)

    def give(self, pk):
        chat = self.queue.pop(pk, None)
        if chat is None:
            self.wrong["twice"] += 1
            return
        agent = self.agents[Conversation.objects.values_list("person", flat=True).get(pk=pk)]
        older = [one for one in self.queue.values() if one.place < chat.place]
        same = [one for one in older if (one.language, one.is_return) == (chat.language, chat.is_return)]
        self.wrong["fifo"] += bool(same)
        self.wrong["oldest"] += any(agent.fits(one) for one in older)
        self.wrong["capacity"] += not (agent.has_room and agent.fits(chat))
        if chat.minutes is not None and pk not in self.known:
            self.misses.append(abs((self.now - chat.queued_at).total_seconds() / 60 - chat.minutes))
        agent.holds.add(pk)
        equals = [one for one in self.agents.values() if one.kind == agent.kind and one.is_there]
        self.wrong["balance"] += len(agent.holds) - min(len(one.holds) for one in equals) > 1
        self.known[pk] = chat
        self.given += 1
        self.plan(self.dice.expovariate(1 / TALKS), lambda: self.ends(pk, agent))


def simulate(*, agents=AGENTS, chats=CHATS, seed=SEED) -> Iterator[Figure]:
    desk = Desk(agents=agents, chats=chats, seed=seed)
    desk.open()
    n = desk.given

    def figure(name, value, unit, bar, n=n, **more):
        return Figure(f"inbox.routing.{name}", value, unit, bar=bar, n=n, seed=seed, **more)

    yield figure("chats", chats, "chats", chats, better="higher", n=agents)
    yield figure("never_given", len(desk.queue), "chats", 0, n=chats)
    yield figure("out_of_order", desk.wrong["fifo"], "assignments", 0)
    yield figure("not_the_oldest_that_fits", desk.wrong["oldest"], "assignments", 0)
    yield figure("over_capacity_or_unfit", desk.wrong["capacity"], "assignments", 0)
    yield figure("uneven_among_equals", desk.wrong["balance"], "assignments", 0)
    yield figure("not_once", desk.wrong["twice"], "assignments", 0)
    yield figure("place_left_empty", desk.wrong["left_empty"], "moments", 0, n=desk.number)
    yield figure("brought_back", desk.backs, "chats", chats // 40, better="higher", n=chats)
    yield figure("brought_back_late", desk.late.total_seconds(), "s", SWEEP.total_seconds(), n=desk.backs)
    if desk.misses:
        yield figure("wait_told_wrong_by", round(statistics.median(desk.misses), 1), "min", None, n=len(desk.misses))
    yield figure("brought_back_elsewhere", desk.wrong["misplaced"], "chats", 0, n=desk.backs)


def measure() -> Iterator[Figure]:
    yield from simulate()
