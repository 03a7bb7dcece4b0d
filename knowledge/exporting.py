"""Take articles out as the Markdown they can be brought in from again."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from accounts.models import Shop
from knowledge.models import Article, Audience, Status

NAMES = {Audience.PUBLIC: "public", Audience.CUSTOMERS: "logged-in", Audience.AGENTS: "agents"}


def export(shop: Shop, folder: Path) -> int:
    """Write one file an article, under its language; tells how many."""
    count = 0
    for name, text in files(shop):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        count += 1
    return count


def files(shop: Shop) -> Iterator[tuple[str, str]]:
    """Name and text of each file."""
    articles = Article.objects.filter(shop=shop).exclude(status=Status.ARCHIVED).select_related("category")
    for article in articles.prefetch_related("tags").order_by("language", "slug", "pk").iterator(chunk_size=200):
        yield f"{article.language}/{article.slug}.md", _markdown(article)


def _markdown(article: Article) -> str:
    shown = article.published_revision or article.latest
    head: dict[str, Any] = {
        "id": article.external_id,
        "title": shown.title if shown else "",
        "language": article.language,
        "slug": article.slug,
        "audience": NAMES[Audience(article.audience)],
    }
    if tags := sorted(tag.name for tag in article.tags.all()):
        head["tags"] = tags
    if article.category:
        head["category"] = article.category.name
    if article.status == Status.DRAFT:
        head["status"] = "draft"
    written = yaml.safe_dump(head, allow_unicode=True, sort_keys=False, width=10_000)
    return f"---\n{written}---\n\n{shown.body if shown else ''}"
