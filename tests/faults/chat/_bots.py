"""An assistant that does what the shopper's words tell it, and says which messages it used.

The first word of a message is its tag. `#sleep=0.3` thinks that long, `#fail` breaks, `#unsure` steps back,
`#draft=words` says a sentence before the answer, `#do=ours*5` and `#do=theirs*5` ask for actions.
"""

import http.client
import os
import random
import re
import socket
import time
from contextlib import suppress

from django.db import connection

from chat import actions, turns


def reply(turn, *, draft):
    told = turn.question
    time.sleep(max(map(float, re.findall(r"#sleep=([\d.]+)", told)), default=0))
    if "#fail" in told:
        raise RuntimeError("told to fail")
    if "#unsure" in told:
        return turns.Reply("I do not know.", step_back=turns.StepBack("unsure", "told to be unsure"))
    for sentence in re.findall(r"#draft=(\S+)", told):
        draft(sentence)
    wanted = [
        turns.Wanted(f"test.{kind}", {"number": number})
        for kind, times in re.findall(r"#do=(\w+)\*(\d+)", told)
        for number in range(int(times))
    ]
    return turns.Reply("Used: " + " ".join(words.split()[0] for words in turn.asked), actions=tuple(wanted))


def register():
    actions.register("test.ours", change_our_tables, ours=True)
    actions.register("test.theirs", call_the_receiver, ours=False)


def tell_the_killer():
    """Say which process has begun an action, to whoever waits for it."""
    if address := os.environ.get("FAULTS_KILLER"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as link, suppress(OSError):
            link.setblocking(False)  # nobody may be waiting any more
            link.sendto(str(os.getpid()).encode(), address)


def change_our_tables(action):
    """Take a while on both sides of the change, so that a kill can come before and after it."""
    tell_the_killer()
    time.sleep(random.uniform(0, 0.05))
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO faults_effect (key) VALUES (%s)", [action.key])
    time.sleep(random.uniform(0, 0.05))
    return actions.Outcome(text=f"Done: {action.key}")


def call_the_receiver(action):
    tell_the_killer()
    host, port = os.environ["FAULTS_RECEIVER"].split(":")
    link = http.client.HTTPConnection(host, int(port), timeout=10)
    try:
        link.request("POST", "/", headers={"Idempotency-Key": str(action.key)})
        answer = link.getresponse()
        answer.read()
    except OSError as error:
        raise actions.TryAgain from error
    finally:
        link.close()
    time.sleep(random.uniform(0, 0.05))
    return actions.Outcome(text=f"Done: {action.key}", ok=answer.status == 200)
