"""What goes out cannot be led back inside, cannot be held, and cannot be drowned. Real sockets on the loopback."""

import contextlib
import datetime
import gzip
import ipaddress
import json
import socket
import ssl
import threading
import time
import zlib

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from accounts import outgoing, wire


class Server:
    """A loopback server that says what a test writes, byte for byte, and keeps what it heard."""

    def __init__(self, speak, *, tls=None, address="127.0.0.1"):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.speak, self.tls, self.heard = speak, tls, []
        self.socket = socket.create_server((address, 0), family=family)
        self.port = self.socket.getsockname()[1]
        self.stop = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                line, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(line,), daemon=True).start()

    def _talk(self, line):
        line.settimeout(5)
        with contextlib.suppress(OSError, ValueError):
            if self.tls:
                line = self.tls.wrap_socket(line, server_side=True)
            heard = b""
            while b"\r\n\r\n" not in heard:
                heard += _more(line)
            head, _, body = heard.partition(b"\r\n\r\n")
            for header in head.split(b"\r\n"):
                if header.lower().startswith(b"content-length:"):
                    while len(body) < int(header.split(b":")[1]):
                        body += _more(line)
            self.heard.append((head.decode(), body))
            self.speak(line, head.decode(), self.stop)
        line.close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def close(self):
        self.stop.set()
        self.socket.close()


def _more(line):
    """What comes next; a visitor who hung up says nothing, as often as one asks."""
    said = line.recv(65536)
    if not said:
        raise ConnectionResetError
    return said


def says(text, body=b"", **headers):
    headers = {"Content-Length": str(len(body)), **{name.replace("_", "-"): value for name, value in headers.items()}}
    head = f"HTTP/1.1 {text}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items() if value != "")
    return lambda line, heard, stop: line.sendall(head.encode() + b"\r\n" + body)


@pytest.fixture
def serve():
    servers = []

    def start(speak, **options):
        servers.append(Server(speak, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def loopback(settings):
    settings.OUTGOING_ALLOWED = ["127.0.0.1/32"]


@pytest.fixture
def names(monkeypatch):
    """A name server of the test: a name has a list of answers, one a question; the last stays."""
    asked = []

    def start(**book):
        def resolve(host, port, **_):
            asked.append(host)
            answers = book[host.replace(".", "_")]
            found = answers.pop(0) if len(answers) > 1 else answers[0]
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (found, port))]

        monkeypatch.setattr(wire, "resolve", resolve)
        return asked

    return start


# --- what works


@pytest.mark.usefixtures("loopback")
def test_an_answer_comes_back_whole(serve):
    server = serve(says("200 OK", b'{"a": 1}', Content_Type="application/json"))

    answer = outgoing.get(f"{server.url}/x?y=1", headers={"X-Key": "k"})

    assert (answer.status, answer.ok, answer.json(), answer.text) == (200, True, {"a": 1}, '{"a": 1}')
    assert answer.headers["CONTENT-TYPE"] == "application/json"
    head = server.heard[0][0]
    assert head.startswith("GET /x?y=1 HTTP/1.1\r\n")
    assert "x-key: k" in head
    assert f"host: 127.0.0.1:{server.port}" in head.lower()


@pytest.mark.usefixtures("loopback")
@pytest.mark.parametrize(
    ("options", "body", "kind"),
    [
        ({"json": {"ä": 1}}, '{"ä":1}'.encode(), "application/json"),
        ({"data": {"a": "1 2"}}, b"a=1+2", "application/x-www-form-urlencoded"),
        ({"data": b"raw", "headers": {"Content-Type": "text/x"}}, b"raw", "text/x"),
    ],
)
def test_json_forms_and_bytes_can_be_sent(serve, options, body, kind):
    server = serve(says("201 Created"))

    assert outgoing.post(server.url, **options).status == 201
    head, heard = server.heard[0]
    assert heard == body
    assert kind in head


@pytest.mark.usefixtures("loopback")
def test_a_failure_of_the_other_side_is_an_answer_and_not_an_error(serve):
    answer = outgoing.get(serve(says("503 Busy", b"later")).url)

    assert (answer.status, answer.ok, answer.body) == (503, False, b"later")


