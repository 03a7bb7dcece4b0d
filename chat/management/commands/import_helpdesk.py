"""manage.py import_helpdesk SYSTEM PATH"""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import Shop
from chat.importing import bringing


class Command(BaseCommand):
    help = "Bring customers, tickets with what was said, and articles in from the export of another helpdesk."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("system", choices=sorted(bringing.SYSTEMS))
        parser.add_argument("path", type=Path, help="a file of the export, or a folder of them")
        parser.add_argument("--shop", metavar="SLUG", help="not needed if there is only one")
        parser.add_argument("--dry-run", action="store_true", help="read and check everything, change nothing")
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        shop, path = self._shop(options["shop"]), options["path"]
        if not path.exists():
            raise CommandError(f"There is no {path}.")
        watched = sys.stderr.isatty() and not options["json"]
        report = bringing.bring(
            shop,
            options["system"],
            path,
            at=timezone.now(),
            dry_run=options["dry_run"],
            progress=(lambda records: self.stderr.write(f"\r{records} records", ending="")) if watched else None,
        )
        if options["json"]:
            self.stdout.write(json.dumps({"shop": shop.slug, "dry_run": options["dry_run"], **report.facts()}))
        else:
            self._tell(report, "would be" if options["dry_run"] else "were")
        if report.bad and not report.good:
            raise CommandError("Nothing could be taken from what was given.")

    def _tell(self, report: bringing.Report, done: str) -> None:
        for kind in sorted({*report.created, *report.known}):
            created, known = report.created.get(kind, 0), report.known.get(kind, 0)
            self.stdout.write(f"{kind}s: {created} {done} brought in, {known} had come before")
        for problem in report.problems:
            self.stdout.write(f"{problem['file']}:{problem['line']}: {problem['why']}")
        if report.bad:
            self.stdout.write(f"{report.bad} could not be taken.")

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
