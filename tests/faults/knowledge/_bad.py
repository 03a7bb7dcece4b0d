"""What is brought to the importer, and asked at every door, that should not be; each with what must come of it."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

FIFTY_MEGABYTES = 50_000_000
GOOD = ("good.md", b"---\nid: good\ntitle: A good article\n---\nIt lies beside a bad one.\n")


def _zip(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return held.getvalue()


def _lines(*rows: dict) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def _bomb() -> bytes:
    return _zip(*((f"{number}.md", b"a" * 100_000_000) for number in range(10)), GOOD)


# Name, contents, and whether the file itself is refused with a reason; otherwise it is read, as far as it goes.
FILES: tuple[tuple[str, Callable[[], bytes], bool], ...] = (
    ("fifty.md", lambda: b"# Long\n\n" + b"word " * (FIFTY_MEGABYTES // 5), True),
    ("fifty.jsonl", lambda: _lines({"id": "fifty", "title": "Long", "content": "word " * 10_000_000}), True),
    ("fifty.html", lambda: b"<title>Long</title><p>" + b"word " * (FIFTY_MEGABYTES // 5), True),
    ("fifty.zip", lambda: _zip(("long.md", b"word " * (FIFTY_MEGABYTES // 5))), True),
    ("deep.html", lambda: b"<div>" * 200_000 + b"deep", False),
    ("bomb.zip", _bomb, True),
    ("nested.zip", lambda: _zip(("inner.zip", _bomb()), ("one.md", b"# One\n\nText.")), False),
    (
        "outside.zip",
        lambda: _zip(("../../outside.md", b"# Outside\n\nText."), ("/etc/it.md", b"# Root\n\nText.")),
        False,
    ),
    ("cut.zip", lambda: _zip(GOOD)[:60], True),
    ("no.zip", lambda: b"This is not a zip file.", True),
    ("open.md", lambda: b"---\ntitle: Never closed\n\nText.", True),
    ("broken.md", lambda: b"---\ntitle: [1, 2\n---\nText.", True),
    ("list.md", lambda: b"---\n- a\n- b\n---\nText.", True),
    ("tabs.md", lambda: b"---\n\ttitle: Tabs\n---\nText.", True),
    (
        "laughs.md",
        lambda: b"---\na: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a]\ntitle: *b\n---\nText.",
        True,
    ),
    ("python.md", lambda: b"---\ntitle: !!python/object/apply:os.system ['touch executed']\n---\nText.", True),
    ("latin.md", lambda: "# Größe\n\nDie Größe der Schuhe für Mädchen.".encode("latin-1"), False),
    ("wide.md", lambda: "# Größe\n\nDie Größe der Hüte.".encode("utf-16"), False),
    (
        "mixed.md",
        lambda: "# Gemischt\n\nGröße ".encode() + "Maß ".encode("latin-1") + "大きさ".encode("shift-jis"),
        False,
    ),
    ("nul.md", lambda: b"# Nul\n\nOne\x00two\x00three.", False),
    ("binary.md", lambda: bytes(range(256)) * 40, False),
    ("twice.jsonl", lambda: _lines(*({"id": "same", "title": f"Title {n}", "content": "Text."} for n in (1, 2))), True),
    ("not.jsonl", lambda: b'{"id": 1,\n[1, 2]\nnull\n"text"\n' + b"[" * 100_000 + b"\n", True),
    ("odd.jsonl", lambda: _lines({"id": {"a": 1}, "title": ["x"], "content": 7}, {"id": "", "title": ""}), True),
    (
        "script.jsonl",
        lambda: _lines(
            {
                "id": "script",
                "title": "<script>1</script>",
                "content": "<script>alert(1)</script> [a](javascript:alert(1))",
            }
        ),
        False,
    ),
    ("article.exe", lambda: b"MZ", True),
)

# Addresses in our own network, in every spelling; {port} is where somebody listens who must not be called.
SITEMAPS = (
    "http://127.0.0.1:{port}/sitemap.xml",
    "http://localhost:{port}/sitemap.xml",
    "http://[::1]:{port}/sitemap.xml",
    "http://0.0.0.0:{port}/sitemap.xml",
    "http://2130706433:{port}/sitemap.xml",
    "http://0x7f000001:{port}/sitemap.xml",
    "http://0177.0.0.1:{port}/sitemap.xml",
    "http://127.1:{port}/sitemap.xml",
    "http://[::ffff:127.0.0.1]:{port}/sitemap.xml",
    "http://user@127.0.0.1:{port}/sitemap.xml",
    "http://10.0.0.1/sitemap.xml",
    "http://192.168.0.1/sitemap.xml",
    "http://172.16.0.1/sitemap.xml",
    "http://169.254.169.254/latest/meta-data/",
    "http://[fd00::1]/sitemap.xml",
    "https://127.0.0.1:{port}/sitemap.xml",
)

QUESTIONS = {
    "100,000 characters": ("How do I return my shoes? " * 4_000)[:100_000],
    "one word of 100,000": "a" * 100_000,
    "100,000 brackets": "(" * 100_000,
    "empty": "",
    "spaces": " \t\n ",
    "emoji": "😀🎉👟👟🔥",
    "one emoji": "👩‍👩‍👧‍👦",
    "dots": "...???!!!",
    "sql": "'; DROP TABLE knowledge_article; --",
    "sql too": "x' OR 1=1 UNION SELECT password FROM accounts_user --",
    "percent": "%s %(shop)s 100 % {0} {shop} \\",
    "html": "<script>alert('CANARY')</script>",
    "an attribute": '" onmouseover="alert(\'CANARY\')" x="',
    "template": "{{ settings.SECRET_KEY }} {% debug %} ${7*7}",
    "shell": "$(touch executed) `touch executed` | touch executed",
    "path": "../../../../etc/passwd",
    "right to left": "\u202eseohs nruter\u202c \u200f\u200e",
    "combining": "z\u0301\u0302\u0303\u0304" * 500,
    "controls": "\x01\x02\x1b[31mred\x7f",
    "search operators": "shoes & !returns | (hats <-> *) : \\",
    "chinese": "我怎么退货",
    "arabic": "كيف أعيد الحذاء؟",
}


def lay(folder: Path, name: str, content: bytes) -> Path:
    """One bad file, with a good article beside it."""
    where = folder / name.replace(".", "-")
    where.mkdir()
    (where / name).write_bytes(content)
    (where / GOOD[0]).write_bytes(GOOD[1])
    return where
