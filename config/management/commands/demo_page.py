"""A shop's own page with the chat on it, from another port."""

from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from config import env, starting
from config.demo_page import Server
from config.services.supervisor import interruptible, listen


class Command(BaseCommand):
    help = "Serve a page of the demo's shop, on a server of its own, with the chat on it. Stops with Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=env.port() + 1, help="where to listen (one above PORT)")

    def handle(self, *args: Any, port: int, **options: Any) -> None:
        page = starting.shop_page()
        if page is None:
            raise CommandError("There is no demo here whose shop could have a page.")
        listening = listen(env.bind(), port)
        starting.let_show_chat(page, port)
        connection.close()
        with interruptible(), suppress(KeyboardInterrupt), Server(listening, page) as server:
            self.stdout.write(f"{env.address(port)} shows the chat of {page.helpdesk}")
            server.serve_forever()
