"""manage.py restore FILE"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from config import restore


class Command(BaseCommand):
    help = "Bring a backup back, all of it or nothing. Stop the installation first."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--force", action="store_true", help="replace the data that is here")

    def handle(self, *args: Any, file: Path, force: bool, **options: Any) -> None:
        manifest = restore.restore(file, say=self.stdout.write, force=force)
        rows, files = sum(manifest.rows.values()), len(manifest.files)
        self.stdout.write(f"Restored {rows} rows and {files} attachments, as they were at {manifest.made_at}")
