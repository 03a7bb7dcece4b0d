"""manage.py demo"""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config import furnishing


class Command(BaseCommand):
    help = "Furnish shops to look around in: people, products, a year of orders, help articles and conversations."

    def handle(self, *args: Any, **options: Any) -> None:
        started_at = time.monotonic()
        if furnishing.is_in_use():
            raise CommandError("Somebody works here already; a demo is only furnished where nobody does.")
        logins = furnishing.furnish(
            timezone.now(), say=lambda words: self.stdout.write(f"{time.monotonic() - started_at:6.1f} s  {words}")
        )
        for login in logins:
            self.stdout.write(f"    {login}")