@pytest.mark.usefixtures("loopback")
def test_packed_answers_are_unpacked_also_in_several_members(serve):
    body = gzip.compress(b"one ") + gzip.compress(b"two")

    assert outgoing.get(serve(says("200 OK", body, Content_Encoding="gzip")).url).body == b"one two"


@pytest.mark.usefixtures("loopback")
def test_a_head_request_believes_no_length(serve):
    server = serve(says("200 OK", Content_Length="99999999"))

    assert outgoing.request("HEAD", server.url).body == b""


@pytest.mark.usefixtures("loopback")
def test_the_credentials_of_an_address_are_sent_as_such(serve):
    server = serve(says("200 OK"))

    outgoing.get(f"http://shop:s%40cret@127.0.0.1:{server.port}/")

    assert "authorization: Basic c2hvcDpzQGNyZXQ=" in server.heard[0][0]


@pytest.mark.usefixtures("loopback")
def test_proxies_of_the_environment_are_not_asked(serve, monkeypatch):
    proxy = serve(says("200 OK", b"proxied"))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.url)

    assert outgoing.get(serve(says("200 OK", b"direct")).url).body == b"direct"
    assert proxy.heard == []


# --- where it may not go


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "0",
        "0.0.0.0",
        "localhost",
        "localhost.",
        "LOCALHOST",
        "①②⑦.⓪.⓪.①",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.0.1",
        "192.0.2.1",
        "192.88.99.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::ffff:8.8.8.8]",
        "[::127.0.0.1]",
        "[0:0:0:0:0:0:0:1]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b::8.8.8.8]",
        "[64:ff9b:1::1]",
        "[2002:7f00:1::]",
        "[2001:0:4136:e378:8000:63bf:3fff:fdd2]",
        "[2001:db8::1]",
        "[fe80::1]",
        "[fe80::1%25lo]",
        "[fec0::1]",
        "[fc00::1]",
        "[fd12:3456::1]",
        "[ff02::1]",
    ],
)
def test_no_way_of_writing_an_inner_address_leads_inside(host):
    with pytest.raises((outgoing.Refused, outgoing.Unreachable)) as failed:
        outgoing.get(f"http://{host}:9/", timeout=2)
    # Some spellings are no address at all, which is as good; a call that was tried would say otherwise.
    assert "take the call" not in str(failed.value)
    assert "broke off" not in str(failed.value)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "2a00:1450:4001:80b::200e"])
def test_public_addresses_are_public(address):
    assert wire.is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_FLUSHALL",
        "unix:///run/x.sock",
        "//example.org/",
        "example.org",
        "",
        "http://",
        "http:///path",
        "http://example.org:99999/",
        "http://example.org:0/",
        "http://[::1/",
        "http://exa mple.org/",
        "http://\x00/",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_web_address_is_refused(url):
    with pytest.raises(outgoing.Refused):
        outgoing.get(url)


@pytest.mark.usefixtures("loopback")
@pytest.mark.parametrize("headers", [{"X-A": "b\r\nX-C: d"}, {"X\r\nY": "b"}, {"X-A": "b\x00"}])
def test_a_header_cannot_smuggle_another(serve, headers):
    server = serve(says("200 OK"))

    with pytest.raises(outgoing.Refused):
        outgoing.get(server.url, headers=headers)
    assert server.heard == []


@pytest.mark.usefixtures("loopback")
def test_the_caller_does_not_choose_host_or_length(serve):
    server = serve(says("200 OK"))

    outgoing.post(server.url, data=b"abc", headers={"Host": "evil.example", "Content-Length": "1"})

    head, body = server.heard[0]
    assert "evil.example" not in head
    assert body == b"abc"


def test_settings_may_allow_a_host_or_a_network_and_nothing_beside(settings, serve, names):
    server = serve(says("200 OK", b"in"))
    names(erp_internal=["127.0.0.1"], other_internal=["127.0.0.1"])
    settings.OUTGOING_ALLOWED = ["ERP.internal"]

    assert outgoing.get(f"http://erp.internal:{server.port}/").body == b"in"
    with pytest.raises(outgoing.Refused):
        outgoing.get(f"http://other.internal:{server.port}/")


@pytest.mark.usefixtures("loopback")
def test_ports_can_be_narrowed(settings, serve):
    server = serve(says("200 OK"))
    settings.OUTGOING_PORTS = [80, 443]

    with pytest.raises(outgoing.Refused, match=str(server.port)):
        outgoing.get(server.url)


