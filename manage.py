#!/usr/bin/env python3
"""Every command of an installation. Those that read or write it bring its servers along."""

import argparse
import os
import sys
import warnings

from config import services

# These look at the source alone, or see to the servers themselves.
WITHOUT_SERVERS = {
    *("check", "collectstatic", "compilemessages", "diffsettings", "doctor", "findstatic", "help"),
    *("makemessages", "makemigrations", "spectacular", "squashmigrations", "startapp", "up", "version"),
}


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    command, arguments = (sys.argv[1] if len(sys.argv) > 1 else "help"), sys.argv[2:]
    if command == "up":
        _choose_place(arguments)
        os.environ.setdefault("SERVERS_POOL", os.environ.get("DATABASE_POOL", "1"))  # for what it starts
    os.environ.setdefault("DATABASE_POOL", "0")  # a command needs one connection, and no threads to keep more
    try:
        if command in WITHOUT_SERVERS or command.startswith("-") or {"-h", "--help"} & set(arguments):
            # Migrations are made from the source; that no database was there to compare them with is no news.
            warnings.filterwarnings("ignore", "Got an error checking a consistent migration history")
            _execute(sys.argv)
        else:
            with services.hold():
                os.environ["PATH"] = services.with_our_programs(os.environ.get("PATH", os.defpath))
                if command not in {"migrate", "restore"}:  # these two bring the tables themselves
                    services.prepare(lambda: _execute([sys.argv[0], "migrate", "--verbosity", "0"]))
                _execute(sys.argv)
    except services.Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _choose_place(arguments: list[str]) -> None:
    """Settings read folder and port from the environment, so these options must be there before Django."""
    place = argparse.ArgumentParser(add_help=False)
    place.add_argument("--data")
    place.add_argument("--port")
    chosen, _ = place.parse_known_args(arguments)
    if chosen.data:
        os.environ["AFTERSALE_DATA"] = chosen.data
    if chosen.port:
        os.environ["PORT"] = chosen.port


def _execute(arguments: list[str]) -> None:
    from django.core.management import execute_from_command_line

    execute_from_command_line(arguments)


if __name__ == "__main__":
    sys.exit(main())
