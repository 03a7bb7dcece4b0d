"""What helps an agent while she writes: suggestions that are never sent, saved replies, drafts nobody can lose."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import Shop
from chat import handoff, outbox
from chat.desk import drafts, saved, suggesting
from chat.models import Draft, Message, SavedReply
from knowledge import articles, recipes
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _instant_vectors(settings):
    settings.EMBEDDINGS = "fake"


@pytest.fixture
def agents(client_of, anna):
    return client_of(anna)


@pytest.fixture
def url(conversation):
    return lambda name: reverse(f"chat:{name}", args=[conversation.public_id])


@pytest.fixture
def returns(shop):
    body = "You can return shoes within 30 days.\n\nSend them back with the label in the box."
    article = articles.draft(shop, title="How do I return shoes?", body=body, external_id="returns", language="en")
    articles.publish(article, embed=False)
    recipes.fill()
    return article


def test_a_suggestion_shows_its_sources_and_sends_nothing(agents, url, conversation, say, returns):
    say("How do I return shoes?")
    handoff.ask_person(conversation.pk, at=conversation.opened_at)
    before = Message.objects.count()
    page = agents.get(url("suggestion")).content.decode()
    assert "within 30 days" in page
    assert 'class="source"' in page
    assert "Nothing is sent until you send it." in page
    assert Message.objects.count() == before


def test_nothing_certain_is_no_suggestion(agents, url, conversation, say):
    say("Which number did the lottery draw yesterday?")
    assert suggesting.suggest(conversation) is None
    assert "Nothing certain to suggest" in agents.get(url("suggestion")).content.decode()


def test_who_waits_for_nothing_gets_no_suggestion(conversation):
    assert suggesting.suggest(conversation) is None


def test_what_she_wants_done_is_left_to_the_agent(conversation, customer, say):
    factories.OrderFactory(customer=customer, shop=conversation.shop, number="1042")
    say("Please cancel order 1042")
    assert suggesting.suggest(conversation) is None


def test_an_order_of_hers_is_told_with_its_card(conversation, customer, say):
    factories.OrderFactory(customer=customer, shop=conversation.shop, number="1042")
    say("Where is my order 1042?")
    found = suggesting.suggest(conversation)
    assert "1042" in found.text
    assert found.cards[0]["number"] == "1042"


def test_saved_replies_are_filled_with_what_is_true_here(agents, url, conversation, customer, shop):
    factories.OrderFactory(customer=customer, shop=shop, number="1042")
    SavedReply.objects.create(
        shop=shop, shortcut="sorry", text="Dear {customer}, order {order} is late. {agent}, {shop}"
    )
    SavedReply.objects.create(shop=Shop.objects.create(slug="other", name="Other"), shortcut="foreign", text="No")
    (reply,) = agents.get(url("saved_replies")).json()["replies"]
    assert reply == {"shortcut": "sorry", "text": f"Dear {customer.name}, order 1042 is late. Anna, {shop.name}"}


def test_a_place_for_which_there_is_nothing_closes_up(conversation, customer, anna, shop):
    customer.name = "{agent}"
    SavedReply.objects.create(shop=shop, shortcut="hi", text="Hello {customer}, about order {order}: hi.")
    conversation.customer = customer
    (reply,) = saved.replies(conversation, by=anna)
    assert reply["text"] == "Hello {agent}, about order: hi."  # her name is a name, not a place


def test_a_place_nobody_can_fill_is_refused(shop):
    with pytest.raises(ValidationError, match=r"\{custommer\} is not known"):
        SavedReply(shop=shop, shortcut="typo", text="Dear {custommer}").full_clean()
    with pytest.raises(ValidationError, match="Letters, numbers and hyphens"):
        SavedReply(shop=shop, shortcut="two words", text="Dear").full_clean()


def test_a_draft_survives_a_take_over_and_is_hers_alone(agents, client_of, boss, url, conversation, anna, later):
    agents.post(url("draft"), {"text": "Dear Maria, <b>we"})
    handoff.take(conversation.pk, by=boss, at=later)
    assert "Dear Maria, &lt;b&gt;we</textarea>" in agents.get(url("thread")).content.decode()
    assert "Dear Maria" not in client_of(boss).get(url("thread")).content.decode()


def test_what_is_sent_is_no_draft_any_more(conversation, anna, boss, now):
    drafts.keep(conversation.pk, by=anna, text="Dear", at=now)
    drafts.keep(conversation.pk, by=boss, text="My own", at=now)
    outbox.post_person(conversation.pk, by=anna, text="Dear Maria", client_id="one", at=now)
    assert list(Draft.objects.values_list("text", flat=True)) == ["My own"]


def test_an_empty_draft_is_none(conversation, anna, now):
    drafts.keep(conversation.pk, by=anna, text="Dear", at=now)
    drafts.keep(conversation.pk, by=anna, text="  \n", at=now)
    assert not Draft.objects.exists()
    assert drafts.of(conversation.pk, by=anna) == ""


def test_the_team_s_form_is_counted_as_its_socket_is(agents, url, settings):
    settings.RATE_LIMITS = {"chat.send": "1/m"}
    said = [
        agents.post(url("staff_send"), {"text": "Hello", "client_id": f"from-anna-{n}"}).status_code for n in range(2)
    ]
    assert said == [200, 429]
