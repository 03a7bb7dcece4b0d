"""manage.py backup FILE"""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from config import backup


class Command(BaseCommand):
    help = "Write the database and the attachments into one file. The installation may run meanwhile."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--force", action="store_true", help="replace the file if it is there")

    def handle(self, *args: Any, file: Path, force: bool, **options: Any) -> None:
        manifest = backup.write(file, at=timezone.now(), say=self.stdout.write, force=force)
        rows, files = sum(manifest.rows.values()), len(manifest.files)
        size = file.stat().st_size / 1e6
        self.stdout.write(f"Backed up {rows} rows and {files} attachments into {file} ({size:.1f} MB)")
