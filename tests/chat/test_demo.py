"""The demo's talks happen through the stories, at their times, and leave nobody waiting but those who should."""

from datetime import timedelta

import pytest

from accounts import demo as people
from accounts.models import Customer, Shop, User
from analytics.ledger.models import Event
from chat import demo
from chat.demo import scripts
from chat.models import Author, Conversation, Holder, Message
from knowledge import demo as knowledge
from knowledge.models import Gap
from tests.factories import NOON

FILES = sorted(scripts.HERE.glob("*/*.txt"))


@pytest.fixture(autouse=True)
def _instant_vectors(settings):
    settings.EMBEDDINGS = "fake"


def seed(slug, *, articles=False):
    people.seed(NOON)
    shop = Shop.objects.get(slug=slug)
    if articles:
        knowledge.seed(shop, by=User.objects.get(email="boss@demo.example"), at=NOON)
        knowledge.embed(lambda done, total: None)
    demo.seed(shop, at=NOON, progress=lambda done, total: None)
    return shop


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_script_can_be_read_aloud(path):
    for _head, lines in scripts.blocks(path.read_text(encoding="utf-8")):
        assert lines[0].who == ">"
        assert not [line.text for line in lines if "!" in line.text]
        assert {line.text.split()[0] for line in lines if line.who == "*"} <= {
            "person",
            "wait",
            "close",
            "back",
            "unread",
        }


def test_a_line_that_means_nothing_is_named():
    with pytest.raises(scripts.Illegible, match="carla: Hello"):
        scripts.blocks("== maria@demo.example, 2 days ago 09:05\n> Hello\ncarla: Hello")


@pytest.mark.django_db
def test_the_small_shop_answers_from_its_own_articles():
    shop = seed("small-hours", articles=True)

    talks = Conversation.objects.filter(shop=shop).order_by("opened_at")
    answered = Message.objects.filter(conversation__in=talks, author=Author.BOT, details__has_key="sources")
    assert answered.exists()
    for message in answered:
        assert NOON - timedelta(days=90) < message.at < NOON
    asked = talks.last()
    assert (asked.customer.is_guest, asked.holder, asked.staff_read_seq < asked.last_seq) == (True, Holder.QUEUE, True)


@pytest.mark.django_db
def test_the_talks_of_the_large_shop_are_in_all_states(hear):
    shop = seed("lumen-and-loom")

    talks = Conversation.objects.filter(shop=shop)
    assert set(talks.values_list("customer__language", flat=True)) == {"en", "de", "es", "fr"}
    assert set(talks.filter(closed_at=None).values_list("holder", flat=True)) >= {Holder.QUEUE, Holder.PERSON}
    assert talks.exclude(closed_at=None).count() > 40
    assert talks.order_by("-last_seq").first().last_seq > 90
    assert talks.filter(customer__user=None, customer__email_verified=False).exists()
    assert talks.filter(customer__email="maria@demo.example", closed_at=None).exists()
    # Nobody waits for longer than today, nothing is still to be answered, nothing happens after now.
    assert not talks.filter(holder=Holder.QUEUE, waiting_since__lt=NOON - timedelta(hours=12)).exists()
    assert not talks.exclude(turn_due_at=None).exists()
    assert not Message.objects.filter(at__gt=NOON).exists()
    assert not Event.objects.filter(at__gt=NOON).exists()
    for talk in talks:
        times = list(talk.messages.order_by("seq").values_list("at", flat=True))
        assert times == sorted(times)
    # What the assistant could not answer is on the editors' list, at its time.
    hear()
    assert Gap.objects.filter(shop=shop, first_at__lt=NOON - timedelta(days=30)).exists()
    # Once more changes nothing.
    before = list(Message.objects.order_by("pk").values_list("pk", flat=True)), Customer.objects.count()
    demo.seed(shop, at=NOON + timedelta(days=1), progress=lambda done, total: None)
    assert (list(Message.objects.order_by("pk").values_list("pk", flat=True)), Customer.objects.count()) == before
