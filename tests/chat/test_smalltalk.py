"""What is said in passing gets an honest word back, and what is asked for gets its answer."""

from dataclasses import replace

import pytest

from chat import assistant, persona, smalltalk, turns
from chat.models import Handoff


@pytest.fixture
def asks(say, conversation, later):
    say("hello")
    turn = turns.claim(conversation.pk, at=later)
    return lambda text: replace(turn, asked=(text,))


@pytest.fixture
def answer(asks):
    return lambda text: assistant.reply(asks(text), draft=lambda words: None)


@pytest.mark.parametrize(
    "text",
    [
        "Are you a bot?",
        "are you a real person",
        "am I talking to a human or a machine?",
        "is this a bot",
        "r u a robot",
        "Who am I talking to?",
        "¿Eres un robot?",
        "Bist du ein Mensch?",
        "Êtes-vous un robot ?",
    ],
)
def test_whoever_asks_is_told_that_this_is_a_program(answer, text):
    reply = answer(text)

    assert "a program and not a person" in reply.text
    assert reply.suggestions == ("Talk to a person",)
    assert reply.step_back is None


@pytest.mark.parametrize(
    "text", ["I want to talk to a real person", "can I speak to a human please", "Talk to a person"]
)
def test_wanting_a_person_is_not_asking_who_speaks(answer, text):
    assert answer(text).step_back.reason == Handoff.Reason.ASKED


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hi there!", "Hello"),
        ("ok, thanks a lot", "welcome"),
        ("Thank you so much!!", "welcome"),
        ("bye", "Goodbye"),
        ("Have a nice day!", "Goodbye"),
        ("hey, how are you?", "a program"),
        ("you are so stupid", "may have got something wrong"),
        ("fuck off", "may have got something wrong"),
        ("useless bot", "may have got something wrong"),
    ],
)
def test_small_talk_has_honest_answers(asks, text, words):
    turn = asks(text)
    assert words in smalltalk.answer(turn, persona.serving(turn)).text


@pytest.mark.parametrize(
    "text",
    [
        "where is my fucking parcel?",
        "thanks, but where do I send the return to and who pays for it?",
        "this damn lamp arrived broken and I want my money back",
        "do you sell idiot-proof kettles with a timer in the lid",
        "hello, what are your opening hours",
        "what do you do with my data",
        "are you open on Sunday",
        "who are your suppliers",
    ],
)
def test_a_question_is_not_small_talk(asks, text):
    turn = asks(text)
    voice = persona.serving(turn)
    assert smalltalk.answer(turn, voice) is None
    assert smalltalk.who(turn, voice) is None
