"""manage.py bot_rollback"""

from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from chat import training
from chat.management.base import BotCommand


class Command(BotCommand):
    help = "Let the version answer again that did before the last switch."

    def handle(self, *args: Any, **options: Any) -> None:
        shop = self.shop(options)
        before = training.serving(shop.pk)
        try:
            version = training.roll_back(shop, at=timezone.now())
        except training.NothingBefore as error:
            raise CommandError(str(error)) from error
        self.tell({"version": version.name, "previous": before.name if before else None}, options)
