"""What the bot would answer: as things stand, or as if an editor's words were published already."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _

from accounts.models import Shop
from knowledge import answers, articles, confidence, recipes, retrieval
from knowledge.answers import Answer
from knowledge.articles import ArticleError
from knowledge.models import Article
from knowledge.retrieval import Passage

LONGEST = 100_000  # characters of a text that is tried before it is published
WAIT = "3s"  # for whoever is publishing in this shop just now
SHOWN = 8


class TooLongToTry(ArticleError):
    def __init__(self) -> None:
        super().__init__(_("This text is too long to be tried out. Publish it, then ask."))


class Busy(ArticleError):
    def __init__(self) -> None:
        super().__init__(_("Articles are being published just now. Please ask again in a moment."))


@dataclass(frozen=True)
class Heard:
    """What a question finds and what is said to it."""

    passages: tuple[Passage, ...]
    answer: Answer | None
    confidence: float
    floor: float


@dataclass(frozen=True)
class Rehearsal:
    """A question put to all a shop knows, and to one article alone."""

    whole: Heard
    alone: Heard


def ask(shop: Shop, question: str, *, audience: int, language: str | None = None) -> Heard:
    """What a shopper would hear now; no gap is recorded, no model asked."""
    return _heard(question, retrieval.search(shop, question, audience=audience, language=language, k=SHOWN))


def rehearse(article: Article, question: str, *, audience: int, words: tuple[str, str] | None = None) -> Rehearsal:
    """What would be answered if the article said these words, or its newest, to its readers.

    They are published in a transaction that is never committed: what is tried is the very thing that would serve.
    For that moment nobody else publishes in this shop.
    """
    latest = article.latest
    title, body = words or ((latest.title, latest.body) if latest else ("", ""))
    if len(body) > LONGEST:
        raise TooLongToTry
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = '{WAIT}'")
            revision = articles.revise(article, title=title, body=body)
            articles.publish(article, revision=revision, embed=False)
            recipes.fill(recipes.serving(), article=article.pk)
            heard = _both(article, question, audience)
            transaction.set_rollback(True)
    except OperationalError as error:
        if "lock timeout" not in str(error):
            raise
        raise Busy from None
    finally:
        article.refresh_from_db()
    return heard


def _both(article: Article, question: str, audience: int) -> Rehearsal:
    how = {"audience": audience, "language": article.language, "k": SHOWN}
    whole = retrieval.search(article.shop, question, **how)  # type: ignore[arg-type]
    alone = retrieval.search(article.shop, question, article=article.pk, **how)  # type: ignore[arg-type]
    return Rehearsal(_heard(question, whole), _heard(question, alone))


def _heard(question: str, passages: Sequence[Passage]) -> Heard:
    return Heard(
        tuple(passages),
        answers.compose(question, passages, phrased=False),
        confidence.of(passages),
        confidence.floor(passages),
    )