def test_a_refusal_does_not_tell_what_is_inside():
    with pytest.raises(outgoing.Refused) as refused:
        outgoing.get("http://localhost:1/")

    assert "127.0.0.1" not in str(refused.value)


# --- names


@pytest.mark.usefixtures("loopback")
def test_a_name_that_changes_its_address_is_still_called_where_it_was_judged(serve, names):
    server = serve(says("200 OK", b"judged"))
    asked = names(shop_example=["127.0.0.1", "127.0.0.2"])

    answer = outgoing.get(f"http://shop.example:{server.port}/")

    assert answer.body == b"judged"
    assert asked == ["shop.example"]
    assert f"host: shop.example:{server.port}" in server.heard[0][0].lower()


@pytest.mark.usefixtures("loopback")
def test_each_hop_is_judged_anew(serve, names):
    asked = names(shop_example=["127.0.0.1", "127.0.0.2"])
    server = serve(says("302 Found", Location="/again"))

    with pytest.raises(outgoing.Refused):
        outgoing.get(f"http://shop.example:{server.port}/")
    assert asked == ["shop.example", "shop.example"]
    assert len(server.heard) == 1


def test_one_inner_address_among_outer_ones_is_enough_to_refuse(monkeypatch):
    both = [(socket.AF_INET, 1, 6, "", (ip, 80)) for ip in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(wire, "resolve", lambda *_, **__: both)

    with pytest.raises(outgoing.Refused):
        outgoing.get("http://mixed.example/")


def test_an_unknown_name_is_said_to_be_unknown(monkeypatch):
    def resolve(*_, **__):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(wire, "resolve", resolve)
    with pytest.raises(outgoing.Unreachable, match=r"nowhere\.example"):
        outgoing.get("http://nowhere.example/")


def test_a_name_server_that_does_not_answer_holds_nobody(monkeypatch):
    silent = threading.Event()
    monkeypatch.setattr(wire, "resolve", lambda *_, **__: silent.wait(5) and [])

    with pytest.raises(outgoing.TooSlow), within(4):
        outgoing.get("http://slow.example/", timeout=0.3)
    silent.set()


# --- redirects


@pytest.mark.usefixtures("loopback")
@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "//10.0.0.1/",
        "http://2852039166/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/",
        "http://[broken/",
    ],
)
def test_a_redirect_does_not_lead_inside(serve, location):
    server = serve(says("302 Found", Location=location))

    with pytest.raises(outgoing.Refused):
        outgoing.get(server.url)


@pytest.mark.usefixtures("loopback")
def test_redirects_in_a_circle_end(serve):
    server = serve(says("302 Found", Location="/"))

    with pytest.raises(outgoing.Unreachable):
        outgoing.get(server.url)
    assert len(server.heard) == 1 + outgoing.REDIRECTS


@pytest.mark.usefixtures("loopback")
@pytest.mark.parametrize(
    ("status", "method", "then"),
    [
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (303, "POST", "GET"),
        (303, "PUT", "GET"),
        (303, "HEAD", "HEAD"),
        (307, "POST", "POST"),
        (308, "PUT", "PUT"),
        (302, "GET", "GET"),
    ],
)
def test_a_redirect_keeps_or_drops_the_method_as_its_number_says(serve, status, method, then):
    target = serve(says("200 OK", b"" if then == "HEAD" else b"there"))
    server = serve(says(f"{status} Moved", Location=f"{target.url}/new"))

    outgoing.request(method, server.url, data=None if method in ("GET", "HEAD") else b"body")

    head, body = target.heard[0]
    assert head.startswith(f"{then} /new ")
    assert body == (b"body" if then in ("POST", "PUT") else b"")


@pytest.mark.usefixtures("loopback")
def test_secrets_stay_with_the_host_they_were_meant_for(serve):
    other = serve(says("200 OK"))
    server = serve(says("307 Moved", Location=f"http://leak:leak@127.0.0.1:{other.port}/"))
    secrets = {"Authorization": "Bearer s", "Cookie": "s=1", "X-Api-Key": "s"}

    outgoing.post(server.url, data=b"x", headers={**secrets, "Content-Type": "text/plain"})

    head = other.heard[0][0].lower()
    assert not any(word in head for word in ("authorization", "cookie", "x-api-key"))
    assert "content-type: text/plain" in head


