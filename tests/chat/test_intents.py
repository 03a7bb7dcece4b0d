"""The classifier by itself: what it learns, what it refuses to guess, and what is kept of it."""

import io

import numpy as np
import pytest

from chat.intents import classifier, grams
from chat.intents.machine import Rows, learn

PARCEL = [
    "where is my parcel",
    "has my parcel left",
    "when will the parcel arrive",
    "track my parcel",
    "parcel is late",
]
REFUND = ["i want my money back", "refund me please", "when comes the refund", "money for my return", "refund is late"]
HOURS = [
    "when do you open",
    "opening hours on sunday",
    "are you open today",
    "what hours are you open",
    "closing hours",
]


@pytest.fixture(autouse=True)
def _fake(settings):
    settings.EMBEDDINGS = "fake"


@pytest.fixture(scope="module")
def learned():
    from django.conf import settings

    before, settings.EMBEDDINGS = settings.EMBEDDINGS, "fake"
    yield classifier.fit([*PARCEL, *REFUND, *HOURS], ["parcel"] * 5 + ["refund"] * 5 + ["hours"] * 5).classifier
    settings.EMBEDDINGS = before


def test_what_was_taught_is_understood(learned):
    guesses = learned.guesses(["is my parcel here", "the refund please", "are you open on monday"])

    assert [guess.likeliest for guess in guesses] == ["parcel", "refund", "hours"]
    assert all(0 <= guess.confidence <= 1 for guess in guesses)


def test_a_lone_text_is_understood_as_among_others(learned):
    texts = ["is my parcel here", "the refund please"]

    for guess, text in zip(learned.guesses(texts), texts, strict=True):
        (alone,) = learned.guesses([text])
        assert (alone.intent, alone.likeliest) == (guess.intent, guess.likeliest)
        assert alone.confidence == pytest.approx(guess.confidence, abs=1e-4)


def test_what_is_like_nothing_taught_has_no_intent(learned):
    (guess,) = learned.guesses(["xylophones quietly outgrow zebras"])
    (forced,) = learned.guesses(["xylophones quietly outgrow zebras"], rejects=False)

    assert guess.intent is None
    assert forced.intent in learned.intents


def test_examples_of_none_teach_what_to_refuse(settings):
    texts = [*PARCEL, *REFUND, "tell me a joke", "sing a song", "tell me a story", "a joke please", "a funny song"]
    learned = classifier.fit(texts, ["parcel"] * 5 + ["refund"] * 5 + [None] * 5).classifier

    assert learned.intents == ("parcel", "refund")
    assert learned.guesses(["tell me a funny joke"])[0].intent is None


def test_an_empty_text_and_odd_signs_break_nothing(learned):
    assert len(learned.guesses(["", "   ", "\ud800", "🙂" * 300, "a", "\x00"])) == 6


def test_what_is_kept_comes_back_as_it_was(learned):
    again = classifier.unpacked(*classifier.packed(learned))
    texts = ["is my parcel here", "the refund please"]

    for one, other in zip(learned.guesses(texts), again.guesses(texts), strict=True):
        assert (one.intent, one.likeliest) == (other.intent, other.likeliest)
        assert one.confidence == pytest.approx(other.confidence, abs=0.01)


def test_a_changed_byte_is_noticed(learned):
    kept, checksum = classifier.packed(learned)

    with pytest.raises(classifier.Unreadable):
        classifier.unpacked(kept[:-1] + bytes([kept[-1] ^ 1]), checksum)


def test_no_word_of_an_example_is_kept(learned):
    texts = ["my name is quetzalcoatl", *PARCEL]
    kept, _ = classifier.packed(classifier.fit([*texts, *REFUND], ["parcel"] * 6 + ["refund"] * 5).classifier)
    with np.load(io.BytesIO(kept)) as arrays:
        everything = b"".join(arrays[name].tobytes() for name in arrays)

    assert b"parcel" in everything  # the names of intents are
    assert b"quetzalcoatl" not in everything


def test_an_intent_with_one_example_is_learned_too():
    learned = classifier.fit([*PARCEL, *REFUND, "gift card"], ["parcel"] * 5 + ["refund"] * 5 + ["gifts"]).classifier

    assert learned.guesses(["a gift card"], rejects=False)[0].intent == "gifts"


def test_two_intents_of_one_example_each_are_enough():
    learned = classifier.fit(["where is my parcel", "refund me"], ["parcel", "refund"]).classifier

    assert learned.guesses(["my parcel"], rejects=False)[0].intent == "parcel"


def test_pieces_stay_within_a_word():
    apart, together = grams.pieces(["ab cd"]), grams.pieces(["abcd"])

    assert set(apart.bucket) - set(together.bucket)
    assert apart.count.sum() == 2 * (3 + 2 + 1)  # " ab " has three pairs, two threes and one four; so has " cd "


def test_texts_counted_together_are_counted_as_alone():
    texts = ["where is it", "Refund, please!", ""]
    whole = grams.pieces(texts)
    for row, text in enumerate(texts):
        alone = grams.pieces([text])
        assert list(whole.some(np.array([row])).bucket) == list(alone.bucket)


def test_the_machine_parts_what_can_be_parted():
    dice = np.random.default_rng(0)
    classes = np.repeat(np.arange(3), 40)
    dense = (np.eye(3)[classes] + 0.1 * dice.standard_normal((120, 3))).astype(np.float32)
    nothing = [np.zeros(0, np.int64)] * 120
    rows = Rows(dense, nothing, [np.zeros(0, np.float32)] * 120, 0)

    assert (learn(rows, classes, 3).margins(rows).argmax(1) == classes).all()


def test_every_text_is_rehearsed_once_as_if_it_were_new():
    texts = [*PARCEL, *REFUND, *HOURS]
    intents = ["parcel"] * 5 + ["refund"] * 5 + ["hours"] * 5
    learned = classifier.fit(texts, intents)

    assert sorted(intent for intent, _ in learned.rehearsal) == sorted(intents)
    assert sum(intent == guess.likeliest for intent, guess in learned.rehearsal) >= 12
