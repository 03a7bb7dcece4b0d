"""A shop's own server, and the way from it to the helpdesk, for tests and benches of the widget."""

import socket
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.installation import free_port

HTML = """<!DOCTYPE html><html lang="en" {root}>
<head><title>A shop</title><link rel="icon" href="data:,">{head}</head>
<body><main><h1>Lamps</h1><p>{words}</p><a href="#bottom">To the bottom</a><p id="bottom">Made by hand.</p></main>
</body></html>"""
# What a page counts of itself: how far things jumped, and when something was first to be seen.
MEASURE = """window.shifts = window.painted = 0;
const watch = (type, see) =>
    new PerformanceObserver((list) => list.getEntries().forEach(see)).observe({type, buffered: true});
watch("layout-shift", (shift) => (window.shifts += shift.value));
watch("paint", (paint) => (window.painted = paint.startTime));"""


class Storefront:
    """A shop's own server: another site than the helpdesk on 127.0.0.1, the same one on localhost."""

    def __init__(self) -> None:
        pages: dict[str, bytes] = {}

        class Pages(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = pages[self.path]
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None: ...

        self.pages, self.server = pages, ThreadingHTTPServer(("127.0.0.1", 0), Pages)
        self.port = self.server.server_address[1]
        self.address, self.near = f"http://127.0.0.1:{self.port}", f"http://localhost:{self.port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def page(self, head: str, root: str = "", words: str = "Warm light. " * 200) -> str:
        path = f"/{len(self.pages)}"
        self.pages[path] = HTML.format(head=head, root=root, words=words).encode()
        return path


class Line:
    """The way to the helpdesk, in our hand: it can be cut, or carry nothing."""

    def __init__(self, port: int) -> None:
        self.there, self.port, self.open, self.is_deaf = port, free_port(), [], False
        self.address = f"http://localhost:{self.port}"
        self.mend()

    def mend(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._serve, args=[self.listening], daemon=True).start()

    def cut(self) -> None:
        self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        while self.open:
            with suppress(OSError):
                self.open.pop().shutdown(socket.SHUT_RDWR)

    def _serve(self, listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                here, _ = listening.accept()
                self.open.append(here)
                if self.is_deaf:
                    continue
                there = socket.create_connection(("127.0.0.1", self.there))
                self.open.append(there)
                for one, other in ((here, there), (there, here)):
                    threading.Thread(target=self._carry, args=[one, other], daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while piece := one.recv(65_536):
                other.sendall(piece)
        with suppress(OSError):
            other.shutdown(socket.SHUT_WR)
