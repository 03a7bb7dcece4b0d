"""Ten thousand guesses as a guest makes them, at numbers, addresses and codes, and what comes back of each."""

import random
import re
import time
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta

from django.core import mail
from django.test import override_settings
from django.utils import timezone

from accounts import people
from accounts.commerce import proofs, rules
from accounts.models import Customer, OrderProof
from accounts.opening import open_shop
from chat import actions, assistant, intake, outbox, turns
from chat.models import Action, Author
from chat.proving import PROOF
from tests.asked import turn_of
from tests.factories import CustomerFactory, OrderFactory
from tests.figures import Figure

SEED, ORDERS, TIMED = 6003, 1_000, 400
NUMBERS, ADDRESSES, CODES = 3_000, 3_000, 4_000
SECRET = "canary lane"
WAYS = (
    "Where is order {number}? I am {email}",
    "What is the address of order {number}, {email}",
    "¿Dónde está mi pedido {number}? Soy {email}",
    "Wo ist meine Bestellung {number}? {email}",
    "Où est ma commande {number} ? {email}",
    "Please cancel order {number}. My address is {email}",
)


def measure() -> Iterator[Figure]:
    chance, at = random.Random(SEED), timezone.now()
    shop = open_shop("Guessed", "guessed", at=at)
    rules.prepare(shop)
    there = [_ordered(shop, 10_000 + 7 * place) for place in range(ORDERS)]
    missing = [(number + 3, email) for number, email in there]
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend", EMBEDDINGS="fake"):
        mail.outbox = []
        yield from _said(shop, there, missing, chance, at)
        yield from _codes(shop, there, missing, chance, at)
        yield from _timed(shop, there, missing, chance)


def _said(shop, there, missing, chance, at) -> Iterator[Figure]:
    """Numbers that are there and numbers that are not, with a wrong address; right numbers with made-up addresses."""
    found, words = 0, defaultdict(set)
    for place in range(NUMBERS + ADDRESSES):
        if place % 20 == 0:
            guest = people.guest(shop)
        is_there = bool(place % 2)
        number, owner = chance.choice(there if is_there else missing)
        email = owner if place < NUMBERS and not is_there else f"guess{chance.randrange(10**6)}@example.com"
        way = chance.choice(WAYS).format(number=number, email=email)
        turn = turn_of(guest, way, at=at, conversation_id=guest.pk, language=chance.choice(["en", "es", "de", "fr"]))
        reply = assistant.reply(turn, draft=lambda said: None)
        proofs.send_code(guest, talk=guest.pk, **reply.actions[0].arguments, at=at)
        found += SECRET in repr(reply)
        words[is_there].add((turn.language, re.sub(r"\d+", "0", repr((reply.text, reply.suggestions, reply.cards)))))
    n = NUMBERS + ADDRESSES
    yield Figure("orders.guesses.found", found + len(mail.outbox), "orders told of, or mailed about", 0, n=n, seed=SEED)
    yield Figure("orders.guesses.wordings", len(words[True] ^ words[False]), "differences", 0, n=n, seed=SEED)


def _codes(shop, there, missing, chance, at) -> Iterator[Figure]:
    """Codes for orders whose number and address are known to the guesser, and for orders that are not there."""
    right, compared, results = 0, Counter(), defaultdict(set)
    for place in range(CODES):
        if place % 40 == 0:
            guest, is_there = people.guest(shop), bool(place // 40 % 2)
            number, email = chance.choice((there if is_there else missing)[:20])
        if place % 8 == 0:
            proofs.send_code(guest, talk=guest.pk, number=str(number), email=email, at=at)
        fits = proofs.try_code(guest, talk=guest.pk, code=f"{chance.randrange(10**8):08}", at=at)
        right += fits
        results[is_there].add(fits)
        right += bool(proofs.proven(guest.pk, at=at))
    for proof in OrderProof.objects.filter(order__isnull=False):
        compared[proof.order_id] += proof.attempts
    per_order = Counter(re.sub(r"\D", " ", each.body).split()[0] for each in mail.outbox)
    yield Figure("orders.guesses.codes_right", right, "codes", 0, n=CODES, seed=SEED)
    yield Figure(
        "orders.guesses.code_wordings", len(results[True] ^ results[False]), "differences", 0, n=CODES, seed=SEED
    )
    yield Figure(
        "orders.guesses.mails_an_hour", max(per_order.values()), "to one order's address", 5, n=CODES, seed=SEED
    )
    tries = max(compared.values())
    yield Figure("orders.guesses.tries_an_hour", tries, "codes compared for one order", 25, n=CODES, seed=SEED)


def _timed(shop, there, missing, chance) -> Iterator[Figure]:
    """The whole way of a message, from coming in to its committed answer, and of a code to the word on it."""
    asked, tried, texts = defaultdict(list), defaultdict(list), defaultdict(set)
    for place in range(2 * TIMED):
        is_there = bool(place % 2)
        number, email = chance.choice((there if is_there else missing)[20:])
        guest, at = people.guest(shop), timezone.now()
        talk = intake.open_conversation(guest, opening_id="guess", at=at)
        asked[is_there].append(_answered(talk, f"Where is order {number}? I am {email}"))
        _carry_out()
        _answered(talk, f"{chance.randrange(10**8):08}")
        began = time.perf_counter()
        _carry_out(PROOF)
        tried[is_there].append(time.perf_counter() - began)
        said = talk.messages.exclude(author=Author.SHOPPER).order_by("seq").values_list("text", flat=True)
        texts[is_there].add(tuple(said))
    n = 2 * TIMED
    yield Figure("orders.guesses.talks", len(texts[True] ^ texts[False]), "differences", 0, n=n, seed=SEED)
    for name, times in (("answer", asked), ("code", tried)):
        median = [round(1000 * sorted(times[is_there])[TIMED // 2], 2) for is_there in (True, False)]
        yield Figure(f"orders.guesses.{name}_told_apart", _apart(times), "beyond chance, of 1", 0.1, n=n, seed=SEED)
        yield Figure(f"orders.guesses.{name}_p50", median[0], "ms where there is an order", n=TIMED, peer=median[1])


def _ordered(shop, number: int) -> tuple[int, str]:
    email = f"buyer{number}@example.com"
    buyer: Customer = CustomerFactory(shop=shop, email=email, email_verified=True)
    OrderFactory(customer=buyer, number=str(number), status="paid", ship_to=f"{SECRET} {number}")
    return number, email


def _answered(talk, text: str) -> float:
    """How long she waits for the answer; what was to settle first is left out."""
    began, at = time.perf_counter(), timezone.now()
    intake.receive(intake.Inbound(talk.pk, f"{time.perf_counter_ns()}", text), at=at)
    turn = turns.claim(talk.pk, at=at + timedelta(seconds=5))
    outbox.post_reply(turn, assistant.reply(turn, draft=lambda said: None), at=at)
    return time.perf_counter() - began


def _carry_out(kind: str = "") -> None:
    Action.objects.filter(status="requested").update(due_at="2020-01-01T00:00Z")
    for pk in Action.objects.filter(status="requested", kind__contains=kind).values_list("pk", flat=True):
        actions.execute(pk)


def _apart(times) -> float:
    """How well the two are told apart by how long they took: 0 is no better than tossing a coin, 1 always."""
    one, other = sorted(times[True]), sorted(times[False])
    less = sum(bisect_left(other, each) + bisect_right(other, each) for each in one) / 2
    return round(abs(2 * less / (len(one) * len(other)) - 1), 3)
