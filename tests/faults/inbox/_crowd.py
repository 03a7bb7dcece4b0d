"""python -m tests.faults.inbox._crowd: the people of the crowd, each a thread with a will of its own."""

import argparse
import json
import os
import random
import threading
import time
from datetime import datetime

import django

PAUSE, TALKS = 0.15, 2.0
A_SECOND = 14


class Crowd:
    def __init__(self, *, agents, chats, seed):
        from django.conf import settings

        from accounts import presence
        from tests import factories

        self.seed, self.chats, self.silence = seed, chats, settings.AGENT_SILENCE_SECONDS
        self.shop = factories.ShopFactory(slug="crowd")
        self.capacity, self.silences, self.ended = {}, [], 0
        self.silent, self.done, self.lock = {}, threading.Event(), threading.Lock()
        self.agents = []
        for number in range(agents):
            user = factories.UserFactory(email=f"crowd-{number}@example.com", name=f"Agent {number}")
            factories.MembershipFactory(user=user, shop=self.shop)
            self.capacity[user.pk] = 2 + number % 3
            presence.come(user, self.shop, at=now(), capacity=self.capacity[user.pk])
            self.agents.append(user)

    def run(self):
        threading.excepthook = fall
        threads = [threading.Thread(target=self.work, args=(agent, number)) for number, agent in enumerate(self.agents)]
        threads += [threading.Thread(target=self.hurry) for _ in range(4)]
        threads += [threading.Thread(target=self.beat), threading.Thread(target=self.cut_lines)]
        for thread in threads:
            thread.start()
        self.come()
        until = time.monotonic() + 300
        while self.ended < self.chats and time.monotonic() < until:
            time.sleep(PAUSE)
        self.done.set()
        for thread in threads:
            thread.join()
        for agent, (start, _until) in self.silent.items():
            self.silences.append((agent, start, time.time()))
        return {
            "seed": self.seed,
            "chats": self.chats,
            "silence": self.silence,
            "capacity": self.capacity,
            "silences": self.silences,
        }

    def come(self):
        """Everybody who waits, one after the other."""
        from accounts import people
        from chat import handoff, intake

        dice, began = random.Random(self.seed), time.monotonic()
        due = 0.0
        for number in range(self.chats):
            due += dice.expovariate(A_SECOND)
            time.sleep(max(0.0, began + due - time.monotonic()))
            talk = intake.open_conversation(people.guest(self.shop, name=f"Guest {number}"), opening_id="o", at=now())
            handoff.ask_person(talk.pk, at=now())

    def work(self, agent, number):
        """End each talk after its time; who is silent ends nothing."""
        from chat import handoff
        from chat.models import Conversation

        dice, ends = random.Random(f"{self.seed}/{number}"), {}
        while not self.done.is_set():
            time.sleep(PAUSE)
            if agent.pk in self.silent:
                continue
            held = set(Conversation.objects.filter(person=agent, closed_at=None).values_list("pk", flat=True))
            for pk in held - ends.keys():
                ends[pk] = time.monotonic() + dice.expovariate(1 / TALKS)
            for pk in [pk for pk in held if ends[pk] < time.monotonic()]:
                if agent.pk in self.silent:
                    break
                handoff.close(pk, by=agent, at=now())
                with self.lock:
                    self.ended += 1

    def hurry(self):
        """Assign, again and again, beside the worker who does the same."""
        from chat import assignment

        dice = random.Random()
        while not self.done.is_set():
            assignment.assign(self.shop.pk, at=now())
            time.sleep(dice.uniform(0.05, 0.3))

    def beat(self):
        from accounts import presence

        while not self.done.is_set():
            presence.alive([one.pk for one in self.agents if one.pk not in self.silent], at=now())
            time.sleep(0.5)

    def cut_lines(self):
        """Somebody's line is cut for a while: a last sign of life, and nothing more until she is back."""
        from accounts import presence

        dice = random.Random(f"{self.seed}/lines")
        while not self.done.wait(dice.uniform(1, 3)):
            for agent, (start, until) in list(self.silent.items()):
                if time.time() > until:
                    presence.alive([agent], at=now())
                    self.silences.append((agent, start, time.time()))
                    del self.silent[agent]
            there = [one.pk for one in self.agents if one.pk not in self.silent]
            if len(there) > len(self.agents) // 2:
                agent = dice.choice(there)
                self.silent[agent] = (time.time(), time.time() + dice.uniform(self.silence / 2, self.silence * 2.5))
                time.sleep(0.1)  # whoever just said that she is there has said it
                presence.alive([agent], at=datetime.fromtimestamp(self.silent[agent][0], tz=now().tzinfo))


def fall(failure):
    """A crowd in which somebody has fallen proves nothing."""
    threading.__excepthook__(failure)
    os._exit(1)


def now():
    from django.utils import timezone

    return timezone.now()


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    for name in ("agents", "chats", "seed"):
        options.add_argument(f"--{name}", type=int, required=True)
    chosen = vars(options.parse_args())
    django.setup()
    print(json.dumps(Crowd(**chosen).run()))
