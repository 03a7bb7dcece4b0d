"""Pictures of articles: checked, made anew so that nothing hidden in them comes along, and kept."""

import io
from datetime import datetime
from pathlib import PurePath
from typing import IO, Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from accounts.models import Shop
from knowledge.models import Picture, Revision

LARGEST = 10_000_000  # bytes of a file
MOST_PIXELS = 40_000_000  # of all its frames together
WIDEST = 2_000  # pixels that are kept in either direction
FORMATS = {"PNG": "png", "JPEG": "jpg", "GIF": "gif", "WEBP": "webp"}


class NotAccepted(Exception):
    """This picture cannot be kept; the text says why."""


class StillShown(Exception):
    def __init__(self) -> None:
        super().__init__(_("An article still shows this picture."))


def add(shop: Shop, file: IO[bytes], *, name: str = "", description: str = "", at: datetime) -> Picture:
    """Keep a picture for the articles of a shop."""
    drawn, suffix = _drawn_anew(file)
    picture = Picture(shop=shop, description=description.strip()[:300] or _spoken(name), created_at=at)
    with Image.open(io.BytesIO(drawn)) as shown:
        picture.width, picture.height = shown.size
    picture.file.save(f"{picture.public_id.hex}.{suffix}", ContentFile(drawn), save=False)
    try:
        with transaction.atomic():
            picture.save()
    except Exception:
        picture.file.delete(save=False)
        raise
    return picture


@transaction.atomic
def remove(picture: Picture) -> None:
    """Throw away a picture that no article shows."""
    if shown_in(picture):
        raise StillShown
    stored, name = picture.file.storage, picture.file.name
    picture.delete()
    transaction.on_commit(lambda: stored.delete(name or ""), robust=True)


def shown_in(picture: Picture) -> int:
    """How many articles show a picture, in whichever of their revisions."""
    told = Revision.objects.filter(article__shop=picture.shop_id, body__contains=str(picture.public_id))
    return told.order_by().values("article").distinct().count()


def _drawn_anew(file: IO[bytes]) -> tuple[bytes, str]:
    """The picture as pixels say it, without whatever else the file held; and the ending of its name."""
    raw = file.read(LARGEST + 1)
    if not raw:
        raise NotAccepted(_("This file is empty."))
    if len(raw) > LARGEST:
        raise NotAccepted(_("This picture is larger than %(most)s MB.") % {"most": LARGEST // 1_000_000})
    try:
        with Image.open(io.BytesIO(raw), formats=list(FORMATS)) as probe:
            if probe.width * probe.height * getattr(probe, "n_frames", 1) > MOST_PIXELS:
                raise NotAccepted(_("This picture has too many pixels. Make it smaller and try again."))
            probe.verify()
        with Image.open(io.BytesIO(raw), formats=list(FORMATS)) as picture:
            return _saved(picture, str(picture.format)), FORMATS[str(picture.format)]
    except UnidentifiedImageError:
        raise NotAccepted(_("Only PNG, JPEG, GIF and WebP pictures can be shown.")) from None
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError):
        raise NotAccepted(_("This picture is damaged.")) from None


def _saved(picture: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    frames = [_small(frame) for frame in ImageSequence.Iterator(picture)]
    how: dict[str, Any] = {"quality": 85} if kind in ("JPEG", "WEBP") else {"optimize": True}
    if len(frames) > 1:
        how |= {"save_all": True, "append_images": frames[1:], "duration": picture.info.get("duration", 100)}
        how |= {"loop": picture.info.get("loop", 0), "disposal": 2} if kind == "GIF" else {"loop": 0}
    frames[0].save(out, kind, **how)
    return out.getvalue()


def _small(frame: Image.Image) -> Image.Image:
    """Upright, no larger than needed, and nothing but pixels."""
    upright = ImageOps.exif_transpose(frame)
    upright.thumbnail((WIDEST, WIDEST))
    bare = Image.new(upright.mode, upright.size)
    if upright.mode == "P":
        bare.putpalette(upright.getpalette() or [])
    bare.paste(upright)
    if "transparency" in upright.info:
        bare.info["transparency"] = upright.info["transparency"]
    return bare


def _spoken(name: str) -> str:
    """What a file's name says of a picture, until somebody says it better."""
    return " ".join(PurePath(name).stem.replace("_", " ").replace("-", " ").split())[:300]
