"""manage.py evaluate_intents --data FILE.jsonl"""

from typing import Any

from django.core.management.base import CommandParser

from chat import evaluation, training
from chat.evaluation import Tried
from chat.management.base import VersionCommand, add_none_label, lessons


class Command(VersionCommand):
    help = 'Say how well a version understands texts whose intents are known: lines {"text", "intent"}.'

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--data", required=True, metavar="FILE.jsonl")
        add_none_label(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        version = self.version(options)
        told = lessons(options["data"], options["none_label"])
        rejects = options["none_label"] is not None or any(each.intent is None for each in told)
        guesses = training.classifier_of(version).guesses([each.text for each in told], rejects=rejects)
        tried = [Tried.of(each.intent, guess) for each, guess in zip(told, guesses, strict=True)]
        training.keep_figures(version, evaluation.report(tried))
        self.tell({"version": version.name, **evaluation.figures(tried)}, options)
