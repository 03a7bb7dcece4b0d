"""Talks by the hundred thousand, made inside the database. Words as in life: few are frequent, most are rare."""

from django.db import connection

WORDS, LENGTH = 20_000, 12
OPEN, QUEUED, HELD = 0.5, 0.004, 0.01  # shares of all talks


def fill(*, shops, agents, talks, messages, seed):
    """So many talks with so many messages in all; half are closed, a few wait, some are held by these agents."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET max_parallel_workers_per_gather = 0")
        cursor.execute("DROP INDEX IF EXISTS messages_by_words")
        cursor.execute("SELECT setseed(%s)", [(seed % 1000) / 1000])
        cursor.execute("SELECT coalesce(max(id), 0) FROM chat_conversation")
        (known,) = cursor.fetchone()
        numbers = {
            "known": known,
            "shops": list(shops),
            "agents": list(agents),
            "talks": talks,
            "each": messages // talks,
        }
        for statement in _STATEMENTS:
            cursor.execute(statement, numbers)
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("RESET max_parallel_workers_per_gather")
    from chat.models import Message

    with connection.schema_editor() as editor:
        editor.add_index(Message, Message._meta.indexes[0])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) chat_message, chat_conversation, accounts_customer")


_STATEMENTS = (
    """
    INSERT INTO accounts_customer (shop_id, name, email, email_verified, phone, address, external_id, language,
        ledger_id, created_at)
    SELECT (%(shops)s::bigint[])[1 + n %% cardinality(%(shops)s::bigint[])],
        'Customer ' || n, 'c' || n || '@example.com', false, '', '{}', '', 'en', gen_random_uuid(), now()
    FROM generate_series(1, %(talks)s / 2) AS n
    """,
    f"""
    INSERT INTO chat_conversation (public_id, shop_id, customer_id, channel, opened_at, closed_at, last_message_at,
        last_words, holder, person_id, lease, bot_enabled, waiting_since, queued_at, needs, last_seq,
        shopper_delivered_seq, shopper_read_seq, staff_delivered_seq, staff_read_seq, turn_discards, turn_attempts,
        language, language_by)
    SELECT gen_random_uuid(), shop_id, id, 'web', at - interval '1 hour',
        CASE WHEN dice > {OPEN} THEN at END, at, 'What was said last',
        CASE WHEN dice < {QUEUED} THEN 'queue' WHEN dice < {QUEUED + HELD} THEN 'person' ELSE 'bot' END,
        CASE WHEN dice >= {QUEUED} AND dice < {QUEUED + HELD}
            THEN (%(agents)s::bigint[])[1 + id %% cardinality(%(agents)s::bigint[])] END,
        1, true, CASE WHEN dice < {QUEUED} THEN at END, CASE WHEN dice < {QUEUED} THEN at END, '{{}}',
        %(each)s, 0, 0, 0, 0, 0, 0, '', ''
    FROM (
        SELECT id, shop_id, random() AS dice, now() - random() * interval '300 days' AS at
        FROM accounts_customer CROSS JOIN generate_series(1, 2)
        WHERE name LIKE 'Customer %%' LIMIT %(talks)s
    ) AS talk
    """,
    f"""
    INSERT INTO chat_message (public_id, conversation_id, seq, author, text, details, at, channel, translations)
    SELECT gen_random_uuid(), talk.id, seq, CASE WHEN seq %% 2 = 1 THEN 'shopper' ELSE 'bot' END,
        (SELECT string_agg('w' || floor(exp(random() * ln({WORDS})))::int, ' ')
            FROM generate_series(1, {LENGTH} + (talk.id * 0 + seq * 0)::int)),
        '{{}}', talk.last_message_at - (%(each)s - seq) * interval '1 minute', 'web', '{{}}'
    FROM generate_series(1, %(each)s) AS seq CROSS JOIN chat_conversation talk WHERE talk.id > %(known)s
    """,
)
