"""What a shopper says of us: of each answer, and of the talk in the end; and the talk itself, to keep."""

import pytest
from django.core import mail
from django.urls import reverse

from analytics.ledger.models import Event
from chat import handoff, opinions, outbox, transcripts, turns, wire
from chat.models import Message, Rating, Verdict
from chat.turns import Reply


@pytest.fixture
def hers(client_of, maria):
    return client_of(maria)


@pytest.fixture
def answer(conversation, say, later):
    say("How long is the cable?")
    turn = turns.claim(conversation.pk, at=later)
    return outbox.post_reply(turn, Reply(text="Two metres."), at=later)


def judge(browser, answer, helped, **headers):
    return browser.post(reverse("chat:verdict", args=[answer.public_id]), {"helped": helped}, headers=headers)


def test_each_answer_asks_whether_it_helped_and_her_last_word_counts(hers, answer, conversation):
    url = reverse("chat:talk", args=[conversation.public_id])
    assert "Did this help?" in hers.get(url).content.decode()
    assert judge(hers, answer, "1").url == url
    assert "Sorry about that" in judge(hers, answer, "0", hx_request="true").content.decode()
    assert not Verdict.objects.get().helped
    assert [event.facts["helped"] for event in Event.objects.filter(kind="answer.judged").order_by("pk")] == [
        True,
        False,
    ]
    assert "Sorry about that" in hers.get(url).content.decode()


def test_the_team_sees_what_she_thinks_and_is_not_asked(client_of, anna, answer, conversation, now):
    opinions.judge(answer, helped=True, at=now)
    page = client_of(anna).get(reverse("chat:thread", args=[conversation.public_id])).content.decode()
    assert "The customer says this helped." in page
    assert "Did this help?" not in page


def test_nobody_judges_for_her_and_nothing_but_answers(client_of, omar, anna, hers, answer, conversation):
    for other in (omar, anna):
        assert judge(client_of(other), answer, "1").status_code == 404
    question = Message.objects.get(author="shopper")
    assert judge(hers, question, "1").status_code == 404
    assert not Verdict.objects.exists()


def test_the_assistant_and_people_are_rated_apart_once_the_talk_is_closed(hers, answer, conversation, anna, later):
    outbox.post_person(conversation.pk, by=anna, text="And it is black.", client_id="a", at=later)
    handoff.close(conversation.pk, by=anna, at=later)
    url = reverse("chat:rate", args=[conversation.public_id])
    page = hers.get(reverse("chat:talk", args=[conversation.public_id])).content.decode()
    assert "How was the assistant?" in page
    assert "How was our team?" in page
    hers.post(url, {"about": "bot", "score": "2", "words": "too short\x00"})
    assert (
        "Thank you"
        in hers.post(url, {"about": "person", "score": "5"}, headers={"hx-request": "true"}).content.decode()
    )
    assert set(Rating.objects.values_list("about", "score", "words")) == {("bot", 2, "too short"), ("person", 5, "")}
    assert "How was" not in hers.get(reverse("chat:talk", args=[conversation.public_id])).content.decode()


@pytest.mark.parametrize(
    "given",
    [{"about": "person", "score": "5"}, {"about": "bot", "score": "6"}, {"about": "bot"}, {"about": "x", "score": "1"}],
)
def test_who_said_nothing_is_not_rated_nor_by_six_stars(hers, answer, conversation, given):
    assert hers.post(reverse("chat:rate", args=[conversation.public_id]), given).status_code == 404
    assert not Rating.objects.exists()


def test_where_nobody_answered_nobody_asks(conversation, anna, now):
    handoff.close(conversation.pk, by=anna, at=now)
    assert "rates" not in wire.message(Message.objects.get(), conversation)


def test_the_talk_can_be_kept_as_a_file_and_by_mail_to_her_alone(hers, answer, conversation, customer, monkeypatch):
    monkeypatch.setattr(transcripts.mail, "delay", transcripts.mail)
    url = reverse("chat:transcript", args=[conversation.public_id])
    file = hers.get(url)
    words = file.content.decode()
    assert words.index("How long is the cable?") < words.index("Two metres.")
    assert file["Content-Disposition"].startswith("attachment")
    customer.email_verified = False
    customer.save()
    assert hers.post(url).status_code == 404
    customer.email_verified = True
    customer.save()
    assert hers.post(url).status_code == 302
    (sent,) = mail.outbox
    assert sent.to == [customer.email]
    assert "Two metres." in sent.body


def test_mails_are_counted(hers, conversation, customer, settings):
    settings.RATE_LIMITS = {"chat.transcript": "1/h"}
    customer.email_verified = True
    customer.save()
    url = reverse("chat:transcript", args=[conversation.public_id])
    assert [hers.post(url).status_code for _ in range(2)] == [302, 429]


def test_verdicts_are_counted(hers, answer, settings):
    settings.RATE_LIMITS = {"vote": "1/m"}
    assert [judge(hers, answer, "1").status_code for _ in range(2)] == [302, 429]
