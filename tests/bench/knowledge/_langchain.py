"""LangChain's own Postgres vector store, in hybrid mode, over the same texts and vectors on the same server."""

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import numpy as np
from django.conf import settings
from django.db import connection

from accounts.models import Shop
from tests.bench import _peers

K = 10
# What its users may choose: how many candidates each half brings up, and how the halves are fused.
WAYS = {"few": (K, "sums"), "many": (50, "sums"), "many by ranks": (50, "ranks")}
Ask = Callable[[str, np.ndarray], tuple[list[int], float]]


@contextmanager
def stores(shop: Shop, table: str) -> Iterator[dict[str, Ask]]:
    """For each way, what answers a question with the chunks of the best ten and the milliseconds it took."""
    running = []
    try:
        asks = {}
        for number, (name, (candidates, fusion)) in enumerate(WAYS.items()):
            peer = _started()
            running.append(peer)
            facts = {"url": _address(), "table": table, "candidates": candidates, "fusion": fusion}
            _tell(peer, facts | {"create": number == 0})
            if number == 0:
                _hear(peer)
                _fill(shop, table)
                _tell(peer, {})
            _hear(peer)
            asks[name] = _asking(peer)
        yield asks
    finally:
        for peer in running:
            peer.stdin.close()
            peer.wait(60)


def _started() -> subprocess.Popen:
    program = [_peers.programs("langchain") / "python", _peers.folder("langchain") / "store.py"]
    return subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _asking(peer: subprocess.Popen) -> Ask:
    def ask(question: str, vector: np.ndarray) -> tuple[list[int], float]:
        _tell(peer, {"query": question, "vector": vector.tolist()})
        told = _hear(peer)
        return [int(each.replace("-", "")) for each in told["found"]], told["ms"]

    return ask


def _tell(peer: subprocess.Popen, facts: dict[str, Any]) -> None:
    peer.stdin.write(json.dumps(facts) + "\n")
    peer.stdin.flush()


def _hear(peer: subprocess.Popen) -> dict[str, Any]:
    line = peer.stdout.readline()
    if not line:
        raise RuntimeError(f"LangChain's store ended with {peer.wait()}")
    return json.loads(line)


def _address() -> str:
    database = settings.DATABASES["default"]
    return f"postgresql+psycopg://{database['USER']}@/{database['NAME']}?host={quote(database['HOST'], safe='')}"


def _fill(shop: Shop, table: str) -> None:
    """The title and text of every chunk, as we embed them, with its vector; a chunk's number is its id."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (langchain_id, content, embedding, content_tsv)"
            " SELECT lpad(id::text, 32, '0')::uuid, content, embedding::vector,"
            " to_tsvector('pg_catalog.english', content)"
            " FROM (SELECT c.id, v.embedding,"
            " r.title || E'\\n' || substring(r.body FROM c.start + 1 FOR c.\"end\" - c.start) AS content"
            " FROM knowledge_chunk c JOIN knowledge_vector v ON v.chunk_id = c.id"
            " JOIN knowledge_revision r ON r.id = c.revision_id WHERE c.shop_id = %s) said",
            [shop.pk],
        )
        cursor.execute(f"ANALYZE {table}")
