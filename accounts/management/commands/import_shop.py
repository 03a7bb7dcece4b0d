"""manage.py import_shop FILE"""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.commerce import importing
from accounts.models import Shop


class Command(BaseCommand):
    help = "Bring customers, products and orders in from JSON or CSV files, as docs/import.md describes them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="+", type=Path, help="JSON lines, a JSON document, or a table in CSV")
        parser.add_argument("--shop", metavar="SLUG", help="not needed if there is only one")
        parser.add_argument("--dry-run", action="store_true", help="read and check everything, change nothing")
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        shop = self._shop(options["shop"])
        watched = sys.stderr.isatty() and not options["json"]
        report = importing.bring(
            shop,
            options["file"],
            at=timezone.now(),
            dry_run=options["dry_run"],
            progress=self._progress if watched else None,
        )
        if watched:
            self.stderr.write("")
        if options["json"]:
            self.stdout.write(json.dumps({"shop": shop.slug, "dry_run": options["dry_run"], **asdict(report)}))
        else:
            self._tell(report, "would be" if options["dry_run"] else "were")
        if report.bad and not report.good:
            raise CommandError("Nothing could be taken from what was given.")

    def _tell(self, report: importing.Report, done: str) -> None:
        for kind in report.created:
            self.stdout.write(
                f"{kind}s: {report.created[kind]} {done} created, {report.changed[kind]} {done} written over"
            )
        for problem in report.problems:
            self.stdout.write(f"{problem['file']}:{problem['line']}: {problem['why']}")
        if report.bad:
            self.stdout.write(f"{report.bad} could not be taken.")

    def _progress(self, records: int) -> None:
        self.stderr.write(f"\r{records} records", ending="")

    def _shop(self, slug: str | None) -> Shop:
        if slug:
            named = Shop.objects.filter(slug=slug).first()
            if named is None:
                raise CommandError(f"There is no shop {slug}.")
            return named
        shops = list(Shop.objects.order_by("pk")[:2])
        if len(shops) != 1:
            raise CommandError("Say which shop with --shop SLUG." if shops else "There is no shop yet.")
        return shops[0]
