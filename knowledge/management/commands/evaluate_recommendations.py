"""manage.py evaluate_recommendations --purchases FILE.csv --products FILE.csv --from-week A --to-week B"""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from knowledge.recommendations import trial


class Command(BaseCommand):
    help = (
        "Learn from the weeks before A what people buy, and say how often one of ten recommended was bought in A to B."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--purchases", type=Path, required=True, help="household_id, product_id, week; CSV or .gz")
        parser.add_argument("--products", type=Path, required=True, help="product_id, product_type; CSV or .gz")
        parser.add_argument("--from-week", type=int, required=True)
        parser.add_argument("--to-week", type=int, required=True)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            bought = trial.read(options["purchases"], options["products"])
            found = trial.evaluate(bought, options["from_week"], options["to_week"])
        except trial.UnfitFile as problem:
            raise CommandError(str(problem)) from problem
        if options["json"]:
            self.stdout.write(json.dumps(found))
            return
        for name, value in found.items():
            self.stdout.write(f"{name:>20}  {value}")
