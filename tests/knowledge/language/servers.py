"""Servers on this machine that speak as DeepL's, LibreTranslate's and OpenAI's do, and can do all of it wrong."""

import json
import re
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.knowledge.language.texts import SENTENCES

_MARK = re.compile(r"[\ue000-\uf8ff]")


def spanish(text: str) -> str:
    """The sentences of the tests in Spanish, with the marks that stand in them; anything else as it is."""
    for source, target in SENTENCES:
        parts = [re.escape(part) for part in re.split(r"\{\d\}", source)]
        pattern = "([\ue000-\uf8ff ]+?)".join(parts)
        text = re.sub(pattern, lambda found, target=target: target.format(*found.groups()), text)
    return text


class Server:
    """How it translates, and what goes wrong: a status, a wait, or a body that is nonsense."""

    def __init__(self) -> None:
        self.translate = spanish
        self.status, self.wait, self.body = 200, 0.0, None
        self.asked: list[tuple[str, dict, dict]] = []
        self.url = ""


def _answer(server: Server, path: str, told: dict) -> object:
    if path.startswith("/v2/"):
        if path.endswith("usage"):
            return {"character_count": 1, "character_limit": 2}
        return {"translations": [{"text": server.translate(text)} for text in told["text"]]}
    if path.startswith("/languages"):
        return [{"code": "en"}, {"code": "es"}]
    return {"translatedText": server.translate(told["q"])}


def _stream(server: Server, told: dict) -> bytes:
    said = server.translate(told["messages"][-1]["content"])
    choice = {"index": 0, "delta": {"role": "assistant", "content": said}, "finish_reason": "stop"}
    piece = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return f"data: {json.dumps(piece)}\n\ndata: [DONE]\n\n".encode()


@contextmanager
def serving():
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def do_POST(self):
            told = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)) or b"{}")
            server.asked.append((self.path, dict(self.headers), told))
            time.sleep(server.wait)
            kind = "application/json"
            if server.body is not None:
                body = server.body
            elif self.path.endswith("/chat/completions"):
                kind, body = "text/event-stream", _stream(server, told)
            else:
                body = json.dumps(_answer(server, self.path, told)).encode()
            try:
                self.send_response(server.status)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                pass  # who asked has gone

        do_GET = do_POST

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.daemon_threads = True
        server.url = f"http://127.0.0.1:{http.server_port}"
        thread = threading.Thread(target=http.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()


def marks(text: str) -> list[str]:
    return _MARK.findall(text)