@pytest.mark.usefixtures("loopback")
def test_secrets_stay_on_the_way_within_one_host(serve):
    def speak(line, head, stop):
        answer = says("200 OK") if head.startswith("GET /b") else says("302 Found", Location="/b")
        answer(line, head, stop)

    server = serve(speak)
    outgoing.get(f"{server.url}/a", headers={"X-Api-Key": "s"})

    assert "x-api-key: s" in server.heard[1][0]


# --- how long, how much


class within:
    def __init__(self, seconds):
        self.seconds = seconds

    def __enter__(self):
        self.begun = time.monotonic()

    def __exit__(self, *_):
        assert time.monotonic() - self.begun < self.seconds


def _dripping(begin, drop):
    def speak(line, head, stop):
        line.sendall(begin)
        while not stop.wait(0.05):
            line.sendall(drop)

    return speak


@pytest.mark.usefixtures("loopback")
@pytest.mark.parametrize(
    "speak",
    [
        _dripping(b"", b""),
        _dripping(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x"),
        _dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b"x"),
        _dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        _dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["silence", "headers", "body", "chunks", "continue"],
)
def test_a_slow_drip_cannot_hold_us_past_the_deadline(serve, speak):
    server = serve(speak)

    with pytest.raises(outgoing.TooSlow), within(4):
        outgoing.get(server.url, timeout=0.5)


@pytest.mark.usefixtures("loopback")
def test_a_reader_that_does_not_read_cannot_hold_us_either(serve):
    def speak(line, head, stop):
        stop.wait(5)

    server = serve(speak)
    server._talk = lambda line: (server.stop.wait(5), line.close())

    with pytest.raises(outgoing.TooSlow), within(4):
        outgoing.post(server.url, data=b"x" * 20_000_000, timeout=0.5)


@pytest.mark.usefixtures("loopback")
def test_the_deadline_counts_for_all_hops_together(serve):
    def speak(line, head, stop):
        stop.wait(0.3)
        says("302 Found", Location="/")(line, head, stop)

    with pytest.raises(outgoing.TooSlow), within(4):
        outgoing.get(serve(speak).url, timeout=0.7)


@pytest.mark.usefixtures("loopback")
@pytest.mark.parametrize("begin", [b"", b"Transfer-Encoding: chunked\r\n", b"Content-Length: 999999999\r\n"])
def test_an_endless_body_is_cut(serve, begin):
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"

    def speak(line, head, stop):
        line.sendall(b"HTTP/1.1 200 OK\r\n" + begin + b"\r\n")
        while not stop.is_set():
            line.sendall(chunk)

    with pytest.raises(outgoing.TooLarge, match="1000"), within(4):
        outgoing.get(serve(speak).url, max_bytes=1000)


@pytest.mark.usefixtures("loopback")
def test_a_body_of_exactly_the_size_is_taken(serve):
    server = serve(says("200 OK", b"x" * 1000))

    assert len(outgoing.get(server.url, max_bytes=1000).body) == 1000
    with pytest.raises(outgoing.TooLarge):
        outgoing.get(server.url, max_bytes=999)


@pytest.mark.usefixtures("loopback")
def test_a_gzip_bomb_does_not_go_off(serve):
    bomb = gzip.compress(b"\0" * 30_000_000)
    assert len(bomb) < 50_000
    most = 0
    honest = zlib.decompressobj

    class Watched:
        def __init__(self, *args):
            self.inner = honest(*args)

        def decompress(self, *args):
            nonlocal most
            piece = self.inner.decompress(*args)
            most = max(most, len(piece))
            return piece

        def __getattr__(self, name):
            return getattr(self.inner, name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zlib, "decompressobj", Watched)
        with pytest.raises(outgoing.TooLarge):
            outgoing.get(serve(says("200 OK", bomb, Content_Encoding="gzip")).url, max_bytes=1_000_000)
    assert 0 < most <= 65_536


@pytest.mark.usefixtures("loopback")
@pytest.mark.parametrize("packing", ["br", "zstd", "deflate", "gzip, gzip", "nonsense"])
def test_other_packings_are_not_opened(serve, packing):
    with pytest.raises(outgoing.Unreachable):
        outgoing.get(serve(says("200 OK", b"xxxx", Content_Encoding=packing)).url)


@pytest.mark.usefixtures("loopback")
@pytest.mark.parametrize(
    "speak",
    [
        says("200 OK", gzip.compress(b"x" * 9999)[:-9], Content_Encoding="gzip"),
        says("200 OK", b"not gzip at all", Content_Encoding="gzip"),
        lambda line, head, stop: line.sendall(b"SSH-2.0-OpenSSH_9.2\r\n"),
        lambda line, head, stop: line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort"),
        lambda line, head, stop: line.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        lambda line, head, stop: line.sendall(b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 1_000_000),
        lambda line, head, stop: line.close(),
    ],
    ids=["cut gzip", "no gzip", "no http", "cut body", "bad chunk", "endless header", "hangs up"],
)
def test_a_broken_answer_is_one_clear_error(serve, speak):
    with pytest.raises(outgoing.Unreachable) as failed:
        outgoing.get(serve(speak).url, timeout=3)
    assert str(failed.value)


@pytest.mark.usefixtures("loopback")
def test_a_port_nobody_listens_on_is_one_clear_error():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    with pytest.raises(outgoing.Unreachable, match="take the call"):
        outgoing.get(f"http://127.0.0.1:{port}/")


def test_all_errors_are_one_family():
    assert all(
        issubclass(error, outgoing.Failed)
        for error in (outgoing.Refused, outgoing.TooLarge, outgoing.TooSlow, outgoing.Unreachable)
    )


# --- who it is


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for shop.example, signed by itself."""
    folder = tmp_path_factory.mktemp("tls")
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "shop.example")])
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("shop.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "shop.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def tls(serve, certificate):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    seen = []
    context.sni_callback = lambda line, name, _: seen.append(name)
    server = serve(says("200 OK", b"safe"), tls=context)
    server.names = seen
    return server


@pytest.fixture
def trusted(monkeypatch, certificate):
    monkeypatch.setattr(outgoing, "trusted_roots", lambda: ssl.create_default_context(cafile=certificate))


@pytest.mark.usefixtures("loopback", "trusted")
def test_the_certificate_is_checked_by_name_though_the_address_is_pinned(tls, names):
    asked = names(shop_example=["127.0.0.1", "127.0.0.2"])

    assert outgoing.get(f"https://shop.example:{tls.port}/").body == b"safe"
    assert (asked, tls.names) == (["shop.example"], ["shop.example"])


@pytest.mark.usefixtures("loopback", "trusted")
def test_the_certificate_of_another_name_is_not_accepted(tls, names):
    names(evil_example=["127.0.0.1"])

    with pytest.raises(outgoing.Unreachable, match="cannot prove"):
        outgoing.get(f"https://evil.example:{tls.port}/")
    assert tls.heard == []


@pytest.mark.usefixtures("loopback")
def test_a_certificate_nobody_vouches_for_is_not_accepted(tls, names):
    names(shop_example=["127.0.0.1"])

    with pytest.raises(outgoing.Unreachable, match="cannot prove"):
        outgoing.get(f"https://shop.example:{tls.port}/")


@pytest.mark.usefixtures("loopback", "trusted")
def test_a_redirect_does_not_take_the_protection_away(serve, names, certificate):
    plain = serve(says("200 OK"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    secure = serve(says("302 Found", Location=plain.url), tls=context)
    names(shop_example=["127.0.0.1"])

    with pytest.raises(outgoing.Refused, match="unprotected"):
        outgoing.get(f"https://shop.example:{secure.port}/")
    assert plain.heard == []


@pytest.mark.usefixtures("loopback")
def test_a_handshake_that_never_ends_is_given_up(serve):
    server = serve(says("200 OK"))
    server._talk = lambda line: (server.stop.wait(5), line.close())

    with pytest.raises(outgoing.TooSlow), within(4):
        outgoing.get(f"https://127.0.0.1:{server.port}/", timeout=0.5)


@pytest.mark.usefixtures("loopback")
def test_what_is_no_json_says_so(serve):
    with pytest.raises(json.JSONDecodeError):
        outgoing.get(serve(says("200 OK", b"<html>")).url).json()
