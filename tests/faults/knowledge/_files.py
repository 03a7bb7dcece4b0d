"""Bring bad files and addresses to the importer, as an operator does."""

import json
import os
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path

from django.core.management import CommandError, call_command

from knowledge.models import Article
from tests.faults.knowledge._bad import FILES, SITEMAPS, lay
from tests.figures import Figure


def measure() -> Iterator[Figure]:
    yield from judged([name for name, _, _ in FILES])
    yield from asked()


def judged(names: Sequence[str]) -> Iterator[Figure]:
    """Files that should not be, each with a good article beside it; those of another kind are named themselves."""
    wrong, lost, chosen = [], [], [each for each in FILES if each[0] in names]
    with tempfile.TemporaryDirectory() as held:
        for name, content, is_refused in chosen:
            folder = lay(Path(held), name, content())
            shop = f"bad-{name.replace('.', '-')}"
            told = _brought(folder, shop) if not name.endswith((".zip", ".exe")) else _brought(folder / name, shop)
            if name.endswith((".zip", ".exe")):
                _brought(folder / "good.md", shop)
            if not Article.objects.published().filter(shop__slug=shop, external_id="good").exists():
                lost.append(name)
            reasons = [problem["why"] for problem in told["problems"]]
            if bool(reasons) != is_refused or not all(_is_sentence(why) for why in reasons):
                wrong.append(f"{name}: {reasons or 'no reason'}")
    if Path("executed").exists() or _is_outside():
        wrong.append("something was executed or written")
    for example in (wrong + lost)[:8]:
        print(f"# {example}", flush=True)
    yield Figure("bad.files.wrong", len(wrong), "files", bar=0, n=len(chosen))
    yield Figure("bad.files.neighbours_lost", len(lost), "articles", bar=0, n=len(chosen))


def asked() -> Iterator[Figure]:
    """Addresses in our own network: somebody listens there, and must never be called."""
    wrong = []
    with listening() as (port, calls):
        for address in SITEMAPS:
            before = len(calls)
            try:
                told = _brought(address.format(port=port), "sitemaps")
            except CommandError as refused:
                told = {"created": 0, "problems": [{"why": str(refused)}]}
            reasons = [problem["why"] for problem in told["problems"]]
            if len(calls) > before or told["created"] or not reasons or not all(map(_is_sentence, reasons)):
                wrong.append(f"{address}: {reasons}, {len(calls) - before} calls")
    for example in wrong[:8]:
        print(f"# {example}", flush=True)
    yield Figure("bad.sitemaps.asked", len(wrong), "addresses", bar=0, n=len(SITEMAPS))


@contextmanager
def listening() -> Iterator[tuple[int, list[str]]]:
    calls: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            calls.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<urlset><url><loc>http://127.0.0.1/a</loc></url></urlset>")

        def log_message(self, *said: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port, calls
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _brought(where: Path | str, shop: str) -> dict:
    out = StringIO()
    call_command("import_articles", str(where), "--knowledge", shop, "--json", stdout=out)
    return json.loads(out.getvalue())


def _is_sentence(why: str) -> bool:
    return 10 < len(why) < 300 and why.endswith(".") and "Traceback" not in why and "Error(" not in why


def _is_outside() -> bool:
    return any(os.path.exists(path) for path in ("outside.md", "../outside.md", "/etc/it.md"))
