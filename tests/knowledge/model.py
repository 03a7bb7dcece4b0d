"""A language model on this machine that speaks the OpenAI protocol and says what it is told to say."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Server(ThreadingHTTPServer):
    """Speaks the OpenAI protocol on this machine: streams what it was told to say, and keeps what it was asked."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.says, self.asked, self.status, self.pause, self.is_writing = "NONE", [], 200, 0.0, False


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        server = self.server
        server.asked.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(server.status)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        if server.status != 200:
            return
        server.is_writing = True
        words = server.says
        for at in range(0, len(words), 7):
            time.sleep(server.pause)
            self._event({"content": words[at : at + 7]})
        server.is_writing = False
        self._event({}, finish="stop")
        self.wfile.write(b"data: [DONE]\n\n")

    def _event(self, delta, finish=None):
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        told = {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": "tiny", "choices": [choice]}
        self.wfile.write(f"data: {json.dumps(told)}\n\n".encode())
        self.wfile.flush()

    def log_message(self, *said):
        pass


@contextmanager
def serving() -> Iterator[Server]:
    """One that listens, and ends with the block."""
    server = Server()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def settings_for(server: Server) -> dict:
    """What an installation sets to ask it."""
    options = {"base_url": f"http://127.0.0.1:{server.server_port}/v1", "api_key": "none"}
    return {"CHAT_MODEL": "openai:tiny", "CHAT_MODEL_OPTIONS": options}
