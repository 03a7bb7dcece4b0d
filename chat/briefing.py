"""What a person should know of a talk that comes to her, and whom it should come to."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from accounts.models import Skill, Team, Topic
from chat.flows import asking
from chat.models import Author, Conversation

LATELY = 12  # messages
_TOPICS = {
    **dict.fromkeys((*asking.ABOUT, "cancel", "address"), Topic.ORDERS),
    **dict.fromkeys(("return", "exchange", "refund"), Topic.RETURNS),
}
_UPSET = re.compile(
    r"\b(angry|furious|unacceptable|ridiculous|outrageous|disgusting|terrible|horrible|useless|scam|fraud|lawyer|sue"
    r"|wütend|unverschämt|frechheit|betrug|unmöglich|anwalt|katastrophe"
    r"|indignad[oa]|inaceptable|estafa|vergüenza|abogado|harto|harta"
    r"|furieux|furieuse|inadmissible|inacceptable|arnaque|scandaleux|honteux|avocat)\b|!{2,}",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Briefing:
    summary: str
    facts: dict[str, Any]
    team: int | None
    needs: list[int]


def of(conversation: Conversation) -> Briefing:
    """Her last words, the orders that were shown to her, her language and mood where they are known."""
    lately = list(
        conversation.messages.filter(author__in=(Author.SHOPPER, Author.BOT))
        .order_by("-seq")
        .values_list("author", "text", "details")[:LATELY]
    )
    hers = [text for author, text, _details in lately if author == Author.SHOPPER and text]
    topic = _topic(hers)
    facts = {
        "topic": str(topic),
        "language": conversation.language or conversation.customer.language,
        "orders": list(_orders(details for _author, _text, details in lately)),
        "mood": "upset" if any(map(_UPSET.search, hers[:3])) else "",
    }
    return Briefing(
        summary="\n".join(reversed(hers[:3])),
        facts={name: value for name, value in facts.items() if value},
        team=Team.objects.filter(shop=conversation.shop_id, topics__contains=[topic])
        .order_by("pk")
        .values_list("pk", flat=True)
        .first(),
        needs=list(
            Skill.objects.filter(shop=conversation.shop_id, topics__contains=[topic])
            .order_by("pk")
            .values_list("pk", flat=True)
        ),
    )


def _topic(newest_first: list[str]) -> Topic:
    """What she spoke of last."""
    for text in newest_first:
        if what := asking.what(text):
            return _TOPICS[what]
        if asking.is_of_product(text):
            return Topic.PRODUCTS
    return Topic.OTHER


def _orders(newest_first: Iterable[dict[str, Any]]) -> Iterable[str]:
    numbers = (card.get("number") for details in newest_first for card in details.get("cards", ()))
    return dict.fromkeys(number for number in numbers if number)
