"""A server on this machine that other systems are played by: it keeps what it was asked and answers as it is told."""

import json
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Server:
    """`answers(method, path, headers, body)` gives a status and a body; bytes as they are, anything else as JSON."""

    answers: object
    url: str = ""
    asked: list = field(default_factory=list)
    hangs: threading.Event = field(default_factory=threading.Event)


@contextmanager
def serving(answers):
    server = Server(answers)

    class Door(BaseHTTPRequestHandler):
        def do_POST(self):
            length = int(self.headers.get("content-length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            headers = {name.lower(): value for name, value in self.headers.items()}
            server.asked.append((self.command, self.path, headers, body))
            status, said = server.answers(*server.asked[-1])
            if status is None:  # nothing, for as long as the test lasts
                server.hangs.wait(20)
                return
            said = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            with suppress(OSError):  # who asked has heard enough
                self.wfile.write(said)

        do_GET = do_POST

        def log_message(self, *_):
            pass

    house = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    house.daemon_threads = True
    server.url = f"http://127.0.0.1:{house.server_port}"
    threading.Thread(target=house.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.hangs.set()
        house.shutdown()
        house.server_close()
