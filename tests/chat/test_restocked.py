"""Who waits for something that is sold out is told once when it is back, in the talk and by mail."""

from datetime import timedelta

import pytest
from django.core import mail

from accounts import privacy
from chat import actions, outbox, restocked, turns
from chat.models import Action, StockAlert
from chat.turns import Reply, Wanted
from tests.factories import ProductFactory, VariantFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def chair(shop):
    return VariantFactory(product=ProductFactory(shop=shop, name="Garden chair"), name="green", stock=0)


@pytest.fixture
def waits(conversation, say, later):
    """A shopper asks to be told of a product, or of one variant."""
    said = []

    def waits(variant, *, only=False):
        said.append(say("tell me when it is back", number=len(said) + 1, at=later + timedelta(minutes=len(said))))
        turn = turns.claim(conversation.pk, at=later + timedelta(minutes=len(said)))
        told = {
            "product": variant.product.external_id,
            "variant": variant.sku if only else "",
            "email": "m@example.com",
        }
        outbox.post_reply(turn, Reply("Noted.", actions=(Wanted(restocked.KIND, told),)), at=later)
        Action.objects.update(due_at="2020-01-01T00:00Z")
        actions.execute(Action.objects.latest("pk").pk)
        conversation.refresh_from_db()

    return waits


def told(conversation):
    found = conversation.messages.filter(author="system").in_order().values_list("text", flat=True)
    return [text for text in found if "can be ordered again" in text]


def test_the_whole_talk_ends_in_somebody_who_waits(chair, talk, settings):
    settings.EMBEDDINGS = "fake"
    minutes = iter(range(9))
    for said in ("Tell me when it is back in stock", "the Garden chair", "maria@example.com", "yes"):
        message = talk(said, after=timedelta(minutes=next(minutes)))
    assert "You will hear from us" in message.text
    Action.objects.update(due_at="2020-01-01T00:00Z")
    actions.execute(Action.objects.get().pk)

    alert = StockAlert.objects.get()
    assert (alert.product, alert.variant, alert.email) == (chair.product, None, "maria@example.com")


def test_of_several_the_sold_out_ones_are_offered_and_one_is_waited_for(chair, talk, settings):
    settings.EMBEDDINGS = "fake"
    VariantFactory(product=chair.product, name="red", stock=3)
    other = VariantFactory(product=chair.product, name="blue", stock=0)
    minutes = iter(range(9))
    talk("Tell me when it is back in stock", after=timedelta(minutes=next(minutes)))
    message = talk("the Garden chair", after=timedelta(minutes=next(minutes)))
    assert [card["title"] for card in message.details["cards"]] == ["1. green", "2. blue"]
    for said in ("2", "maria@example.com", "yes"):
        talk(said, after=timedelta(minutes=next(minutes)))
    Action.objects.update(due_at="2020-01-01T00:00Z")
    actions.execute(Action.objects.get().pk)

    assert StockAlert.objects.get().variant == other


def test_nobody_is_told_before_it_is_back_and_everybody_once(chair, waits, conversation, later):
    waits(chair)
    waits(chair)
    assert StockAlert.objects.count() == 1
    assert restocked.tell(at=later) == restocked.mail(at=later) == 0

    chair.stock = 2
    chair.save()
    for _again in range(3):
        restocked.tell(at=later)
        restocked.mail(at=later)

    assert told(conversation) == ["Garden chair can be ordered again."]
    assert [letter.to for letter in mail.outbox] == [["m@example.com"]]
    assert "Garden chair" in mail.outbox[0].body


def test_a_variant_is_waited_for_and_not_its_sister(chair, waits, conversation, later):
    waits(chair, only=True)
    VariantFactory(product=chair.product, name="red", stock=5)
    assert restocked.tell(at=later) == 0

    chair.stock = 1
    chair.save()
    assert restocked.tell(at=later) == 1
    assert told(conversation) == ["Garden chair, green can be ordered again."]


def test_what_is_no_longer_sold_is_not_back(chair, waits, later):
    waits(chair)
    chair.stock = 2
    chair.save()
    type(chair.product).objects.update(is_sold=False)

    assert restocked.tell(at=later) == 0


def test_a_mail_that_does_not_leave_is_tried_again(chair, waits, later, monkeypatch):
    from django.core.mail import EmailMessage

    waits(chair)
    type(chair).objects.update(stock=1)
    restocked.tell(at=later)
    with monkeypatch.context() as patch:
        patch.setattr(EmailMessage, "send", lambda self: (_ for _ in ()).throw(OSError("away")))
        assert restocked.mail(at=later) == 0
    assert restocked.mail(at=later + timedelta(minutes=1)) == 0
    assert restocked.mail(at=later + timedelta(minutes=6)) == 1
    assert len(mail.outbox) == 1


def test_it_is_handed_over_and_erased_with_the_person(chair, waits, customer):
    waits(chair)
    listing = privacy.LISTINGS["chat.stockalert"]

    assert [row["email"] for row in listing.export(customer)] == ["m@example.com"]
    assert listing.erase(customer) == 1
    assert not StockAlert.objects.exists()


def test_a_talk_cannot_wait_for_all_there_is(shop, waits, monkeypatch):
    monkeypatch.setattr(restocked, "MOST", 1)
    for name in ("a", "b"):
        waits(VariantFactory(product=ProductFactory(shop=shop, name=name), stock=0))

    assert StockAlert.objects.count() == 1
