"""Sockets for what goes out: each name looked up once, its addresses judged, every wait inside one deadline."""

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import httpcore
import httpx
from django.conf import settings
from django.utils.translation import gettext as _

CONNECT = 5.0  # seconds for one address to take the call
IP = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Failed(Exception):
    """Nothing came back that can be used; the text may be shown to whoever gave the address."""


class Refused(Failed):
    """We did not ask, and shall not."""


class TooLarge(Failed): ...


class TooSlow(Failed): ...


class Unreachable(Failed): ...


class Wire(httpcore.NetworkBackend):
    """Connects to exactly the address that was judged: a second look-up could have another answer."""

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = list(dict.fromkeys(_look_up(host, port, self._deadline)))
        if not addresses or not all(may_call(host, address) for address in addresses):
            raise Refused(_("%(host)s leads into a private network, where this shop may not call.") % {"host": host})
        for address in addresses:
            left = _left(self._deadline)
            try:
                line = socket.create_connection((address, port), timeout=min(left, CONNECT))
            except OSError:
                continue
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return _Line(line, host, self._deadline)
        _left(self._deadline)
        raise Unreachable(_("%(host)s does not take the call.") % {"host": host})


class _Line(httpcore.NetworkStream):
    """One connection; the other side cannot win time by sending a little now and then."""

    def __init__(self, line: socket.socket, host: str, deadline: float) -> None:
        self._line, self._host, self._deadline = line, host, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with self._in_time():
            return self._line.recv(max_bytes)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        rest = memoryview(buffer)
        while rest:
            with self._in_time():
                rest = rest[self._line.send(rest[:65_536]) :]

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        with self._in_time():
            return _Line(
                ssl_context.wrap_socket(self._line, server_hostname=server_hostname), self._host, self._deadline
            )

    def close(self) -> None:
        self._line.close()

    def get_extra_info(self, info: str) -> Any:
        return self._line if info == "ssl_object" and isinstance(self._line, ssl.SSLSocket) else None

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        try:
            self._line.settimeout(_left(self._deadline))
            yield
        except TimeoutError as error:
            self.close()
            raise TooSlow(_("%(host)s takes too long to answer.") % {"host": self._host}) from error
        except ssl.SSLCertVerificationError as error:
            self.close()
            raise Unreachable(_("%(host)s cannot prove that it is who it says.") % {"host": self._host}) from error
        except OSError as error:
            self.close()
            raise Unreachable(_("The connection to %(host)s broke off.") % {"host": self._host}) from error


def may_call(host: str, address: str) -> bool:
    """Public addresses always; others only where the settings name the host or its network."""
    names, networks = _allowed(tuple(settings.OUTGOING_ALLOWED))
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    return host.lower().rstrip(".") in names or any(ip in network for network in networks) or is_public(ip)


def is_public(ip: IP) -> bool:
    if isinstance(ip, ipaddress.IPv6Address):
        # Routed, and carrying no other address inside (Teredo, 6to4); mapped and NAT64 addresses are not routed.
        return ip in _ROUTED and not any(ip in network for network in _CARRIERS) and ip.is_global
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip in _RELAYS)


_ROUTED = ipaddress.IPv6Network("2000::/3")
_CARRIERS = (ipaddress.IPv6Network("2001::/23"), ipaddress.IPv6Network("2002::/16"))
_RELAYS = ipaddress.IPv4Network("192.88.99.0/24")


@cache
def _allowed(entries: tuple[str, ...]) -> tuple[frozenset[str], tuple[Network, ...]]:
    names, networks = set(), []
    for entry in entries:
        try:
            networks.append(ipaddress.ip_network(entry, strict=False))
        except ValueError:
            names.add(entry.lower().rstrip("."))
    return frozenset(names), tuple(networks)


def _look_up(host: str, port: int, deadline: float) -> list[str]:
    """The addresses of a name; in a thread, because the system's look-up knows no deadline."""
    found: list[str] = []

    def look() -> None:
        try:
            found.extend(str(answer[4][0]) for answer in resolve(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError):
            return

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    looking.join(_left(deadline))
    _left(deadline)
    if not found:
        raise Unreachable(_("There is no %(host)s to be found.") % {"host": host})
    return found


resolve = socket.getaddrinfo


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TooSlow(_("The other side takes too long to answer."))
    return left


@cache
def trusted_roots() -> ssl.SSLContext:
    return httpx.create_ssl_context()
