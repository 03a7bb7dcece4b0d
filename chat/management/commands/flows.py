"""manage.py flows import|export|check"""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from chat.flows import shelf
from chat.flows.notation.reading import Unfit
from chat.management.base import BotCommand


class Command(BotCommand):
    help = "Bring flows in from YAML, take them out, or check a file without keeping it."

    def add_arguments(self, parser: CommandParser) -> None:
        parts = parser.add_subparsers(dest="part", required=True, metavar="import|export|check")
        for name, told in (
            ("import", "take in every flow of the files, or none if one is unfit"),
            ("export", "write the flows of the shop, shipped ones included"),
            ("check", "say what is wrong in the files, by line"),
        ):
            part = parts.add_parser(name, help=told)
            super().add_arguments(part)
            if name == "export":
                part.add_argument(
                    "--out", metavar="FOLDER", help="a file for each flow; all to the screen unless named"
                )
                part.add_argument("--flow", default="", metavar="NAME", help="only this one")
            else:
                part.add_argument("files", nargs="+", metavar="FILE.yaml")

    def handle(self, *args: Any, **options: Any) -> None:
        match options["part"]:
            case "import":
                told = self._read(options["files"])
                shop, at = self.shop(options), timezone.now()
                kept = [flow for text in told.values() for flow in shelf.bring(shop, text, at=at)]
                self.tell({"shop": shop.slug, "flows": [flow.name for flow in kept]}, options)
            case "check":
                told = self._read(options["files"])
                self.tell(
                    {"files": len(told), "flows": sum(len(shelf.checked(text)) for text in told.values())}, options
                )
            case _:
                self._export(options)

    def _read(self, names: list[str]) -> dict[str, str]:
        """The texts of the files; all that is wrong in any of them at once."""
        told, wrong = {}, []
        for name in names:
            try:
                told[name] = Path(name).read_text(encoding="utf-8")
                shelf.checked(told[name])
            except (OSError, UnicodeDecodeError) as error:
                why = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
                wrong.append(f"{name} cannot be read: {why}.")
            except Unfit as why:
                wrong += [f"{name}:{problem.line}: {problem.text}" for problem in why.problems]
        if wrong:
            raise CommandError("\n".join(wrong))
        return told

    def _export(self, options: dict[str, Any]) -> None:
        found = dict(shelf.take_out(self.shop(options), options["flow"]))
        if not found:
            raise CommandError(f"There is no flow {options['flow']}.")
        if options["out"] is None and not options["json"]:
            self.stdout.write("---\n".join(found.values()))
            return
        if options["out"] is not None:
            folder = Path(options["out"])
            try:
                folder.mkdir(parents=True, exist_ok=True)
                for name, source in found.items():
                    (folder / f"{name}.yaml").write_text(source, encoding="utf-8")
            except OSError as error:
                raise CommandError(f"{folder} cannot be written: {error.strerror}.") from error
        self.tell({"flows": list(found) if options["out"] else found}, options)
