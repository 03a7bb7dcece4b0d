"""What the commands of this app have in common: whose knowledge is meant, and whether a program listens."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts import people
from accounts.models import Shop
from knowledge import retrieval


class KnowledgeCommand(BaseCommand):
    """A command about the knowledge of one shop."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--knowledge", metavar="NAME", help="slug of the shop; the oldest unless named")
        parser.add_argument("--json", action="store_true", help="for programs")

    def shop(self, options: dict[str, Any]) -> Shop:
        """The shop that is meant: the oldest unless another is named, as on the pages."""
        name = options["knowledge"]
        shop = people.shop_at(slug=name or "")
        if shop is None and name:
            raise CommandError(f"There is no shop {name}; import_articles --knowledge {name} would make it.")
        if shop is None:
            raise CommandError("There is no shop yet; import_articles --knowledge NAME makes one.")
        return shop

    def tell(self, facts: Any) -> None:
        """One line of JSON."""
        said = json.dumps(facts, ensure_ascii=False)
        self.stdout.write(said.encode("utf-8", "replace").decode())  # what was typed may be no text at all

    def progress(self, what: str, done: int, total: int) -> None:
        """A line that counts, for people who watch."""
        if sys.stderr.isatty():
            self.stderr.write(f"\r{what}: {done}{f' of {total}' if total else ''}", ending="")


def lines(path: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a file of JSON lines, with their line numbers."""
    try:
        with Path(path).open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    told = json.loads(line)
                    if not isinstance(told, dict):
                        raise CommandError(f"{path}:{number} is not a JSON object.")
                    yield number, told
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise CommandError(f"{path} is not JSON lines: {error}.") from error


def query_of(told: dict[str, Any], where: str) -> str:
    query = told.get("query")
    if not isinstance(query, str):
        raise CommandError(f'{where} has no "query".')
    return query


def language_of(told: Any, shop: Shop) -> str | None:
    """A language as the shop's articles name it: en for EN, and for en_US where it has nothing nearer."""
    if not told:
        return None
    code = str(told).strip().replace("_", "-").lower()
    base = code.split("-")[0]
    kin = [each for each in retrieval.spoken(shop) if each.split("-")[0] == base]
    if code in kin or not kin:
        return code
    return base if base in kin else kin[0]


def golds_of(told: dict[str, Any]) -> list[str]:
    """The ids that would be right; none if the question is unanswerable."""
    gold = told.get("gold")
    if gold is None:
        return []
    return [str(each) for each in gold] if isinstance(gold, list) else [str(gold)]
