"""What must stay is marked before a translation and looked for after it."""

import pytest

from knowledge.language import masking
from knowledge.language.masking import Lost, check, mask, unmask
from tests.knowledge.language.texts import NAMES, drawn, spans


@pytest.mark.parametrize("text", [text for text, _other, _held in drawn(1, 300)])
def test_nothing_of_what_must_stay_is_shown_to_an_engine(text):
    masked = mask(text, keep=NAMES)
    assert not any(letter.isdigit() for letter in masked.text)
    assert "@" not in masked.text
    assert "://" not in masked.text
    assert not any(name in masked.text for name in NAMES)
    assert unmask(masked.text, masked) == text


def test_every_kind_of_span_is_one_mark_or_more_and_nothing_else():
    import random

    for seed in range(500):
        span = spans(random.Random(seed))
        between = mask(f"before {span} after", keep=NAMES).text.removeprefix("before ").removesuffix(" after")
        assert not any(letter.isalnum() for letter in between), (span, between)


def test_a_forced_term_comes_back_as_its_other_word_and_keeps_its_capital():
    masked = mask("Order a throw. Throws are soft, a throw is warm.", terms={"throw": "manta", "order": "pedido"})
    assert unmask(masked.text, masked) == "Pedido a manta. Throws are soft, a manta is warm."


def test_what_may_not_be_translated_stays_whatever_its_case():
    masked = mask("My fjord and my FJORD", keep=["Fjord"])
    assert "jord" not in masked.text.lower()
    assert unmask(masked.text, masked) == "My fjord and my FJORD"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("", "missing"),
        ("Mi pedido", "missing"),
        ("Mi pedido \ue000 y \ue000 \ue001", "doubled"),
        ("Mi pedido \ue000 \ue001 \ue002", "missing or doubled"),
        ("\ue000\ue001", "empty"),
        ("Mi pedido 7 \ue000 \ue001", "number"),
        ("My order \ue000 has not arrived since \ue001", "same"),
        ("Mein Paket \ue000 ist seit \ue001 noch immer nicht da", "it is in de"),
        ("Mi pedido \ue000 \ue001 " + "no ha llegado todavía " * 20, "too long"),
        ("Mi \ue000 \ue001", "too short"),
    ],
)
def test_what_does_not_hold_is_not_used(said, why):
    source = "My order 2041 has not arrived since 2026-03-02" + " and I wait and I wait" * ("short" in why) * 2
    masked = mask(source)
    with pytest.raises(Lost, match=why):
        check(said, masked, source="en", target="es")


def test_what_holds_is_whole_again():
    masked = mask("My order 2041 has not arrived since 2026-03-02")
    said = "Mi pedido \ue000 no ha llegado desde el \ue001"
    assert check(said, masked, source="en", target="es") == "Mi pedido 2041 no ha llegado desde el 2026-03-02"


def test_marks_somebody_writes_herself_are_only_text():
    text = "My \ue000 order \ue001\ue000 is 7"
    masked = mask(text)
    assert unmask(masked.text, masked) == text


def test_control_characters_and_directions_never_reach_an_engine():
    masked = mask("a\x00b\x07c\u202ed\u200fe")
    assert masked.text.isprintable() or all(ch.isalnum() or 0xE000 <= ord(ch) <= 0xF8FF for ch in masked.text)


def test_more_than_can_be_marked_is_refused():
    with pytest.raises(masking.TooMuch):
        mask("7 " * (masking.MOST + 1))
