"""An editor beside a running installation: publishes, and searches until the article is found."""

import statistics
import time
from collections.abc import Iterator

from tests.figures import Figure

ARTICLES, PATIENCE = 30, 30.0


def main() -> None:
    from config import services

    with services.hold(say=lambda words: None):
        import django

        django.setup()
        for figure in measure():
            print(figure.line(), flush=True)


def measure() -> Iterator[Figure]:
    from accounts.models import Shop
    from knowledge import articles, retrieval
    from knowledge.models import Audience

    shop = Shop.objects.create(slug="publishing", name="Publishing")
    embedded: list[float] = []
    found_at_once = gone = narrowed = 0

    def finds(number: int, by: retrieval.By, audience: int = Audience.PUBLIC) -> bool:
        asked = f"How do I wash garment number {number}?"
        found = retrieval.search(shop, asked, by=by, k=1, audience=audience, deadline=None)
        return bool(found) and found[0].external_id == str(number)

    for number in range(ARTICLES):
        title = f"Washing garment number {number}"
        body = f"## By hand\n\nWash garment {number} by hand at {number + 10} degrees.\n\n## Drying\n\nHang it up.\n"
        article = articles.draft(shop, title=title, body=body, external_id=str(number))
        articles.publish(article)
        committed = time.perf_counter()
        found_at_once += finds(number, "words")
        while not finds(number, "meaning") and time.perf_counter() - committed < PATIENCE:
            time.sleep(0.02)
        embedded.append(time.perf_counter() - committed)
        if number % 2:
            articles.unpublish(article)
            gone += not finds(number, "both") and not finds(number, "meaning")
        else:
            articles.show_to(article, Audience.AGENTS)
            narrowed += not finds(number, "both", Audience.CUSTOMERS) and finds(number, "both", Audience.AGENTS)
            articles.archive(article)
    half = ARTICLES // 2
    yield Figure("publishing.found by its words, at once", found_at_once, "articles", ARTICLES, "higher", n=ARTICLES)
    yield Figure("publishing.found by its meaning, median", round(statistics.median(embedded), 3), "s", n=ARTICLES)
    yield Figure("publishing.found by its meaning, worst", round(max(embedded), 3), "s", 2, n=ARTICLES)
    yield Figure("publishing.gone once unpublished", gone, "articles", half, "higher", n=half)
    yield Figure("publishing.hidden once narrowed", narrowed, "articles", half, "higher", n=half)


if __name__ == "__main__":
    main()
