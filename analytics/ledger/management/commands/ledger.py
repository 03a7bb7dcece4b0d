from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from analytics.ledger import cursors, delivery


class Command(BaseCommand):
    help = "Where each subscriber stands in the ledger, and what it could not take."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("verb", nargs="?", choices=["status", "replay"], default="status")
        parser.add_argument("--reader", help="replay for this subscriber only")
        parser.add_argument("--subject", help='replay for this subject only, such as "ticket:12"')

    def handle(self, *args: Any, verb: str, reader: str | None, subject: str | None, **options: Any) -> None:
        if verb == "replay":
            self.stdout.write(f"{delivery.replay(reader=reader, subject=subject)} to be tried again now.")
            return
        horizon, newest = cursors.settled(), cursors.newest()
        late = "" if horizon == newest else f"; the rest, up to {newest}, waits for a transaction that is still open"
        self.stdout.write(f"settled up to event {horizon}{late}")
        for standing in delivery.standings():
            self.stdout.write(str(standing))
        for parked in delivery.parked():
            self.stdout.write(f"parked: {parked.reader}, {parked.subject}, event {parked.event_id}, {parked.error}")
