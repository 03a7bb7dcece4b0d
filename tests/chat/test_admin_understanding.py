"""Where the assistant is taught and switched: an admin's own shops, and nobody else's."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from chat import evaluation, training
from chat.models import BotVersion, Example, Intent, Serving
from tests.chat.test_training import LESSONS

LIST = "admin:chat_botversion_changelist"


@pytest.fixture(autouse=True)
def _fake(settings):
    settings.EMBEDDINGS = "fake"


@pytest.fixture
def desk(boss):
    browser = Client()
    browser.force_login(boss, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


@pytest.fixture
def version(shop, now):
    def version(name, shop=shop):
        return training.train_now(shop, LESSONS, name=name, rejects=True, at=now, progress=lambda *_: None)

    return version


def lines(*rows):
    return SimpleUploadedFile("examples.jsonl", "".join(json.dumps(row) + "\n" for row in rows).encode())


def test_examples_are_brought_in_and_taken_out_again(desk, shop):
    rows = [
        {"text": "Where is my parcel?", "intent": "parcel", "language": "en"},
        {"text": "Wo ist mein Paket?", "intent": "parcel", "language": "de"},
        {"text": "Tell me a joke", "intent": None, "language": "en"},
    ]
    first = desk.post(reverse("admin:chat_intent_bring"), {"shop": shop.pk, "file": lines(*rows)})
    again = desk.post(reverse("admin:chat_intent_bring"), {"shop": shop.pk, "file": lines(*rows)}, follow=True)
    out = desk.get(reverse("admin:chat_intent_take_out"))

    assert first.status_code == 302
    assert "0 examples are new, 3 were known" in again.content.decode()
    assert sorted(map(json.dumps, rows)) == sorted(
        json.dumps(json.loads(line)) for line in out.getvalue().decode().splitlines()
    )
    assert Intent.objects.get(is_none=True).name == "none"


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (SimpleUploadedFile("a.jsonl", b"not json\n"), "Line 1 is not a JSON object"),
        (SimpleUploadedFile("a.jsonl", b'{"text": "a"}\n'), "Line 1 has no"),
        (SimpleUploadedFile("a.jsonl", b"\xff\xfe\x00"), "not text in UTF-8"),
        (SimpleUploadedFile("a.jsonl", b"\n\n"), "no example in the file"),
    ],
)
def test_a_bad_file_changes_nothing_and_says_why(desk, shop, file, why):
    file.seek(0)
    answer = desk.post(reverse("admin:chat_intent_bring"), {"shop": shop.pk, "file": file})

    assert answer.status_code == 422
    assert why in answer.content.decode()
    assert not Example.objects.exists()


def test_nothing_is_brought_into_anothers_shop(desk, other_shop):
    answer = desk.post(
        reverse("admin:chat_intent_bring"),
        {"shop": other_shop.pk, "file": lines({"text": "a", "intent": "b"})},
    )

    assert answer.status_code == 422
    assert not Intent.objects.exists()


def test_a_version_is_switched_and_rolled_back_by_a_click(desk, version, shop):
    one, two = version("one"), version("two")

    desk.post(reverse("admin:chat_botversion_promote", args=[one.pk]))
    desk.post(reverse("admin:chat_botversion_promote", args=[two.pk]))
    assert Serving.objects.get(shop=shop).version == two
    desk.post(reverse("admin:chat_botversion_roll_back", args=[two.pk]))
    assert Serving.objects.get(shop=shop).version == one


def test_anothers_version_is_not_switched(desk, version, other_shop):
    theirs = version("theirs", other_shop)

    assert desk.post(reverse("admin:chat_botversion_promote", args=[theirs.pk])).status_code == 403
    assert not Serving.objects.exists()


def test_a_link_switches_nothing(desk, version):
    assert desk.get(reverse("admin:chat_botversion_promote", args=[version("one").pk])).status_code == 403
    assert not Serving.objects.exists()


def test_training_is_asked_for_and_its_trouble_is_told(desk, shop):
    answer = desk.post(reverse("admin:chat_botversion_train"), {"shop": shop.pk, "name": "v9"}, follow=True)

    assert "at least two intents" in answer.content.decode()
    assert not BotVersion.objects.exists()


def test_the_page_of_a_version_shows_its_figures_beside_anothers(desk, version):
    one, two = version("one"), version("two")
    tried = [evaluation.Tried("parcel", "refund", 0.7), evaluation.Tried("refund", "refund", 0.9)]
    training.keep_figures(one, evaluation.report(tried))

    page = desk.get(reverse("admin:chat_botversion_change", args=[one.pk]), {"beside": two.pk}).content.decode()

    assert "two, rehearsed" in page
    assert "parcel: refund 1" in page  # a cell of the picture
    assert "Let this version answer" in page
    assert desk.get(reverse(LIST)).status_code == 200
