"""What shoppers say of us: of one answer, and of a talk in the end."""

from datetime import datetime

from django.db import transaction

from analytics.ledger import events
from chat.models import Author, Conversation, Message, Rating, Verdict

LONGEST = 2000  # characters of what she adds to a rating


@transaction.atomic
def judge(message: Message, *, helped: bool, at: datetime) -> None:
    """She may think again; her last word counts."""
    Verdict.objects.update_or_create(message=message, defaults={"helped": helped, "at": at})
    talk = message.conversation
    events.record("answer.judged", conversation=talk, message=message, actor=talk.customer, at=at, helped=helped)


@transaction.atomic
def rate(conversation: Conversation, *, about: str, score: int, words: str = "", at: datetime) -> None:
    """One rating of the assistant and one of people, for whoever spoke here."""
    if about not in spoke(conversation) or not 1 <= score <= 5:
        raise ValueError(about)
    given = {"score": score, "words": words.replace("\x00", "").strip()[:LONGEST], "at": at}
    Rating.objects.update_or_create(conversation=conversation, about=about, defaults=given)
    customer = conversation.customer
    events.record("conversation.rated", conversation=conversation, actor=customer, at=at, about=about, score=score)


def spoke(conversation: Conversation) -> list[str]:
    """Who can be rated: the assistant and people, as far as they said something."""
    said = Message.objects.filter(conversation=conversation, author__in=(Author.BOT, Author.PERSON))
    authors = set(said.values_list("author", flat=True).distinct())
    return [about for about in Rating.About.values if about in authors]


def unrated(conversation: Conversation, among: list[str]) -> list[str]:
    """Of those she was asked to rate, whom she has not."""
    rated = set(Rating.objects.filter(conversation=conversation).values_list("about", flat=True))
    return [about for about in among if about not in rated]
