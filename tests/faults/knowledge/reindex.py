"""The recipe changes, and the worker is killed again and again while the new vectors are made."""

import json
import os
import random
import signal
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tests.figures import Figure
from tests.installation import Installation, installation, pause, wait_for

ARTICLES, KILLS, SEED = 400, 8, 20_260_402
WHOLE = """
    SELECT (SELECT count(*) FROM knowledge_recipe WHERE state = 'serving'),
           (SELECT count(*) FROM knowledge_chunk c WHERE NOT EXISTS (SELECT 1 FROM knowledge_vector v
            JOIN knowledge_recipe r ON r.id = v.recipe_id WHERE v.chunk_id = c.id AND r.state = 'serving'))
"""
MADE = "SELECT count(*) FROM knowledge_vector v JOIN knowledge_recipe r ON r.id = v.recipe_id WHERE r.engine = 'minilm'"
DOUBLED = "SELECT count(*) FROM (SELECT 1 FROM knowledge_vector GROUP BY chunk_id, recipe_id HAVING count(*) > 1) d"


def figures() -> Iterator[Figure]:
    dice = random.Random(SEED)
    with installation("aftersale-reindex-", EMBEDDINGS="fake") as one:
        one.up("--no-demo")
        _fill(one)
        one.stop()
        del one.environment["EMBEDDINGS"]
        one.up("--no-demo")
        ((chunks,),) = one.ask("SELECT count(*) FROM knowledge_chunk")
        unserved, kills, cut_off = 0, 0, 0
        while one.ask("SELECT engine FROM knowledge_recipe WHERE state = 'serving'") != [("minilm",)]:
            unserved += one.ask(WHOLE) != [(1, 0)]
            made = one.ask(MADE)[0][0]
            if kills < KILLS and made > chunks * kills / (KILLS + 1):
                cut_off += made < chunks
                kills += _kill(one, dice)
            pause(0.2)
        wait_for(one.is_well)
        lost = one.ask(WHOLE)[0][1]
        doubled = one.ask(DOUBLED)[0][0]
    told = {"n": chunks, "seed": SEED}
    yield Figure("reindex.killed in the middle", cut_off, "times", bar=5, better="higher", seed=SEED)
    yield Figure("reindex.lost", lost, "chunks", bar=0, **told)
    yield Figure("reindex.doubled", doubled, "chunks", bar=0, **told)
    yield Figure("reindex.unserved", unserved, "moments", bar=0, **told)


def _fill(one: Installation) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", dir=one.data) as file:
        for number in range(ARTICLES):
            body = "\n\n".join(
                f"## Part {part}\n\n" + f"Garment {number} is washed at {part} degrees. " * 12 for part in range(4)
            )
            file.write(json.dumps({"id": str(number), "title": f"Washing garment {number}", "content": body}) + "\n")
        file.flush()
        done = one.manage("import_articles", file.name, "--knowledge", "lumen", "--json", timeout=600)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["created"] == ARTICLES


def _kill(one: Installation, dice: random.Random) -> int:
    """kill -9 of the worker: its head, or all of it."""
    pid = one.pids()["worker"]
    hands = [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    with suppress(ProcessLookupError):
        for each in [pid, *hands] if dice.random() < 0.5 else [pid]:
            os.kill(each, signal.SIGKILL)
    wait_for(lambda: one.pids().get("worker", pid) != pid)
    return 1
