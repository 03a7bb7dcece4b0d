"""What must be said in which language, and the catalogues that say it: `make messages`.

Everything is taken out of the code anew: what is new comes into the catalogues, empty, what is gone goes, and all are
compiled. What neither shoppers nor the team see, the admin and the names of models, stays in English.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings

from config import env

LOCALE = env.ROOT / "config" / "locale"
TEAM_SPEAKS = ("es", "de")
DATED = re.compile(r'"(POT-Creation-Date|PO-Revision-Date|Report-Msgid-Bugs-To|Project-Id-Version|Last-Translator).*\n')

SHOPPERS_SEE = """
    templates/*.html templates/account/*.html templates/accounts/*.html templates/knowledge/*.html templates/email/*
    templates/chat/_card.html templates/chat/_composer.html templates/chat/_consent.html templates/chat/_earlier.html
    templates/chat/_home.html templates/chat/_lines.html templates/chat/_message.html templates/chat/_pane*.html
    templates/chat/_rat*.html templates/chat/_sources.html templates/chat/_start.html templates/chat/_turn_pages.html
    templates/chat/_verdict.html templates/chat/aside.html templates/chat/consent.html templates/chat/home.html
    templates/chat/new.html templates/chat/refused.html templates/chat/talk.html templates/tickets/_my_stamp.html
    templates/tickets/_pages.html templates/tickets/mine*.html templates/tickets/my_ticket.html
    templates/tours/shopper.html
    accounts/adapter.py accounts/consent.py accounts/forms.py accounts/limits.py accounts/mfa.py accounts/people.py
    accounts/views.py accounts/wishing.py accounts/platforms/*.py
    accounts/commerce/changes.py accounts/commerce/objections.py accounts/commerce/plans.py
    accounts/commerce/proofs.py accounts/commerce/rules.py accounts/commerce/saying.py accounts/commerce/wishes.py
    chat/absence.py chat/actions.py chat/attachments.py chat/away.py chat/embedding.py chat/forms.py chat/handoff.py
    chat/letters.py chat/orders.py chat/pages.py chat/proving.py chat/smalltalk.py chat/talk.py chat/ticketing.py
    chat/transcripts.py chat/views.py chat/widget.py chat/wire.py chat/flows/*.py
    knowledge/pages.py tickets/fields.py tickets/forms.py tickets/lifecycle.py tickets/notices.py tickets/opening.py
    tickets/views.py tickets/work.py
    config/settings.py config/formats/months.py
"""
TEAM_SEES = """
    templates/chat/*.html templates/tickets/*.html templates/analytics/*.html templates/tours/agent.html
    accounts/duplicates.py accounts/merging.py accounts/notes.py accounts/presence.py analytics/desk/*.py
    chat/*.py chat/desk/*.py chat/templatetags/*.py tickets/*.py
"""
NOBODY_SEES = "chat/teaching.py chat/training.py"
# What choices are called, out of these files.
SHOPPERS_READ = """
    accounts/models/change.py accounts/models/consent.py accounts/models/order.py accounts/models/payment_method.py
    accounts/models/rule.py chat/models/message.py chat/models/opinion.py tickets/models/status.py
    tickets/models/ticket.py
"""
TEAM_READS = "*/models/*.py"


def wanted(folder: Path) -> dict[str, Path]:
    """What each language must say, by language: templates made in this folder."""
    shoppers, team = folder / "shoppers.pot", folder / "team.pot"
    everything = taken_out(folder)
    _choose(everything, _files(SHOPPERS_SEE), _labels(SHOPPERS_READ), into=shoppers)
    _choose(everything, _files(SHOPPERS_SEE + TEAM_SEES), _labels(TEAM_READS), into=team)
    return {code: team if code in TEAM_SPEAKS else shoppers for code, _name in settings.LANGUAGES if code != "en"}


def taken_out(folder: Path) -> Path:
    """Everything that could be translated, taken out of a copy of the code."""
    copy = folder / "copy"
    files = ("*.py", "*.html", "chat/**.txt", "templates/**.txt")
    listed = _run("git", "ls-files", "--cached", "--others", "--exclude-standard", *files, cwd=env.ROOT)
    for name in listed.stdout.split():
        if not name.startswith("tests/") and (env.ROOT / name).exists():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(env.ROOT / name, copy / name)
    (copy / "config" / "locale").mkdir()
    command = (sys.executable, "-m", "django", "makemessages", "-l", "es", "--settings", "config.settings")
    surroundings = {"PYTHONPATH": str(copy), "AFTERSALE_DATA": str(folder / "data")}
    made = _run(*command, cwd=copy, env={**os.environ, **surroundings})
    assert "warning" not in made.stderr.lower(), made.stderr
    return copy / "config" / "locale" / "es" / "LC_MESSAGES" / "django.po"


def lacking(catalogue: Path, template: Path) -> list[str]:
    """What of the template this catalogue does not say, or not for certain."""
    told = subprocess.run(("msgcmp", catalogue, template), capture_output=True, text=True, check=False).stderr
    found = re.findall(r"^(.+):(\d+): this message", told, re.MULTILINE)
    return [_text_at(Path(where).read_text().splitlines()[: int(line)]) for where, line in found]


def _text_at(lines: list[str]) -> str:
    begins = max(number for number, line in enumerate(lines) if line.startswith("msgid "))
    return " ".join(lines[begins : begins + 3]).removeprefix("msgid ").split(" msgstr")[0]


def refresh() -> None:
    with TemporaryDirectory() as folder:
        for language, template in wanted(Path(folder)).items():
            catalogue = LOCALE / language / "LC_MESSAGES" / "django.po"
            if not catalogue.exists():
                catalogue.parent.mkdir(parents=True)
                _run("msginit", "--no-translator", "-l", language, "-i", template, "-o", catalogue)
            tidy = ("--no-wrap", "--no-location", "--sort-output", "-o", catalogue)
            _run("msgmerge", "--quiet", "--no-fuzzy-matching", *tidy, catalogue, template)
            _run("msgattrib", "--no-obsolete", *tidy, catalogue)
            catalogue.write_text(DATED.sub("", catalogue.read_text()))
            _run("msgfmt", "--check-format", "-o", catalogue.with_suffix(".mo"), catalogue)
            print(f"{language}: {len(lacking(catalogue, template))} to be written")


def _files(patterns: str) -> list[str]:
    found = {str(path.relative_to(env.ROOT)) for pattern in patterns.split() for path in env.ROOT.glob(pattern)}
    return sorted(found - set(NOBODY_SEES.split()))


def _labels(patterns: str) -> set[str]:
    """What choices are called: the words in `_("...")` of their classes."""
    return {
        word.value
        for name in _files(patterns)
        for choices in ast.walk(ast.parse((env.ROOT / name).read_text()))
        if isinstance(choices, ast.ClassDef) and any(ast.unparse(base).endswith("Choices") for base in choices.bases)
        for call in ast.walk(choices)
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "_"
        for word in call.args
        if isinstance(word, ast.Constant)
    }


def _choose(everything: Path, files: list[str], labels: set[str], *, into: Path) -> None:
    words = into.with_suffix(".txt")
    words.write_text("\n".join(f"^{re.escape(label)}$" for label in sorted(labels)))
    _run("msggrep", *(f"--location={name}" for name in files), "-K", "-E", "-f", words, "-o", into, everything)


def _run(*command: str | Path, **more: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=True, **more)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    refresh()
