"""manage.py translate "text" --from xx --to yy"""

import time
from typing import Any

from django.core.management.base import CommandError, CommandParser

from knowledge.language import translate
from knowledge.language.detection import detect
from knowledge.management.base import KnowledgeCommand


class Command(KnowledgeCommand):
    help = "Say a text in another language, as the shop would."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("text")
        parser.add_argument("--from", dest="source", metavar="xx", help="the language it is in; else it is detected")
        parser.add_argument("--to", dest="target", metavar="yy", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        shop, text = self.shop(options), options["text"]
        source = options["source"] or detect(text)
        if source is None:
            raise CommandError("In which language is this? Say it with --from.")
        started = time.perf_counter()
        try:
            said = translate.translate(text, source=source, target=options["target"], shop=shop.pk)
        except translate.Untranslated as why:
            if not options["json"]:
                raise CommandError(str(why)) from why
            self.tell({"translation": None, "from": source, "to": options["target"], "why": str(why)})
            return
        if not options["json"]:
            self.stdout.write(said.text)
            return
        took = round((time.perf_counter() - started) * 1000, 1)
        told = {"from": said.source, "to": said.target, "by": said.by, "trust": str(said.trust), "ms": took}
        self.tell({"translation": said.text, **told})
