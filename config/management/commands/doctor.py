"""manage.py doctor"""

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from config import doctor, env

SIGNS = {doctor.WELL: "ok   ", doctor.NOTE: "note ", doctor.WRONG: "WRONG"}


class Command(BaseCommand):
    help = "Say what is wrong with this installation and how to mend it. The exit code is 1 if anything is."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        found = []
        for finding in doctor.examine():
            found.append(finding)
            if not options["json"]:
                self.stdout.write(f"{SIGNS[finding.state]} {finding.part:<12} {finding.says}")
                if finding.mend:
                    self.stdout.write(f"{'':18} {finding.mend}")
        well = all(finding.state != doctor.WRONG for finding in found)
        if options["json"]:
            told = {"version": env.VERSION, "well": well, "findings": [asdict(finding) for finding in found]}
            self.stdout.write(json.dumps(told, indent=2))
        if not well:
            sys.exit(1)
