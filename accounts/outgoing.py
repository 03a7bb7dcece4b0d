"""The one way out: HTTP to addresses that others chose. It must not lead back inside, and it must come to an end."""

import base64
import json as jsons
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpcore
import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from accounts.wire import Failed, Refused, TooLarge, TooSlow, Unreachable, Wire, trusted_roots

__all__ = ["Answer", "Failed", "Refused", "TooLarge", "TooSlow", "Unreachable", "get", "post", "request"]

TIMEOUT = 10.0  # seconds from the first look-up to the last byte, redirects included
MAX_BYTES = 5_000_000
REDIRECTS = 3
# What another host may hear when it is not the one that was asked; everything else may be a secret.
HARMLESS = ("accept", "accept-encoding", "accept-language", "content-type", "user-agent")
# What the connection itself decides and no caller does.
OURS = ("host", "connection", "content-length", "transfer-encoding", "accept-encoding", "upgrade", "te", "trailer")


@dataclass(frozen=True)
class Answer:
    """What the other side said, whatever the status; the body is whole, unpacked and within the size asked for."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON; ValueError when it is none."""
        return jsons.loads(self.body)


def get(url: str, **options: Any) -> Answer:
    return request("GET", url, **options)


def post(url: str, **options: Any) -> Answer:
    return request("POST", url, **options)


def request(
    method: str,
    url: str,
    *,
    json: Any = None,
    data: Mapping[str, Any] | bytes | str | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = TIMEOUT,
    max_bytes: int = MAX_BYTES,
) -> Answer:
    """Ask an address that somebody typed in; every hop of a redirect is looked at like the first."""
    deadline = time.monotonic() + timeout
    asked = _compose(method, url, json=json, data=data, headers=headers)
    for _hop in range(REDIRECTS + 1):
        answer = _ask(asked, deadline=deadline, max_bytes=max_bytes)
        if isinstance(answer, Answer):
            return answer
        asked = answer
    raise Unreachable(_("The address sends us on and on, to other addresses."))


def _compose(
    method: str,
    url: str,
    *,
    json: Any = None,
    data: Mapping[str, Any] | bytes | str | None = None,
    headers: Mapping[str, str] | None = None,
) -> httpx.Request:
    chosen = {"accept": "*/*", "user-agent": f"Aftersale/{settings.VERSION}"}
    chosen |= {name.lower(): value for name, value in (headers or {}).items() if name.lower() not in OURS}
    chosen["accept-encoding"] = "gzip"
    form, content = (data, None) if isinstance(data, Mapping) else (None, data)
    try:
        asked = httpx.Request(method, url, headers=chosen, json=json, data=form, content=content)
        if asked.url.userinfo and "authorization" not in asked.headers:
            asked.headers["authorization"] = "Basic " + base64.b64encode(
                f"{asked.url.username}:{asked.url.password}".encode()
            ).decode("ascii")
    except (httpx.InvalidURL, UnicodeError) as error:
        raise Refused(_("This is not a web address that can be asked.")) from error
    _check(asked.url)
    return asked


def _check(url: httpx.URL) -> None:
    """What can be said of an address before it is looked up."""
    if url.scheme not in ("http", "https") or not url.host:
        raise Refused(_("Only addresses that begin with http:// or https:// can be asked."))
    if b"%" in url.raw_host:
        raise Refused(_("This is not a web address that can be asked."))
    if not 0 < _port(url) < 65_536:
        raise Refused(_("There is no port %(port)s.") % {"port": _port(url)})
    if settings.OUTGOING_PORTS and _port(url) not in settings.OUTGOING_PORTS:
        raise Refused(_("Port %(port)s is not one that this shop may call.") % {"port": _port(url)})


