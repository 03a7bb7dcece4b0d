"""LangChain's own Postgres vector store in hybrid mode: told what to do in JSON lines, answers in JSON lines.

The first line names the database and the table, whose rows are there already: it builds the store's own indexes and
says so. Each further line is a question with its vector; it is answered with the ids of the best ten, best first, and
the milliseconds that took.
"""

import json
import sys
import time

from langchain_core.embeddings import Embeddings
from langchain_postgres import PGEngine, PGVectorStore
from langchain_postgres.v2.hybrid_search_config import HybridSearchConfig, reciprocal_rank_fusion
from langchain_postgres.v2.indexes import HNSWIndex, HNSWQueryOptions

K = 10
DIMENSION = 384


class Elsewhere(Embeddings):
    """The vectors come with the questions."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        raise NotImplementedError

    def embed_query(self, text: str) -> list[float]:
        raise NotImplementedError


def main() -> None:
    asked = json.loads(sys.stdin.readline())
    engine = PGEngine.from_connection_string(asked["url"])
    hybrid = HybridSearchConfig(
        tsv_column="content_tsv",
        primary_top_k=asked["candidates"],
        secondary_top_k=asked["candidates"],
        index_name=f"{asked['table']}_words",
    )
    if asked["fusion"] == "ranks":
        hybrid.fusion_function = reciprocal_rank_fusion
    if asked.get("create"):
        engine.init_vectorstore_table(asked["table"], DIMENSION, hybrid_search_config=hybrid)
        say({"created": asked["table"]})
        sys.stdin.readline()  # the rows are in
    store = PGVectorStore.create_sync(
        engine,
        Elsewhere(),
        asked["table"],
        hybrid_search_config=hybrid,
        index_query_options=HNSWQueryOptions(ef_search=60),
    )
    if asked.get("create"):
        store.apply_vector_index(HNSWIndex())
        store.apply_hybrid_search_index()
    say({"ready": asked["table"]})
    for line in sys.stdin:
        question = json.loads(line)
        started = time.perf_counter()
        found = store.similarity_search_by_vector(question["vector"], k=K, fts_query=question["query"])
        took = (time.perf_counter() - started) * 1000
        say({"found": [document.id for document in found], "ms": took})


def say(facts: dict) -> None:
    print(json.dumps(facts), flush=True)


main()
