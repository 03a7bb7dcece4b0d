"""manage.py import_articles PATH"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.models import Shop
from knowledge import importing, sitemap, sources
from knowledge.management.base import KnowledgeCommand


class Command(KnowledgeCommand):
    help = "Bring articles in from JSON lines, Markdown, HTML, a folder or zip of them, or a website's sitemap."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("path", help="file, folder, or the http address of a sitemap")
        parser.add_argument("--dry-run", action="store_true", help="read everything, change nothing, report")
        parser.add_argument("--language", default="", help="of pages that name none")

    def handle(self, *args: Any, **options: Any) -> None:
        found = self._found(options["path"], options["language"])
        shop = self._shop(options)
        report = importing.bring(
            shop, found, dry_run=options["dry_run"], progress=None if options["json"] else self.progress
        )
        if options["json"]:
            self.tell({"knowledge": shop.slug, **report.facts()})
            return
        done = "would be" if report.dry_run else "were"
        self.stdout.write(
            f"{report.created} articles {done} created, {report.changed} changed, {report.unchanged} were the same; "
            f"{report.embedded} chunks embedded."
        )
        for problem in report.problems:
            self.stdout.write(f"{problem.source}: {problem.why}")

    def _found(self, path: str, language: str) -> Iterable[sources.Found]:
        if path.startswith(("http://", "https://")):
            return sitemap.read(path, language=language)
        where = Path(path)
        if not where.exists():
            raise CommandError(f"There is no {path}.")
        return sources.read(where)

    def _shop(self, options: dict[str, Any]) -> Shop:
        """The shop that is meant; a name nobody has yet makes a bare one, except on a dry run."""
        name = options["knowledge"]
        if not name and Shop.objects.count() > 1:
            raise CommandError("There are several shops; say which with --knowledge NAME.")
        if not name and Shop.objects.exists():
            return self.shop(options)
        found = Shop.objects.filter(slug=name or "shop").first()
        new = Shop(slug=name or "shop", name=name or "Shop")
        if found is None:
            new.full_clean()
            if options["dry_run"]:
                return new
            new.save()
        return found or new
