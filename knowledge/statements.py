"""What every search asks the database: statements that are planned once for a connection, and told how to search.

Django sends each statement with its values written into it, the vector at each place, and Postgres plans it anew, which
takes as long as running it does.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakSet

import psycopg
from django.db import connection

# Go on until enough is found that the filters let through; and keep the plan, however the values change.
_SETTINGS = {"hnsw.iterative_scan": "relaxed_order", "hnsw.ef_search": "60", "plan_cache_mode": "force_generic_plan"}
_told: WeakSet[psycopg.Connection[Any]] = WeakSet()

Values = Mapping[str, Any] | Sequence[Any]


def rows(statement: str, values: Values | None = None) -> list[tuple[Any, ...]]:
    """All rows of a statement. Limits belong into its text: a plan that is made once must know them."""
    return _run(statement, values, prepare=True)


def plan(statement: str, values: Values) -> str:
    """How the database goes about such a statement, whatever the values."""
    told = _run("EXPLAIN (COSTS OFF, GENERIC_PLAN) " + statement, values, prepare=False)
    return "\n".join(line for (line,) in told)


def planned_anew(statement: str, values: Values) -> list[tuple[Any, ...]]:
    """The same where the best way hangs on the values: a small shop beside a large one."""
    _link()
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def _run(statement: str, values: Values | None, *, prepare: bool) -> list[tuple[Any, ...]]:
    if connection.queries_logged:  # whoever counts what a page asks counts this, too
        connection.queries_log.append({"sql": statement, "time": ""})
    with connection.wrap_database_errors, psycopg.Cursor(_link()) as cursor:
        cursor.execute(statement, values, prepare=prepare)
        return cursor.fetchall()


def _link() -> psycopg.Connection[Any]:
    """The connection under Django's, told once how to search."""
    connection.ensure_connection()
    link: psycopg.Connection[Any] = connection.connection
    if link not in _told:
        is_local = connection.in_atomic_block  # what a transaction sets may be undone with it
        changes = ", ".join(f"set_config('{name}', '{value}', {is_local})" for name, value in _SETTINGS.items())
        with psycopg.Cursor(link) as cursor:
            cursor.execute(f"SELECT {changes}")
        if not is_local:
            _told.add(link)
    return link
