"""manage.py import_rasa FOLDER"""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from chat import rasa, teaching
from chat.management.base import BotCommand


class Command(BotCommand):
    help = "Bring in a Rasa project: examples, replies, rules, stories and forms; what has no place here is listed."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("folder", metavar="FOLDER", help="where its domain.yml lies")
        parser.add_argument("--language", default="", metavar="CODE", help="of its texts; the shop's unless named")
        parser.add_argument("--dry-run", action="store_true", help="only say what would come of it")

    def handle(self, *args: Any, **options: Any) -> None:
        shop = self.shop(options)
        language = options["language"] or shop.language
        try:
            told = rasa.bring(
                shop, Path(options["folder"]), language=language, at=timezone.now(), keep=not options["dry_run"]
            )
        except (rasa.Unreadable, teaching.Unreadable) as error:
            raise CommandError(str(error)) from error
        facts = told.facts()
        if options["json"]:
            self.tell(facts, options)
            return
        left = facts.pop("left")
        self.tell({name: ", ".join(each) if isinstance(each, list) else each for name, each in facts.items()}, options)
        self.stdout.write(f"{'left':>22}  {len(left)}")
        for each in left:
            self.stdout.write(f"{'':>22}  {each['where']}: {each['why']}")
