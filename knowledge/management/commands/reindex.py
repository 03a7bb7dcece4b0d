"""manage.py reindex"""

import time
from typing import Any

from django.core.management.base import CommandParser

from knowledge import indexing
from knowledge.management.base import KnowledgeCommand
from knowledge.models import Article


class Command(KnowledgeCommand):
    help = "Cut, count and embed again whatever changed since, for all shops or one; searches go on meanwhile."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--from-scratch", action="store_true", help="throw every chunk away first")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        articles = Article.objects.published()
        if options["knowledge"]:
            articles = articles.filter(shop=self.shop(options))
        total = articles.count()
        embedded = 0

        def progress(done: int, of: int) -> None:
            nonlocal embedded
            embedded = max(embedded, done)
            if not options["json"]:
                self.progress("vectors", done, of)

        def read(done: int, of: int) -> None:
            if not options["json"]:
                self.progress("articles", done, of)

        recipe = indexing.renew(articles, from_scratch=options["from_scratch"], read=read, embedded=progress)
        seconds = round(time.monotonic() - started, 2)
        if options["json"]:
            self.tell({"articles": total, "embedded": embedded, "recipe": recipe.stamp, "seconds": seconds})
        else:
            self.stdout.write(f"{total} articles, {embedded} chunks embedded by {recipe.stamp} in {seconds} s.")
