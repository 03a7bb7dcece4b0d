"""manage.py bot_promote V"""

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from chat import training
from chat.management.base import BotCommand
from chat.models import BotVersion


class Command(BotCommand):
    help = "Let a trained version answer from now on; nothing restarts."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("version_name", metavar="V")

    def handle(self, *args: Any, **options: Any) -> None:
        shop = self.shop(options)
        version = BotVersion.objects.filter(shop=shop, name=options["version_name"]).first()
        if version is None:
            raise CommandError(f"There is no version {options['version_name']}.")
        before = training.serving(shop.pk)
        try:
            training.promote(version, at=timezone.now())
        except training.NotReady as error:
            raise CommandError(str(error)) from error
        self.tell({"version": version.name, "previous": before.name if before else None}, options)
