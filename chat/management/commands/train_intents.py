"""manage.py train_intents --data FILE.jsonl"""

import time
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from chat import training
from chat.management.base import BotCommand, add_none_label, lessons


class Command(BotCommand):
    help = 'Train a bot version from examples: lines {"text", "intent"}.'

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--data", required=True, metavar="FILE.jsonl")
        parser.add_argument("--name", default="", metavar="V", help="v1, v2 and so on unless named")
        add_none_label(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.perf_counter()
        told = lessons(options["data"], options["none_label"])
        try:
            version = training.train_now(
                self.shop(options),
                told,
                name=options["name"],
                rejects=options["none_label"] is not None,
                at=timezone.now(),
                progress=self.progress,
            )
        except (training.Unfit, training.NameTaken) as error:
            raise CommandError(str(error)) from error
        facts = {
            "version": version.name,
            "intents": len(version.intents),
            "examples": len(told),
            "threshold": round(version.thresholds["score"], 4),
            "rejects": version.thresholds["rejects"],
            "bytes": len(version.learned or b""),
            "checksum": version.checksum,
            "seconds": round(time.perf_counter() - started, 2),
        }
        self.tell(facts, options)
