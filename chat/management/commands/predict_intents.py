"""manage.py predict_intents --in FILE.jsonl --out FILE.jsonl"""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from chat import training
from chat.management.base import VersionCommand
from knowledge.management.base import lines


class Command(VersionCommand):
    help = 'Add "intent", null for none, and "confidence" to every line {"text"}.'

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--in", dest="source", required=True, metavar="FILE.jsonl")
        parser.add_argument("--out", dest="target", required=True, metavar="FILE.jsonl")

    def handle(self, *args: Any, **options: Any) -> None:
        version = self.version(options)
        rows = []
        for number, told in lines(options["source"]):
            if not isinstance(told.get("text"), str):
                raise CommandError(f'{options["source"]}:{number} has no "text".')
            rows.append(told)
        learned = training.classifier_of(version)
        guesses = learned.guesses([row["text"] for row in rows], rejects=version.thresholds["rejects"])
        said = [
            json.dumps({**row, "intent": guess.intent, "confidence": round(guess.confidence, 4)}, ensure_ascii=False)
            for row, guess in zip(rows, guesses, strict=True)
        ]
        try:
            Path(options["target"]).write_text("".join(f"{line}\n" for line in said), encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{options['target']} cannot be written: {error.strerror}.") from error
        none = sum(guess.intent is None for guess in guesses)
        self.tell({"version": version.name, "n": len(rows), "none": none}, options)
