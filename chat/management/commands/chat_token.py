import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from chat import seats


class Command(BaseCommand):
    help = "Print a short-lived key with which a program may speak for a person on the chat sockets."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--json", action="store_true", help="print a JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            token = seats.token_for(options["email"])
        except seats.Unknown:
            raise CommandError(f"Nobody here has the address {options['email']}.") from None
        answer = {"token": token, "expires_in": seats.TOKEN_SECONDS}
        self.stdout.write(json.dumps(answer) if options["json"] else token)
