"""manage.py detect_language --in FILE.jsonl --out FILE.jsonl"""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from knowledge.language.detection import detect
from knowledge.management.base import lines


class Command(BaseCommand):
    help = 'Add to each line {"text"} its "language", such as "en"; null where one cannot tell.'

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--in", dest="source", metavar="FILE", required=True, help="JSON lines")
        parser.add_argument("--out", dest="target", metavar="FILE", required=True, help="the same lines, in order")

    def handle(self, *args: Any, **options: Any) -> None:
        told = [row | {"language": detect(_text(row, at))} for at, row in _rows(options["source"])]
        try:
            Path(options["target"]).write_text("".join(f"{json.dumps(row)}\n" for row in told), "utf-8")
        except OSError as error:
            raise CommandError(f"{options['target']} cannot be written: {error.strerror}.") from error
        known = sum(row["language"] is not None for row in told)
        self.stderr.write(f"{len(told)} texts, the language of {known} known.")


def _rows(path: str) -> list[tuple[str, dict[str, Any]]]:
    return [(f"{path}:{number}", row) for number, row in lines(path)]


def _text(row: dict[str, Any], where: str) -> str:
    if not isinstance(row.get("text"), str):
        raise CommandError(f'{where} has no "text".')
    return str(row["text"])
