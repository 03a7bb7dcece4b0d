"""Pictures come in clean, are shown to whoever has their address, and go when no article shows them."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from knowledge import articles, pictures
from knowledge.models import Picture
from tests.factories import ShopFactory

UPLOAD = reverse("admin:knowledge_picture_upload")


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"upload": ""}


def drawn(kind="PNG", size=(40, 20), **how):
    file = io.BytesIO()
    Image.new("RGB", size, "teal").save(file, kind, **how)
    return file.getvalue()


def kept(shop, raw, **told):
    return pictures.add(shop, io.BytesIO(raw), at=timezone.now(), **told)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_picture_is_kept_and_shown(client, shop, kind):
    picture = kept(shop, drawn(kind), name="red_lamp.bin")
    answer = client.get(picture.get_absolute_url())
    shown = Image.open(io.BytesIO(b"".join(answer.streaming_content)))
    assert (shown.format, shown.size, answer["Content-Type"]) == (kind, (40, 20), f"image/{kind.lower()}")
    assert "immutable" in answer["Cache-Control"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert picture.markdown == f"![red lamp]({picture.get_absolute_url()})"


def test_where_and_by_whom_it_was_taken_stays_behind(shop):
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Secret camera", 6  # maker; turned by a quarter
    exif.get_ifd(0x8825)[2] = (38.0, 42.0, 0.0)
    picture = kept(shop, drawn("JPEG", exif=exif) + b"<script>behind the end</script>")
    raw = picture.file.read()
    assert b"Secret camera" not in raw
    assert b"script" not in raw
    shown = Image.open(io.BytesIO(raw))
    assert not shown.getexif()
    assert shown.size == (20, 40)  # upright


def test_words_hidden_in_a_png_or_gif_stay_behind(shop):
    from PIL.PngImagePlugin import PngInfo

    said = PngInfo()
    said.add_text("Comment", "Secret words")
    assert b"Secret words" not in kept(shop, drawn("PNG", pnginfo=said)).file.read()
    assert b"Secret words" not in kept(shop, drawn("GIF", comment=b"Secret words")).file.read()


def test_what_moves_still_moves_and_what_is_clear_stays_clear(shop):
    frames = [Image.new("RGB", (10, 10), colour) for colour in ("red", "green", "blue")]
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], duration=80, loop=0)
    assert Image.open(kept(shop, file.getvalue()).file).n_frames == 3
    clear = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(clear, "PNG")
    assert Image.open(kept(shop, clear.getvalue()).file).convert("RGBA").getpixel((0, 0))[3] == 0


def test_a_large_picture_is_made_as_large_as_a_page_needs(shop):
    assert Image.open(kept(shop, drawn("JPEG", (4000, 1000))).file).size == (2000, 500)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        b"\x89PNG\r\n\x1a\n<html>",
        b"GIF89a" + b"\x00" * 50,
        drawn("PNG")[:40],
        drawn("BMP"),
        b"\x00" * (pictures.LARGEST + 1),
    ],
)
def test_what_is_no_picture_is_refused_with_a_sentence(shop, raw):
    with pytest.raises(pictures.NotAccepted, match=r"\.$"):
        kept(shop, raw)
    assert not Picture.objects.exists()


def test_a_bomb_is_refused_before_it_is_unpacked(shop, monkeypatch):
    monkeypatch.setattr(pictures, "MOST_PIXELS", 100)
    with pytest.raises(pictures.NotAccepted, match="too many pixels"):
        kept(shop, drawn())


def test_dropped_into_a_text_it_gives_its_markdown(client_of, boss, shop):
    file = SimpleUploadedFile("a[]lamp.png", drawn(), "image/png")
    answer = client_of(boss).post(UPLOAD, {"file": file, "shop": shop.pk})
    picture = Picture.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {"markdown": f"![alamp]({picture.get_absolute_url()})"}
    bad = client_of(boss).post(UPLOAD, {"file": SimpleUploadedFile("x.png", b"<html>"), "shop": shop.pk})
    assert bad.status_code == 422
    assert "Only PNG" in bad.json()["error"]


def test_nothing_can_be_put_into_a_foreign_shop(client_of, boss, shop):
    elsewhere, browser = ShopFactory(), client_of(boss)
    told = {"shop": elsewhere.pk, "description": "x"}
    for page in (UPLOAD, reverse("admin:knowledge_picture_add")):
        answer = browser.post(page, told | {"file": SimpleUploadedFile("x.png", drawn())})
        assert answer.status_code in (200, 422)
    for shop_pk in ("", "x", "99999999999999999999"):
        assert browser.post(UPLOAD, {"shop": shop_pk, "file": SimpleUploadedFile("x.png", drawn())}).status_code == 422
    assert not Picture.objects.exists()


def test_pictures_have_a_page_to_describe_and_throw_away(client_of, boss, shop, django_capture_on_commit_callbacks):
    browser = client_of(boss)
    add = reverse("admin:knowledge_picture_add")
    bad = browser.post(add, {"shop": shop.pk, "file": SimpleUploadedFile("x.png", b"<html>")})
    assert b"Only PNG" in bad.content
    browser.post(add, {"shop": shop.pk, "file": SimpleUploadedFile("red-lamp.png", drawn())})
    picture = Picture.objects.get()
    assert picture.description == "red lamp"
    page = reverse("admin:knowledge_picture_change", args=[picture.pk])
    browser.post(page, {"description": "A red lamp", "shop": ShopFactory().pk, "public_id": "0" * 32})
    fresh = Picture.objects.get()
    assert (fresh.description, fresh.shop, fresh.public_id) == ("A red lamp", shop, picture.public_id)
    article = articles.draft(shop, title="Lamps", body=picture.markdown)
    gone = reverse("admin:knowledge_picture_delete", args=[picture.pk])
    assert browser.post(gone, {"post": "yes"}).status_code == 403
    with pytest.raises(pictures.StillShown):
        pictures.remove(picture)
    article.delete()
    with django_capture_on_commit_callbacks(execute=True):
        assert browser.post(gone, {"post": "yes"}).status_code == 302
    assert not Picture.objects.exists()
    assert not picture.file.storage.exists(picture.file.name)
