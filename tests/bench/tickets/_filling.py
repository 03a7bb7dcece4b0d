"""Tickets by the hundred thousand, by COPY; one in ten is still to do, and words are as in life: few are frequent."""

import random
import uuid
from datetime import UTC, datetime, timedelta

from django.db import connection

from accounts.models import Customer, Shop, Team
from tests.bench.inbox._filling import WORDS
from tickets import statuses
from tickets.models import Ticket, TicketCount, TicketNote

LIVE = 0.1
KINDS = {"new": 0.02, "open": 0.05, "waiting": 0.02, "on_hold": 0.01, "solved": 0.05, "closed": 0.85}
NOTED = 20  # one ticket in so many has a note


def words(dice: random.Random, number: int) -> str:
    return " ".join(f"w{int(WORDS ** dice.random())}" for _ in range(number))


def fill(*, shops: list[Shop], agents: list[int], tickets: int, seed: int) -> None:
    """So many more tickets of the customers there are; each talk that has no ticket yet gets one."""
    dice, now = random.Random(seed), datetime.now(UTC)
    own = {shop.pk: {status.kind: status.pk for status in reversed(statuses.of(shop))} for shop in shops}
    teams = {
        shop.pk: [Team.objects.get_or_create(shop=shop, name=f"Team {n}")[0].pk for n in range(5)] for shop in shops
    }
    last = {shop.pk: TicketCount.objects.get_or_create(shop=shop)[0].last for shop in shops}
    customers = list(Customer.objects.filter(shop__in=shops).order_by("pk").values_list("pk", "shop"))
    talks = _talks(shops)
    fields = [field for field in Ticket._meta.concrete_fields if field.name != "id"]
    empty = {f: f.get_default() if f.has_default() else None if f.null else "" for f in fields}
    indexes, editor = Ticket._meta.indexes + TicketNote._meta.indexes, connection.schema_editor
    models = [Ticket] * len(Ticket._meta.indexes) + [TicketNote] * len(TicketNote._meta.indexes)
    with editor() as change:
        for model, index in zip(models, indexes, strict=True):
            change.remove_index(model, index)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        columns = ", ".join(field.column for field in fields)
        with cursor.copy(f"COPY {Ticket._meta.db_table} ({columns}) FROM STDIN") as into:
            for number in range(tickets):
                talk, customer, shop = talks.pop() if talks else (None, *customers[number % len(customers)])
                last[shop] += 1
                opened = now - timedelta(minutes=dice.randrange(500_000))
                kind = dice.choices(list(KINDS), KINDS.values())[0]
                done = kind in ("solved", "closed")
                row = {
                    "public_id": uuid.UUID(int=dice.getrandbits(128)),
                    "shop_id": shop,
                    "number": last[shop],
                    "subject": words(dice, 6),
                    "customer_id": customer,
                    "channel": "web",
                    "status_id": own[shop][kind],
                    "kind": kind,
                    "priority": dice.choices([1, 2, 3, 4], [2, 6, 1.5, 0.5])[0],
                    "type": dice.choice(["question", "problem", "return", "complaint"]),
                    "team_id": dice.choice([None, *teams[shop]]),
                    "assignee_id": dice.choice(agents) if dice.random() < 0.7 else None,
                    "tags": [f"tag{int(200 ** dice.random())}"] if dice.random() < 0.4 else [],
                    "conversation": talk,
                    "opened_at": opened,
                    "changed_at": opened + timedelta(minutes=dice.randrange(5000)),
                    "due_at": opened + timedelta(minutes=dice.randrange(5000)) if not done else None,
                    "solved_at": opened + timedelta(minutes=300) if done else None,
                }
                into.write_row([row.get(field.column, empty[field]) for field in fields])
        cursor.execute(
            "INSERT INTO tickets_ticketnote (ticket_id, author_id, text, client_id, at)"
            " SELECT id, %s, reverse(subject) || ' ' || subject, 'bench', changed_at FROM tickets_ticket"
            " WHERE id %% %s = 0 ON CONFLICT DO NOTHING",
            [agents[0], NOTED],
        )
        cursor.execute("SET session_replication_role = origin")
    for shop in shops:
        TicketCount.objects.filter(shop=shop).update(last=last[shop.pk])
    with editor() as change:
        for model, index in zip(models, indexes, strict=True):
            change.add_index(model, index)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) tickets_ticket, tickets_ticketnote")


def _talks(shops: list[Shop]) -> list[tuple[int, int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, customer_id, shop_id FROM chat_conversation c WHERE shop_id = ANY(%s)"
            " AND NOT EXISTS (SELECT FROM tickets_ticket t WHERE t.conversation = c.id) ORDER BY id",
            [[shop.pk for shop in shops]],
        )
        return cursor.fetchall()
