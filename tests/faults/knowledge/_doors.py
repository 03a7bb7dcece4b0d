"""Ask odd questions at every door of a running installation."""

import json
import re
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx

from config import env
from tests.faults.chat._stage import Whole
from tests.faults.knowledge import ARTICLES
from tests.faults.knowledge._bad import QUESTIONS
from tests.figures import Figure
from tests.installation import installation, wait_for

TABLES = ("knowledge_article", "knowledge_revision", "knowledge_chunk", "accounts_shop")
ALIVE = re.compile(r"<script>alert\('CANARY'\)|onmouseover=\"alert|\buid=\d|root:x:0", re.IGNORECASE)
ANSWERED = """
    SELECT count(*) FROM chat_conversation c WHERE c.id = {} AND (c.holder <> 'bot' OR EXISTS
        (SELECT 1 FROM chat_message m WHERE m.conversation_id = c.id AND m.in_reply_to_id IS NOT NULL))
"""


def figures() -> Iterator[Figure]:
    with installation("aftersale-bad-", DJANGO_SETTINGS_MODULE="config.settings") as one:
        one.up("--no-demo")
        done = one.manage("import_articles", ARTICLES, "--knowledge", "lumen", "--json")
        assert done.returncode == 0, done.stderr
        before = _counts(one)
        whole = Whole(one)
        wrong = [*_commands(one), *_pages(whole), *_chats(whole)]
        if _counts(one) != before:
            wrong.append(f"the tables changed: {before} {_counts(one)}")
        if (env.ROOT / "executed").exists():
            wrong.append("something was executed")
        if not one.is_well():
            wrong.append("it is not well any more")
    for example in wrong[:10]:
        print(f"# {example}", flush=True)
    yield Figure("bad.questions.wrong", len(wrong), "answers", bar=0, n=len(QUESTIONS) * 6)


def _counts(one) -> list[int]:
    return [one.ask(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES]


def _commands(one) -> Iterator[str]:
    for name, question in QUESTIONS.items():
        done = one.manage("ask", "--json", "--knowledge", "lumen", "--", question)
        if done.returncode or _is_odd(done.stdout):
            yield f"ask, {name}: {done.stderr[-200:] or done.stdout[:200]}"
    with tempfile.TemporaryDirectory() as held:
        path = Path(held) / "questions.jsonl"
        rows = [{"query": question, "gold": None} for question in QUESTIONS.values()]
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        done = one.manage("search_articles", "--queries", str(path), "--json", "--knowledge", "lumen")
        if done.returncode or [json.loads(line)["query"] for line in done.stdout.splitlines()] != [*QUESTIONS.values()]:
            yield f"search_articles: {done.stderr[-200:]}"
        done = one.manage("evaluate_answers", str(path), "--json", "--knowledge", "lumen")
        if done.returncode or json.loads(done.stdout)["n"] != len(rows):
            yield f"evaluate_answers: {done.stderr[-200:]}"


def _is_odd(out: str) -> bool:
    """Whether what was printed is no calm answer: abstained, or cited."""
    told = json.loads(out)
    return told["abstained"] is bool(told["citations"])


def _pages(whole) -> Iterator[str]:
    with httpx.Client(timeout=30, trust_env=False) as link:
        for name, question in QUESTIONS.items():
            for door in ("search/", "search/answer/"):
                try:
                    told = link.get(f"{whole.address}/help/{door}", params={"q": question})
                except (httpx.InvalidURL, httpx.HTTPError) as error:
                    if len(question) < 10_000:  # longer ones fit into no address
                        yield f"{door}, {name}: {error!r}"
                    continue
                if told.status_code not in ({200} if len(question) < 10_000 else {200, 400, 414, 431}):
                    yield f"{door}, {name}: {told.status_code}"
                elif ALIVE.search(told.text):
                    yield f"{door}, {name}: it comes back alive"


def _chats(whole) -> Iterator[str]:
    people = whole.invite(shoppers=len(QUESTIONS))["shoppers"]
    for (name, question), shopper in zip(QUESTIONS.items(), people, strict=True):
        headers = whole.browser(shopper) | {"X-CSRFToken": "c" * 32}
        with httpx.Client(headers=headers, timeout=30, trust_env=False) as link:
            where = f"{whole.address}/chat/{shopper['conversation']}/"
            told = link.post(where + "send/", data={"client_id": uuid.uuid4().hex, "text": question})
            if told.status_code >= 500 or (told.status_code >= 400 and not told.text.strip()):
                yield f"chat, {name}: {told.status_code}"
            elif told.status_code == 200:
                answered = wait_for(lambda person=shopper: whole.ask(ANSWERED.format(person["number"]))[0][0], 60)
                if not answered:
                    yield f"chat, {name}: nobody answers"
            if ALIVE.search(link.get(where).text):
                yield f"chat, {name}: it comes back alive"
