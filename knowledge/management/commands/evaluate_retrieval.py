"""manage.py evaluate_retrieval FILE.jsonl"""

from typing import Any

from django.core.management.base import CommandParser

from knowledge import evaluation
from knowledge.management.base import KnowledgeCommand, golds_of, language_of, lines, query_of
from knowledge.models import Audience


class Command(KnowledgeCommand):
    help = 'Say how well search finds what is right: lines {"query", "gold": id or list, "language"}.'

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file")
        parser.add_argument("--language", help="of questions that name none")
        parser.add_argument("--by", choices=["both", "words", "meaning"], default="both")

    def handle(self, *args: Any, **options: Any) -> None:
        shop = self.shop(options)
        questions = [
            evaluation.Question(
                query_of(told, f"{options['file']}:{number}"),
                tuple(golds_of(told)),
                language_of(told.get("language") or options["language"], shop),
            )
            for number, told in lines(options["file"])
        ]
        found = evaluation.search(shop, questions, by=options["by"], audience=Audience.AGENTS)
        evaluation.keep(shop, "retrieval", found)
        if options["json"]:
            self.tell(found)
        else:
            for name, value in found.items():
                self.stdout.write(f"{name:>10}  {value}")
