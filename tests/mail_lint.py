"""What is wrong with a mail as it leaves: by RFC 5322, 2045 and 3834, and by what mailboxes need to keep a thread."""

import re
from email import message_from_bytes, policy
from email.utils import getaddresses, parsedate_to_datetime

ONCE = ("From", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type")
AT_MOST_ONCE = ("To", "Reply-To", "In-Reply-To", "References", "Sender", "Cc", "Bcc", "Auto-Submitted")
_ID = re.compile(r"<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+>")


def lint(raw: bytes) -> list[str]:
    """Each thing that is wrong, in words; nothing, if it may leave."""
    wrong = []
    head = raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    if b"\r" in raw.replace(b"\r\n", b"\n"):
        wrong.append("a carriage return stands alone")
    if any(byte > 126 or (byte < 32 and byte not in b"\t\n") for byte in head):
        wrong.append("a header is not plain ASCII")
    if any(len(line) > 998 for line in raw.replace(b"\r\n", b"\n").split(b"\n")):
        wrong.append("a line is longer than 998 characters")
    mail = message_from_bytes(raw, policy=policy.default)
    wrong += [f"{defect}" for part in mail.walk() for defect in part.defects]
    for name in (*ONCE, *AT_MOST_ONCE):
        number = len(mail.get_all(name, []))
        if number > 1 or (name in ONCE and number != 1):
            wrong.append(f"{name} is there {number} times")
    for name in ("From", "To", "Reply-To"):
        for _who, address in getaddresses([str(value) for value in mail.get_all(name, [])]):
            if not re.fullmatch(r"[^@\s]{1,64}@[A-Za-z0-9.-]+", address):
                wrong.append(f"{name} has no address: {address!r}")
    if not mail.get_all("To") or not str(mail["Subject"] or "").strip():
        wrong.append("it is to nobody, or about nothing")
    try:
        parsedate_to_datetime(str(mail["Date"]))
    except (TypeError, ValueError):
        wrong.append("its date is none")
    return wrong + _threading(mail) + _body(mail)


def _threading(mail) -> list[str]:
    wrong = []
    own, reply = (str(mail[name] or "").strip() for name in ("Message-ID", "In-Reply-To"))
    past = str(mail["References"] or "").split()
    for one in (own, *([reply] if reply else []), *past):
        if not _ID.fullmatch(one):
            wrong.append(f"{one!r} names no mail")
    if reply and (not past or past[-1] != reply):
        wrong.append("In-Reply-To is not the last of References")
    if own in past:
        wrong.append("it refers to itself")
    return wrong


def _body(mail) -> list[str]:
    if not mail.is_multipart():
        return [] if mail.get_content_type() == "text/plain" and mail.get_content().strip() else ["it has no words"]
    kinds = [part.get_content_type() for part in mail.walk() if not part.is_multipart()]
    if mail.get_content_type() == "multipart/alternative" and kinds != ["text/plain", "text/html"]:
        return [f"plain words do not come before HTML: {kinds}"]
    return (
        []
        if all(part.get_content().strip() for part in mail.walk() if part.get_content_maintype() == "text")
        else ["a part is empty"]
    )
