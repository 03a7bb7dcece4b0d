"""Files people send: what is allowed, where it lies, and how it comes to a message."""

import io
import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from importlib import import_module
from pathlib import PurePath
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image, ImageOps

from analytics.ledger import events
from chat import talk
from chat.models import Attachment, Conversation, Message

logger = logging.getLogger(__name__)

# What may come in, and how its first bytes must look: a name proves nothing.
KINDS: dict[str, tuple[str, tuple[bytes, ...]]] = {
    ".png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
    ".jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    ".jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
    ".gif": ("image/gif", (b"GIF87a", b"GIF89a")),
    ".webp": ("image/webp", (b"RIFF",)),
    ".pdf": ("application/pdf", (b"%PDF-",)),
    ".txt": ("text/plain", ()),
    ".csv": ("text/csv", ()),
}
MISSING = gettext_lazy("Please choose a file.")
PREVIEW = (640, 640)
PIXELS = 40_000_000


class NotAccepted(talk.Refused):
    """This file cannot be sent here; the text says why."""


def upload(
    conversation: Conversation, file: "UploadedFile[Any]", *, client_id: str, by_shopper: bool, at: datetime
) -> Attachment:
    """Keep a file for a message to come. The same client id again gives the same file."""
    kept: Attachment | None = Attachment.objects.filter(conversation=conversation, client_id=client_id).first()
    if kept is not None:
        return kept
    content_type = _checked(file)
    _scan(file)
    attachment = Attachment(
        conversation=conversation,
        by_shopper=by_shopper,
        client_id=client_id,
        name=_plain_name(file.name or ""),
        content_type=content_type,
        size=file.size or 0,
        at=at,
    )
    file.seek(0)
    attachment.file.save("", file, save=False)
    if content_type.startswith("image/") and (preview := _preview(file)) is not None:
        attachment.preview.save("", ContentFile(preview), save=False)
    try:
        with transaction.atomic():
            attachment.save()
            events.record(
                "attachment.added", conversation=conversation, attachment=attachment, at=at, bytes=attachment.size
            )
    except IntegrityError:
        for stored in (attachment.file, attachment.preview):
            if stored:
                stored.delete(save=False)
        return Attachment.objects.get(conversation=conversation, client_id=client_id)
    return attachment


def attach(message: Message, ids: Iterable[UUID], *, by_shopper: bool) -> None:
    """Say uploaded files with a message: only files of this conversation, from this side, not said before."""
    wanted = list(dict.fromkeys(ids))
    free = Attachment.objects.filter(
        conversation_id=message.conversation_id, public_id__in=wanted, by_shopper=by_shopper, message=None
    )
    if free.update(message=message) != len(wanted):
        raise NotAccepted(_("A file of this message is no longer there. Please attach it again."))


def _checked(file: "UploadedFile[Any]") -> str:
    if not file.size:
        raise NotAccepted(_("This file is empty."))
    if file.size > settings.ATTACHMENT_BYTES:
        megabytes = settings.ATTACHMENT_BYTES // 1_000_000
        raise NotAccepted(_("This file is too large. Up to %(limit)s MB can be sent.") % {"limit": megabytes})
    kind = KINDS.get(PurePath(file.name or "").suffix.lower())
    if kind is None:
        raise NotAccepted(_("This kind of file cannot be sent. Pictures, PDF, text and CSV files can."))
    content_type, beginnings = kind
    file.seek(0)
    head = file.read(1024)
    is_right = head.startswith(beginnings) if beginnings else b"\x00" not in head
    if content_type == "image/webp":
        is_right = is_right and head[8:12] == b"WEBP"
    if not is_right:
        raise NotAccepted(_("This file is not what its name says."))
    return content_type


def _scan(file: "UploadedFile[Any]") -> None:
    """Ask the virus scanner, where one is set: a function of a file that returns what it found, or nothing."""
    if not settings.ATTACHMENT_SCANNER:
        return
    module, _dot, name = settings.ATTACHMENT_SCANNER.rpartition(".")
    scanner: Callable[[UploadedFile[Any]], str | None] = getattr(import_module(module), name)
    file.seek(0)
    try:
        found = scanner(file)
    except Exception:
        logger.exception("The virus scanner failed")
        raise NotAccepted(_("This file could not be checked just now. Please try again in a minute.")) from None
    if found:
        raise NotAccepted(_("This file was refused by the virus scanner."))


def _plain_name(name: str) -> str:
    name = PurePath(name.replace("\\", "/")).name
    name = "".join(c for c in name if c.isprintable() and c not in '<>:"/|?*')
    if len(name) > 200:
        suffix = PurePath(name).suffix[:20]
        name = name[: 200 - len(suffix)] + suffix
    return name or "file"


def _preview(file: "UploadedFile[Any]") -> bytes | None:
    """A small, clean copy of a picture: made anew, so nothing hidden in the original comes along."""
    try:
        file.seek(0)
        with Image.open(file) as picture:
            if picture.width * picture.height > PIXELS:
                return None
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail(PREVIEW)
            small = io.BytesIO()
            upright.convert("RGB").save(small, "WEBP", quality=80)
            return small.getvalue()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
