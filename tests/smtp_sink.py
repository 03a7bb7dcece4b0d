"""A mail server on loopback that takes what it is sent over a real connection, and keeps it."""

import socketserver
import threading
from contextlib import contextmanager


class _Talk(socketserver.StreamRequestHandler):
    def handle(self):
        self._say("220 sink")
        sender, to = "", []
        while line := self.rfile.readline().rstrip(b"\r\n"):
            verb, _space, rest = line.decode().partition(" ")
            match verb.upper():
                case "EHLO" | "HELO":
                    self._say("250 sink")
                case "MAIL":
                    sender, to = rest, []
                    self._say("250 ok")
                case "RCPT":
                    to.append(rest.partition("<")[2].partition(">")[0])
                    self._say("250 ok")
                case "DATA":
                    self._say("354 go on")
                    self.server.taken.append((sender, to, self._letter()))
                    self._say("250 taken")
                case "QUIT":
                    self._say("221 goodbye")
                    return
                case _:
                    self._say("502 unknown")

    def _letter(self):
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)

    def _say(self, text):
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def sink():
    """Its port, and what came: from whom, to whom, and the letter as it was on the wire."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Talk) as server:
        server.daemon_threads, server.taken = True, []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1], server.taken
        server.shutdown()
