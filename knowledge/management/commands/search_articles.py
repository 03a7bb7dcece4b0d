"""manage.py search_articles "question" """

from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.models import Shop
from knowledge import retrieval
from knowledge.management.base import KnowledgeCommand, language_of, lines, query_of
from knowledge.models import Audience

AUDIENCES = {"public": Audience.PUBLIC, "logged-in": Audience.CUSTOMERS, "agents": Audience.AGENTS}


class Command(KnowledgeCommand):
    help = "Find the articles that fit a question, best first."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("question", nargs="?")
        parser.add_argument("--k", type=int, default=10, help="how many articles")
        parser.add_argument("--queries", metavar="FILE", help='JSON lines {"query", "language"}; one line out for each')
        parser.add_argument("--language", help="only articles in this language")
        parser.add_argument("--audience", choices=list(AUDIENCES), default="public")

    def handle(self, *args: Any, **options: Any) -> None:
        shop = self.shop(options)
        if options["queries"]:
            for number, told in lines(options["queries"]):
                query = query_of(told, f"{options['queries']}:{number}")
                self.tell(_found(shop, query, told.get("language") or options["language"], options))
            return
        if options["question"] is None:
            raise CommandError("Ask something, or name a file with --queries.")
        if options["json"]:
            self.tell(_found(shop, options["question"], options["language"], options))
            return
        for passage in _passages(shop, options["question"], options["language"], options):
            self.stdout.write(f"{passage.score:7.3f}  {passage.external_id}  {passage.title}")


def _found(shop: Shop, query: str, language: str | None, options: dict[str, Any]) -> dict[str, Any]:
    passages = _passages(shop, query, language, options)
    return {"query": query, "results": [{"id": each.external_id, "score": round(each.score, 4)} for each in passages]}


def _passages(shop: Shop, query: str, language: str | None, options: dict[str, Any]) -> list[retrieval.Passage]:
    return retrieval.search(
        shop,
        query,
        language=language_of(language, shop),
        audience=AUDIENCES[options["audience"]],
        k=options["k"],
        one_per_article=True,
        deadline=None,  # a command has the time
    )
