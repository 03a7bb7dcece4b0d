import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from chat import attachments, intake
from chat.models import Attachment

pytestmark = pytest.mark.django_db


def picture(size=(900, 600), kind="PNG"):
    data = io.BytesIO()
    Image.new("RGB", size, "teal").save(data, kind)
    return data.getvalue()


@pytest.fixture
def upload(conversation, now, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path

    def kept(name, content, client_id="file-0001", by_shopper=True):
        file = SimpleUploadedFile(name, content)
        return attachments.upload(conversation, file, client_id=client_id, by_shopper=by_shopper, at=now)

    return kept


def found(scanned):
    return "a virus"


def broken(scanned):
    raise OSError


def test_a_picture_is_kept_with_a_small_clean_copy(upload):
    kept = upload("Mug broken.PNG", picture())
    assert kept.content_type == "image/png"
    with Image.open(kept.preview) as small:
        assert max(small.size) <= 640


def test_where_a_file_lies_says_nothing_about_it(upload):
    kept = upload("maria-passport.png", picture())
    assert "maria" not in kept.file.name
    assert str(kept.conversation.public_id) not in kept.file.name


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("run.exe", b"MZ"),
        ("page.html", b"<script>"),
        ("logo.svg", b"<svg onload=alert(1)>"),
        ("picture.png", b"<html>not a picture"),
        ("letter.pdf", b"MZ not a letter"),
        ("picture.webp", b"RIFFxxxxWAVE"),
        ("notes.txt", b"a\x00b"),
        ("empty.txt", b""),
        ("noending", b"hello"),
    ],
)
def test_what_is_not_on_the_list_or_lies_about_itself_is_refused(upload, name, content):
    with pytest.raises(attachments.NotAccepted):
        upload(name, content)
    assert not Attachment.objects.exists()


def test_a_file_too_large_is_refused(upload, settings):
    settings.ATTACHMENT_BYTES = 100
    with pytest.raises(attachments.NotAccepted):
        upload("notes.txt", b"a" * 101)


@pytest.mark.parametrize("scanner", ["found", "broken"])
def test_what_the_scanner_finds_or_cannot_check_is_refused(upload, settings, scanner):
    settings.ATTACHMENT_SCANNER = f"tests.chat.test_attachments.{scanner}"
    with pytest.raises(attachments.NotAccepted):
        upload("notes.txt", b"hello")


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\temp\\a.txt", "a.txt"),
        ("<b>.txt", "b.txt"),
        ("a\r\nSet-Cookie.txt", "aSet-Cookie.txt"),
    ],
)
def test_a_file_name_is_made_plain(upload, name, plain):
    assert attachments._plain_name(name) == plain


def test_the_same_upload_twice_is_one_file(upload):
    assert upload("notes.txt", b"hello").pk == upload("notes.txt", b"hello").pk


def test_a_file_is_said_with_a_message_once(upload, conversation, now):
    kept = upload("notes.txt", b"hello")
    intake.receive(intake.Inbound(conversation.pk, "client-1", "", files=(kept.public_id,)), at=now)
    with pytest.raises(attachments.NotAccepted):
        intake.receive(intake.Inbound(conversation.pk, "client-2", "", files=(kept.public_id,)), at=now)


@pytest.mark.parametrize("whose", ["nobody", "staff", "other"])
def test_nobody_says_a_file_that_is_not_hers(upload, conversation, now, whose, omar, shop):
    from accounts import people

    target = conversation
    file_id = uuid.uuid4()
    if whose == "staff":
        file_id = upload("notes.txt", b"hello", by_shopper=False).public_id
    if whose == "other":
        file_id = upload("notes.txt", b"hello").public_id
        target = intake.open_conversation(people.customer_for(omar, shop), opening_id="opening-2", at=now)
    with pytest.raises(attachments.NotAccepted):
        intake.receive(intake.Inbound(target.pk, "client-1", "look", files=(file_id,)), at=now)


def test_a_picture_that_is_a_bomb_gets_no_copy(upload, monkeypatch):
    monkeypatch.setattr(attachments, "PIXELS", 10)
    assert not upload("mug.png", picture()).preview
