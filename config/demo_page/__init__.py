"""A page of a shop, on a server of its own, with the chat on it: what any shop would write, with nothing of ours."""

import base64
import hashlib
import hmac
import json
import time
from dataclasses import asdict, dataclass
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import socket
from string import Template
from urllib.parse import urlsplit

HERE = Path(__file__).parent
PICTURES = HERE.parent.parent / "accounts" / "static" / "demo"
TOKEN_LIVES = 600  # seconds


@dataclass(frozen=True)
class Page:
    """What the page needs to know: where the helpdesk is, and who signs in here."""

    helpdesk: str
    slug: str
    shop: str
    secret: str
    email: str
    name: str
    products: list[tuple[str, str, str]]  # name, price, picture

    def dump(self) -> str:
        return json.dumps(asdict(self))


def token(secret: str, **claims: str) -> str:
    """Who she is, signed: a JSON Web Token for ten minutes. docs/widget.md explains it."""
    told = claims | {"exp": int(time.time()) + TOKEN_LIVES}
    parts = [_packed(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, told)]
    return ".".join([*parts, _packed(hmac.digest(secret.encode(), ".".join(parts).encode(), hashlib.sha256))])


def _packed(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


class Shop(BaseHTTPRequestHandler):
    server: "Server"

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        if address.path == "/":
            self._answer("text/html", self._page(signed_in=address.query == "signed-in"))
        elif address.path == "/shop.css":
            self._answer("text/css", (HERE / "shop.css").read_text())
        elif address.path in {f"/{picture}" for _name, _price, picture in self.server.page.products}:
            self._answer("image/svg+xml", (PICTURES / address.path[1:]).read_text())
        else:
            self.send_error(404)

    def _page(self, *, signed_in: bool) -> str:
        page = self.server.page
        about = f'data-shop="{escape(page.slug)}" data-theme="light"'
        if signed_in:
            about += f' data-token="{token(page.secret, email=page.email, name=page.name)}"'
        products = "".join(
            f'<li><img src="/{escape(picture)}" alt="" width="240" height="240">'
            f"<h2>{escape(name)}</h2><p>{escape(price)}</p></li>"
            for name, price, picture in page.products
        )
        account = f'<a href="/">Sign out, {escape(page.name)}</a>' if signed_in else '<a href="/?signed-in">Sign in</a>'
        return Template((HERE / "shop.html").read_text()).substitute(
            shop=escape(page.shop),
            products=products,
            account=account,
            script=f'<script src="{escape(page.helpdesk)}/widget.js" {about} async></script>',
        )

    def _answer(self, kind: str, text: str) -> None:
        body, helpdesk = text.encode(), self.server.page.helpdesk
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        # As strict as a shop can be, and all that the chat asks of it.
        policy = (
            f"default-src 'none'; img-src 'self' data:; style-src 'self'; script-src {helpdesk}; frame-src {helpdesk}"
        )
        self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Nobody reads who looked at a demo."""


class Server(ThreadingHTTPServer):
    """Serves on a socket that listens already."""

    def __init__(self, listening: socket, page: Page) -> None:
        super().__init__(listening.getsockname()[:2], Shop, bind_and_activate=False)
        self.socket.close()
        self.socket, self.page = listening, page
