"""Everything in one command: servers, tables, model, web, worker and beat."""

import time
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.utils import timezone

from config import env, services, starting
from config.services.supervisor import Child, Supervisor, interruptible, listen, only_one
from config.trouble import Trouble


class Command(BaseCommand):
    help = "Run the whole installation: database, queue, web, worker and beat. Stops with Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        # manage.py reads the first two before Django starts; they stand here to be explained.
        parser.add_argument("--data", help="the folder that holds everything (AFTERSALE_DATA, else ./data)")
        parser.add_argument("--port", help="where to listen (PORT, else 8000)")
        parser.add_argument("--no-demo", action="store_true", help="start empty, with a link to create the first admin")

    def handle(self, *args: Any, no_demo: bool = False, **options: Any) -> None:
        self.started_at = time.monotonic()
        folder = services.folder()
        self.say(f"Aftersale {env.VERSION} in {folder.path}")
        with interruptible(), suppress(KeyboardInterrupt), only_one(folder):
            listening = listen(env.bind(), env.port())
            starting.prepare_files(self.say)
            with services.hold(say=self.say) as hold:
                starting.prepare_database(self.say)
                self.serve(Supervisor(folder, hold, listening, self.say), demo=not no_demo)
        self.say("Stopped; everything is kept")

    def serve(self, supervisor: Supervisor, *, demo: bool) -> None:
        address = f"http://localhost:{env.port()}/"
        try:
            starting.welcome(self.say, address=address, demo=demo, at=timezone.now())
            self.say("Starting web, worker and beat")
            supervisor.start()
            self.show_shop(supervisor)
            connection.close()
            self.say(f"Ready: {address}")
            supervisor.watch()
        finally:
            self.say("Stopping")
            supervisor.stop()

    def show_shop(self, supervisor: Supervisor) -> None:
        """Beside a demo, a page of its shop with the chat on it."""
        port = env.port() + 1
        page = starting.shop_page()
        if page is None:
            return
        try:
            listening = listen(env.bind(), port)
        except Trouble as trouble:
            self.say(f"The shop's own page is not shown. {trouble}")
            return
        starting.let_show_chat(page, port)
        number = listening.fileno()
        where = {"DEMO_PAGE": page.dump()}
        log = supervisor.folder.logs / "demo_page.log"
        supervisor.also(Child("demo page", ["config.demo_page", str(number)], log, where, [number]))
        self.say(f"The chat on a page of the shop: {env.address(port)}/")

    def say(self, words: str) -> None:
        with suppress(OSError):
            self.stdout.write(f"{time.monotonic() - self.started_at:6.1f} s  {words}")
            self.stdout.flush()
