"""Every language says all that it must: `tests/catalogues.py` tells what that is."""

import gettext
import os
import shutil
import subprocess

import pytest
from django.conf import settings

from tests import catalogues

LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]

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


def catalogue(language):
    return catalogues.LOCALE / language / "LC_MESSAGES" / "django.po"


def compiled(path):
    with path.open("rb") as file:
        return gettext.GNUTranslations(file)._catalog


@pytest.fixture(scope="module")
def wanted(tmp_path_factory):
    return catalogues.wanted(tmp_path_factory.mktemp("wanted"))


def test_every_string_can_be_taken_out(wanted):
    for template in wanted.values():
        assert template.read_text().count("\nmsgid ") > 500
        assert msgfmt(template).returncode == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_that_a_language_must_say_is_said(language, wanted):
    lacking = catalogues.lacking(catalogue(language), wanted[language])

    assert not lacking, f"Run `make messages`, fill in what is empty, and run it again: {lacking}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_empty_unsure_or_out_of_use(language):
    checked = msgfmt(catalogue(language))

    assert checked.returncode == 0, checked.stderr
    assert not {"untranslated", "fuzzy"} & set(checked.stderr.replace(",", " ").split()), checked.stderr
    assert "\n#~ " not in catalogue(language).read_text()


def test_no_catalogue_is_left_over():
    assert sorted(path.name for path in catalogues.LOCALE.iterdir()) == sorted(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_compiled_is_what_stands_there(language, tmp_path):
    fresh = tmp_path / "fresh.mo"
    subprocess.run(["msgfmt", "-o", fresh, catalogue(language)], check=True)

    assert compiled(catalogue(language).with_suffix(".mo")) == compiled(fresh), "run `make messages`"
