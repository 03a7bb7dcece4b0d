"""What the assistant says. It reads and decides; it writes nothing and calls nobody."""

import re
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any

from accounts import clock
from accounts.models import Shop
from chat import persona, smalltalk, understanding
from chat.flows.talking import Talk
from chat.models import Author, Handoff
from chat.persona import Voice
from chat.turns import Draft, Reply, StepBack, Turn, Unsure
from chat.understanding import Understood
from knowledge import answers, confidence, followup, markdown, retrieval
from knowledge.answers import Answer
from knowledge.models import Audience
from knowledge.retrieval import Passage

_PERSON = re.compile(
    r"\b(human|real person|a person|agent|representative|someone real|speak to somebody|talk to (a|some)(one|body)?"
    r"|persona|humano|agente|mensch|mitarbeiter|jemand(en)? sprechen|conseiller|humain|quelqu'un)\b",
    re.IGNORECASE,
)


def reply(turn: Turn, *, draft: Draft) -> Reply:
    """Answer the turn, or offer a person when there is nothing certain to say."""
    with clock.reading(turn.language, turn.zone):
        understood, voice = understanding.read(turn), persona.serving(turn)
        said = voice.worded(_reply(turn, draft, understood, voice))
        offered = said.suggestions
        if understood.mood.wants_care and said.step_back is None:
            offered = tuple(dict.fromkeys((*offered, smalltalk.talk_to_a_person())))
        return replace(said, suggestions=offered, reasoning={**said.reasoning, "understood": understood.facts()})


def _reply(turn: Turn, draft: Draft, understood: Understood, voice: Voice) -> Reply:
    asked, know = turn.question, partial(_from_knowledge, turn, draft, most=persona.SHORT if voice.is_short else None)
    talk = Talk(turn, understood, know, voice)
    if (said := smalltalk.who(turn, voice)) is not None:
        return talk.beside(said)
    if _PERSON.search(asked):
        return talk.beside(Reply(text="", step_back=StepBack(Handoff.Reason.ASKED)))
    by_flow = talk.resume() or talk.begin()
    if by_flow is None and (small := smalltalk.answer(turn, voice)) is not None:
        return talk.beside(small)
    return voice.felt(by_flow or talk.begin(by_intent=True) or talk.beside(know()), understood.mood, turn)


def _from_knowledge(turn: Turn, draft: Draft, *, most: int | None) -> Reply:
    """The shop's own sentences with their sources, or a person where we are not sure enough."""
    asked, passages = _found(turn)
    sure = confidence.of(passages)
    reasoning = _reasoning(asked, passages, sure)
    answer = _answer(turn, asked, passages, draft, most)
    if answer is None:
        unsure = Unsure(confidence=sure, passages=len(passages))
        return Reply(text="", step_back=StepBack(Handoff.Reason.UNSURE), unsure=unsure, reasoning=reasoning)
    return Reply(text=answer.text, is_markdown=True, citations=answer.citations, reasoning=reasoning)


def _found(turn: Turn) -> tuple[str, list[Passage]]:
    """What was asked and what fits it best: as it was said, with what she said before, in her language, in any."""
    shop = Shop.objects.get(pk=turn.shop_id)
    audience = Audience.CUSTOMERS if turn.user_id else Audience.PUBLIC
    alone = "\n".join(line for line in turn.asked if not smalltalk.GREETING.match(line))
    said = [line.text for line in turn.history if line.author == Author.SHOPPER]
    whole = followup.standalone(alone, said[: -len(turn.asked)])
    best: tuple[str, list[Passage]] = (whole, [])
    for language in (turn.language, None):
        for asked in dict.fromkeys((whole, alone)):
            found = retrieval.search(shop, asked, language=language, audience=audience)
            if confidence.of(found) > confidence.of(best[1]):
                best = (asked, found)
        if best[1] and confidence.of(best[1]) >= confidence.floor(best[1]):
            break
    return best


def _answer(turn: Turn, asked: str, passages: list[Passage], draft: Draft, most: int | None) -> Answer | None:
    sentences = []
    for sentence in islice(answers.stream(asked, passages, payer=turn.customer_id), most):
        if sentence.is_phrased:  # it takes a model seconds to write on; our own sentences are all there at once
            draft(markdown.plain(sentence.text))
        sentences.append(sentence)
    return Answer(tuple(sentences), confidence.of(passages)) if sentences else None


def _reasoning(asked: str, passages: list[Passage], sure: float) -> dict[str, Any]:
    """What an agent may see of how it came about."""
    return {
        "asked": asked,
        "confidence": round(sure, 4),
        "floor": confidence.floor(passages),
        "passages": [
            {"article": each.external_id, "title": each.title, "heading": each.heading, "score": round(each.score, 3)}
            for each in passages[:5]
        ],
    }
