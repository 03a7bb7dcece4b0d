"""What the commands about the assistant have in common: whose it is, what a file says, and who listens."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import people
from accounts.models import Shop
from chat.models import BotVersion
from chat.training import Lesson
from knowledge.management.base import lines


class BotCommand(BaseCommand):
    """A command about the assistant of one shop."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--shop", metavar="NAME", help="slug of the shop; the oldest unless named")
        parser.add_argument("--json", action="store_true", help="for programs")

    def shop(self, options: dict[str, Any]) -> Shop:
        name = options["shop"]
        shop = people.shop_at(slug=name or "")
        if shop is None and name:
            raise CommandError(f"There is no shop {name}.")
        return shop or Shop.objects.get_or_create(slug="shop", defaults={"name": "Shop"})[0]

    def tell(self, facts: dict[str, Any], options: dict[str, Any]) -> None:
        """One line of JSON for programs, a line a fact for people."""
        if options["json"]:
            self.stdout.write(json.dumps(facts, ensure_ascii=False))
            return
        for name, value in facts.items():
            self.stdout.write(f"{name.replace('_', ' '):>22}  {'-' if value is None else value}")

    def progress(self, what: str, done: int, total: int) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r{what}: {done} of {total}   ", ending="")


class VersionCommand(BotCommand):
    """A command about a version that is trained."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Here `--version` names a bot version, not Django's."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--version", dest="version_name", metavar="V", help="the one trained last unless named")

    def version(self, options: dict[str, Any]) -> BotVersion:
        """The version that is named, or the one trained last."""
        ready = BotVersion.objects.ready().filter(shop=self.shop(options)).newest_first()
        name = options["version_name"]
        found = ready.filter(name=name).first() if name else ready.first()
        if found is None:
            raise CommandError(
                f"There is no trained version {name}."
                if name
                else "No version is trained yet: train_intents makes one."
            )
        return found


def lessons(path: str, none_label: str | None) -> list[Lesson]:
    """The texts of a file of JSON lines with their intents; the none label is no intent."""
    found = []
    for number, told in lines(path):
        text, intent = told.get("text"), told.get("intent")
        if not isinstance(text, str) or not text.strip():
            raise CommandError(f'{path}:{number} has no "text".')
        if intent is not None and (not isinstance(intent, str) or not intent.strip()):
            raise CommandError(f'{path}:{number} has no "intent".')
        if "intent" not in told:
            raise CommandError(f'{path}:{number} has no "intent".')
        found.append(Lesson(text, None if intent in (None, none_label) else intent))
    if not found:
        raise CommandError(f"{path} is empty: there is nothing in it to learn from or to be tried on.")
    return found


def add_none_label(parser: CommandParser) -> None:
    parser.add_argument("--none-label", metavar="L", help="the label of texts that belong to no intent")
