"""Every string can be taken out for translators, and a catalogue that is here is whole."""

import gettext
import os
import shutil
import subprocess
import sys

import pytest

from config import env

pytestmark = pytest.mark.skipif(
    not shutil.which("msgfmt") and not os.environ.get("REQUIRE_REAL"), reason="gettext is not installed"
)


def msgfmt(catalogue):
    return subprocess.run(
        ["msgfmt", "--check", "--statistics", "-o", os.devnull, str(catalogue)],
        capture_output=True,
        text=True,
        env={**os.environ, "LC_ALL": "C"},
    )


def compiled(path):
    with path.open("rb") as file:
        return gettext.GNUTranslations(file)._catalog


def test_every_string_can_be_taken_out(tmp_path):
    wanted = ["git", "ls-files", "*.py", "*.html", "chat/**.txt"]
    listed = subprocess.run(wanted, cwd=env.ROOT, capture_output=True, text=True)
    for name in listed.stdout.split():
        if not name.startswith("tests/") and (env.ROOT / name).exists():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(env.ROOT / name, tmp_path / name)
    (tmp_path / "config" / "locale").mkdir()

    made = subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "-l", "es", "--settings", "config.settings"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "AFTERSALE_DATA": str(tmp_path / "data")},
    )

    assert made.returncode == 0, made.stderr
    assert "warning" not in made.stderr.lower()
    catalogue = tmp_path / "config" / "locale" / "es" / "LC_MESSAGES" / "django.po"
    assert catalogue.read_text().count("\nmsgid ") > 300
    assert msgfmt(catalogue).returncode == 0


def test_a_catalogue_that_is_here_is_whole():
    for catalogue in (env.ROOT / "config" / "locale").glob("*/LC_MESSAGES/*.po"):
        checked = msgfmt(catalogue)
        assert checked.returncode == 0, checked.stderr
        assert not {"untranslated", "fuzzy"} & set(checked.stderr.replace(",", " ").split()), checked.stderr


def test_what_was_compiled_is_what_stands_there(tmp_path):
    for catalogue in (env.ROOT / "config" / "locale").glob("*/LC_MESSAGES/*.po"):
        fresh = tmp_path / "fresh.mo"
        subprocess.run(["msgfmt", "-o", str(fresh), str(catalogue)], check=True)

        assert compiled(catalogue.with_suffix(".mo")) == compiled(fresh), f"{catalogue}: run compilemessages"