def _ask(asked: httpx.Request, *, deadline: float, max_bytes: int) -> Answer | httpx.Request:
    """One hop: the answer, or the request that its redirect asks for."""
    call = httpcore.Request(
        asked.method,
        httpcore.URL(
            scheme=asked.url.raw_scheme, host=asked.url.raw_host, port=asked.url.port, target=asked.url.raw_path
        ),
        headers=asked.headers.raw,
        content=asked.read(),
    )
    try:
        with httpcore.ConnectionPool(ssl_context=trusted_roots(), network_backend=Wire(deadline)) as pool:
            said = pool.handle_request(call)
            headers = httpx.Headers(said.headers)
            if said.status in (301, 302, 303, 307, 308) and "location" in headers:
                return _onward(asked, status=said.status, location=headers["location"])
            body = b"" if asked.method == "HEAD" else _read(said.iter_stream(), headers=headers, max_bytes=max_bytes)
            return Answer(said.status, headers, body, str(asked.url))
    except httpcore.LocalProtocolError as error:
        raise Refused(_("The request holds something that HTTP cannot carry.")) from error
    except httpcore.ProtocolError as error:
        raise Unreachable(_("%(host)s does not answer as a web server would.") % {"host": asked.url.host}) from error


def _onward(asked: httpx.Request, *, status: int, location: str) -> httpx.Request:
    try:
        url = asked.url.join(location).copy_with(userinfo=b"")
    except httpx.InvalidURL as error:
        raise Refused(_("The address sends us on to something that is no address.")) from error
    if asked.url.scheme == "https" and url.scheme == "http":
        raise Refused(_("The address sends us on from a protected to an unprotected connection."))
    _check(url)
    same = (asked.url.scheme, asked.url.host, _port(asked.url)) == (url.scheme, url.host, _port(url))
    headers = {name: value for name, value in asked.headers.items() if same or name in HARMLESS}
    headers = {name: value for name, value in headers.items() if name not in ("host", "content-length")}
    method, content = asked.method, asked.content
    if (status == 303 and method != "HEAD") or (status in (301, 302) and method == "POST"):
        method, content = "GET", b""
        headers.pop("content-type", None)
    return httpx.Request(method, url, headers=headers, content=content or None)


def _read(chunks: Iterable[bytes], *, headers: httpx.Headers, max_bytes: int) -> bytes:
    """The whole body, given up as soon as it is larger than allowed, on the wire or unpacked."""
    too_large = TooLarge(_("The answer is larger than %(size)s bytes.") % {"size": max_bytes})
    if headers.get("content-length", "").isdecimal() and int(headers["content-length"]) > max_bytes:
        raise too_large
    body = bytearray()
    for piece in _unpack(_counted(chunks, most=max_bytes, otherwise=too_large), headers.get("content-encoding", "")):
        body += piece
        if len(body) > max_bytes:
            raise too_large
    return bytes(body)


def _counted(chunks: Iterable[bytes], *, most: int, otherwise: Failed) -> Iterator[bytes]:
    seen = 0
    for chunk in chunks:
        seen += len(chunk)
        if seen > most:
            raise otherwise
        yield chunk


def _unpack(chunks: Iterable[bytes], packing: str) -> Iterator[bytes]:
    """Undo gzip in small steps, so that a few bytes can never become many at once."""
    if packing.strip().lower() in ("", "identity"):
        yield from chunks
        return
    if packing.strip().lower() not in ("gzip", "x-gzip"):
        raise Unreachable(_("The answer is packed in a way we did not ask for."))
    gzip, begun = zlib.decompressobj(zlib.MAX_WBITS | 16), False
    try:
        for chunk in chunks:
            while chunk:
                if gzip.eof:
                    gzip = zlib.decompressobj(zlib.MAX_WBITS | 16)
                begun = True
                yield gzip.decompress(chunk, 65_536)
                chunk = gzip.unused_data or gzip.unconsumed_tail
    except zlib.error as error:
        raise Unreachable(_("The answer is damaged.")) from error
    if begun and not gzip.eof:
        raise Unreachable(_("The answer broke off before its end."))


def _port(url: httpx.URL) -> int:
    return url.port if url.port is not None else (443 if url.scheme == "https" else 80)
