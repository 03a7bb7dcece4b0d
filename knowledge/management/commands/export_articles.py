"""manage.py export_articles DIR"""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from knowledge import exporting
from knowledge.management.base import KnowledgeCommand


class Command(KnowledgeCommand):
    help = "Write every article as Markdown with front matter, as import_articles reads it."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("folder")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(options["folder"])
        try:
            folder.mkdir(parents=True, exist_ok=True)
            count = exporting.export(self.shop(options), folder)
        except OSError as error:
            raise CommandError(f"{folder} cannot be written: {error.strerror}.") from error
        if options["json"]:
            self.tell({"articles": count, "folder": str(folder)})
        else:
            self.stdout.write(f"{count} articles were written to {folder}.")
