"""Finding what was said, in every talk of one's shops: the newest matches, the best of them first."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from chat.lists import Desk

NEWEST, SHOWN, LONGEST = 1000, 30, 200
# A frequent word is found among the newest messages already; a rare one costs little in all of them.
WINDOWS = (5_000, 100_000, 2**62)
START, STOP = "\x02", "\x03"  # around what matched; no message can hold them, for a browser cannot type them


class Unsearchable(Exception):
    """Nothing that could be looked for; its text is fit to be shown."""


@dataclass(frozen=True)
class Hit:
    conversation_id: int
    public_id: str
    customer: str
    seq: int
    author: str
    at: datetime
    words: SafeString
    rank: float


_TABLE = re.compile(r"\s*\|(?:[\s|]|:?-{3,}:?)*")
_QUERY = "websearch_to_tsquery('simple', %(text)s)"
# Written as in the index `messages_by_words`, or it would not be used.
_WORDS = "to_tsvector('simple'::regconfig, COALESCE({}.text, ''))"
_HOLDS = f"""{_WORDS.format("m")} @@ {_QUERY} AND m.id > %(after)s AND m.author <> 'system'"""
# The newest messages one by one, as long as there are few of them; more of them by the index, whatever their order.
_NEAR = f"""
    SELECT m.id FROM chat_message m JOIN chat_conversation c ON c.id = m.conversation_id
    WHERE {_HOLDS} AND c.shop_id = ANY(%(shops)s) {{only}} ORDER BY m.id DESC LIMIT {NEWEST}
"""  # noqa: S608  (our own words)
_FAR = f"""
    WITH found AS MATERIALIZED (SELECT m.id, m.conversation_id FROM chat_message m WHERE {_HOLDS})
    SELECT m.id FROM (SELECT * FROM found ORDER BY id DESC OFFSET 0) AS m CROSS JOIN LATERAL (
        SELECT FROM chat_conversation c WHERE c.id = m.conversation_id AND c.shop_id = ANY(%(shops)s) {{only}} OFFSET 0
    ) AS hers ORDER BY m.id DESC LIMIT {NEWEST}
"""  # noqa: S608
_OF_TICKETS = "AND EXISTS (SELECT FROM tickets_ticket t WHERE t.conversation = m.conversation_id)"


def statements(*, of_tickets: bool = False) -> list[tuple[str, int]]:
    """What is asked for matches until there are enough, each with among how many of the newest messages."""
    only = _OF_TICKETS if of_tickets else ""
    near, far = WINDOWS[0], WINDOWS[1:]
    return [(_NEAR.format(only=only), near), *((_FAR.format(only=only), window) for window in far)]


_BEST = f"""
    SELECT c.id, c.public_id, coalesce(nullif(who.name, ''), who.email, ''), m.seq, m.author, m.at,
        ts_headline('simple', m.text, {_QUERY}, %(marks)s), best.rank
    FROM (
        SELECT id, ts_rank_cd({_WORDS.format("chat_message")}, {_QUERY}, 1) AS rank
        FROM chat_message WHERE id = ANY(%(ids)s) ORDER BY rank DESC, id DESC LIMIT {SHOWN}
    ) AS best
    JOIN chat_message m ON m.id = best.id
    JOIN chat_conversation c ON c.id = m.conversation_id
    JOIN accounts_customer who ON who.id = c.customer_id
    ORDER BY best.rank DESC, m.id DESC
"""  # noqa: S608


def words_of(asked: str) -> str:
    """What she typed, as far as it can be looked for."""
    if len(asked) > LONGEST:
        raise Unsearchable(_("Please look for fewer words: up to %(most)s characters.") % {"most": LONGEST})
    if "\x00" in asked or not any(part[:1] != "-" and re.search(r"\w", part) for part in asked.split()):
        raise Unsearchable(_("There is no word to look for in this. A word behind a minus only takes away."))
    return asked


def messages(desk: Desk, text: str, *, of_tickets: bool = False) -> list[Hit]:
    """The best of the newest messages with these words; "quoted words" stand together, -word must not be there."""
    ids = _newest(desk, text, of_tickets=of_tickets)
    if not ids:
        return []
    marks = f"StartSel={START}, StopSel={STOP}, MaxWords=24, MinWords=8, MaxFragments=1"
    with connection.cursor() as cursor:
        cursor.execute(_BEST, {"text": text, "ids": ids, "marks": marks})
        return [
            Hit(pk, str(public), name, seq, author, at, _marked(words), rank)
            for pk, public, name, seq, author, at, words, rank in cursor
        ]


def _newest(desk: Desk, text: str, *, of_tickets: bool = False) -> list[int]:
    if not text.strip() or "\x00" in text:
        return []
    found: list[int] = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM chat_message")
        (newest,) = cursor.fetchone()
        for matches, window in statements(of_tickets=of_tickets):
            after = max(newest - window, 0)
            cursor.execute(matches, {"text": text, "after": after, "shops": list(desk.shops)})
            found = [pk for (pk,) in cursor.fetchall()]
            if len(found) >= NEWEST or not after:
                break
    return found


def _marked(words: str) -> SafeString:
    said = _TABLE.sub(" \u00b7 ", words).replace("**", "")  # the marks of an answer are no words
    return mark_safe(escape(said).replace(START, "<mark>").replace(STOP, "</mark>"))  # noqa: S308  (escaped)
