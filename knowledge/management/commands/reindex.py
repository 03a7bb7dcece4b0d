"""manage.py reindex"""

import time
from typing import Any

from django.core.management.base import CommandParser

from knowledge import indexing, recipes
from knowledge.management.base import KnowledgeCommand
from knowledge.models import Article


class Command(KnowledgeCommand):
    help = "Cut, count and embed again whatever changed since, for all shops or one; searches go on meanwhile."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--from-scratch", action="store_true", help="throw every chunk away first")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        articles = Article.objects.published().order_by("pk")
        if options["knowledge"]:
            articles = articles.filter(shop=self.shop(options))
        total = articles.count()
        embedded = 0

        def progress(done: int, of: int) -> None:
            nonlocal embedded
            embedded = max(embedded, done)
            if not options["json"]:
                self.progress("vectors", done, of)

        for number, article in enumerate(articles.iterator(chunk_size=200), 1):
            if options["from_scratch"]:
                indexing.take_out(article)
            indexing.put(article, embed=False)
            if not options["json"]:
                self.progress("articles", number, total)
        recipe = recipes.follow(progress)
        seconds = round(time.monotonic() - started, 2)
        if options["json"]:
            self.tell({"articles": total, "embedded": embedded, "recipe": recipe.stamp, "seconds": seconds})
        else:
            self.stdout.write(f"{total} articles, {embedded} chunks embedded by {recipe.stamp} in {seconds} s.")
