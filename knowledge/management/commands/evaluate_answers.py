"""manage.py evaluate_answers FILE.jsonl"""

from typing import Any

from django.core.management.base import CommandParser

from knowledge import evaluation
from knowledge.management.base import KnowledgeCommand, golds_of, language_of, lines, query_of


class Command(KnowledgeCommand):
    help = 'Say how much is answered, and how much of it rightly: lines {"query", "gold": id, list or null}.'

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file")
        parser.add_argument("--language", help="of questions that name none")

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
        found = evaluation.figures(evaluation.answer(shop, questions))
        evaluation.keep(shop, "answers", found)
        if options["json"]:
            self.tell(found)
            return
        for name, value in found.items():
            if name != "reliability":
                self.stdout.write(f"{name:>18}  {value}")
        for tenth in found["reliability"]:
            self.stdout.write(
                f"{tenth['from']:.1f}-{tenth['to']:.1f}  sure {tenth['confidence']:.2f}  right {tenth['right']:.2f}"
                f"  of {tenth['n']}"
            )
