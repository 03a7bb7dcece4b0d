"""Questions a shopper may begin with: out of what is answered most, never in another shopper's words."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import people
from chat import intake, openers, opinions, talk
from chat.models import Conversation
from knowledge import articles
from knowledge.models import Audience

pytestmark = pytest.mark.django_db
AT = timezone.now()


@pytest.fixture(autouse=True)
def nothing_kept():
    cache.clear()


@pytest.fixture
def article(shop):
    def published(title, of=None, **more):
        made = articles.draft(of or shop, title=title, body="So it goes.", **{"language": "en", **more})
        articles.publish(made, embed=False)
        return made

    return published


@pytest.fixture
def answered(shop):
    def said(article, times=1, at=AT, of=None):
        guest = people.guest(of or shop, name="Greta")
        one = intake.open_conversation(guest, opening_id="o", at=at)
        for _time in range(times):
            locked = Conversation.objects.select_related("customer", "shop").get(pk=one.pk)
            message = talk.say(locked, author="bot", text="So.", at=at,
                               details={"sources": [{"article": article.external_id}]})  # fmt: skip
            talk.keep(locked)
        return message

    return said


def test_what_is_answered_most_stands_first(shop, article, answered):
    rare, often, never = article("How do I descale it?"), article("Where is my parcel?"), article("Never asked?")
    answered(rare)
    answered(often, 3)
    assert openers.most_asked(shop, "en", at=AT) == ["Where is my parcel?", "How do I descale it?"]
    assert never.title not in openers.questions(shop, "en", at=AT)


def test_what_did_not_help_is_old_foreign_or_not_for_all_is_not_offered(shop, other_shop, article, answered):
    opinions.judge(answered(article("Unhelpful?")), helped=False, at=AT)
    answered(article("Old?"), at=AT - timedelta(days=40))
    answered(article("Elsewhere?", of=other_shop), of=other_shop)
    answered(article("For the team?", audience=Audience.AGENTS))
    answered(article("Auf Deutsch?", language="de"))
    answered(article("L" * 81))
    gone = article("Gone?")
    answered(gone)
    articles.archive(gone)
    assert openers.most_asked(shop, "en", at=AT) == []


def test_the_shops_own_questions_fill_up_in_its_language_and_one_alone_is_none(shop, article, answered):
    assert openers.questions(shop, "en", at=AT) == []
    shop.questions = ["Do you ship abroad?"]
    assert openers.questions(shop, "en", at=AT) == []
    answered(article("Where is my parcel?"))
    cache.clear()
    assert openers.questions(shop, "en", at=AT) == ["Where is my parcel?", "Do you ship abroad?"]
    assert openers.questions(shop, "de", at=AT) == []


def test_a_chip_begins_the_talk_with_its_words(shop):
    shop.questions = ["Do you ship abroad?", "Is <b>this</b> safe?"]
    shop.save()
    browser = Client()
    page = browser.get(reverse("chat:new")).content.decode()
    assert 'value="Do you ship abroad?"' in page
    assert "Is &lt;b&gt;this" in page
    browser.post(reverse("chat:new"), {"client_id": "opener-test", "text": "half", "chosen": "Do you ship abroad?"},
                 headers={"origin": "http://testserver"})  # fmt: skip
    assert Conversation.objects.get().messages.get(seq=1).text == "Do you ship abroad?"


def test_the_boss_writes_them_one_a_line(shop, boss, client_of):
    form = client_of(boss).get(reverse("admin:accounts_shop_change", args=[shop.pk]))
    assert "questions to begin with" in form.content.decode()
