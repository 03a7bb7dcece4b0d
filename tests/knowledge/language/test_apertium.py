"""Apertium as Debian brings it: real programs, killed and hanging."""

import os
import signal
import subprocess
import threading
import time

import pytest

from knowledge.language.engines import Failed, apertium
from knowledge.language.masking import check, mask

REAL = apertium.make() is not None
pytestmark = pytest.mark.skipif(not REAL and not os.environ.get("REQUIRE_REAL"), reason="Apertium is not installed")


@pytest.fixture
def engine():
    engine = apertium.Apertium()
    yield engine
    engine.close()


def running(engine):
    return [program for pipe in engine.pipes.values() for program in pipe.programs]


def test_a_text_is_said_in_spanish_and_what_must_stay_stays(engine):
    masked = mask("Where is my order #A-10023? I paid 19,90 € on 12/03/2026.")
    said = engine.translate(masked.text, "en", "es", seconds=20)
    whole = check(said, masked, source="en", target="es")
    assert "¿Dónde" in whole or "Dónde" in whole
    assert "#A-10023" in whole
    assert "19,90 €" in whole
    assert "12/03/2026" in whole


def test_french_reaches_english_through_spanish(engine):
    assert engine.way("fr", "en") == ("fr-es", "spa-eng")
    said = engine.translate("Où est ma commande ?", "fr", "en", seconds=20)
    assert said.startswith("Where is my")


def test_it_says_which_pairs_it_has(engine):
    assert engine.serves("en", "es")
    assert not engine.serves("en", "de")
    assert not engine.serves("de", "es")
    with pytest.raises(Failed):
        engine.translate("Hallo", "de", "en", seconds=1)


def test_its_reserved_characters_line_breaks_and_silence_come_through(engine):
    said = engine.translate("One line.\n\nAnother ^line$ [with] \\ / {all} of @them.", "en", "es", seconds=20)
    assert "\n\n" in said
    for sign in "^$[]\\/{}":
        assert sign in said


def test_a_pipe_is_kept_and_a_killed_one_is_replaced(engine):
    engine.translate("My lamp is broken.", "en", "es", seconds=20)
    before = running(engine)
    os.kill(before[3].pid, signal.SIGKILL)
    assert "lámpara" in engine.translate("My lamp is broken.", "en", "es", seconds=20)
    assert all(program.poll() is not None for program in before)
    assert running(engine) != before


def test_a_pipe_that_hangs_ends_in_time_and_leaves_nothing(engine):
    engine.warm("en", "es")
    before = running(engine)
    os.kill(before[2].pid, signal.SIGSTOP)
    started = time.monotonic()
    assert "lámpara" in engine.translate("My lamp is broken.", "en", "es", seconds=6)
    assert time.monotonic() - started < 6
    assert all(program.poll() is not None for program in before)


def test_programs_that_only_hang_fail_in_time(engine, monkeypatch):
    monkeypatch.setattr(apertium, "_programs", lambda mode: iter([["sleep", "60"]]))
    started = time.monotonic()
    with pytest.raises(Failed, match="in time"):
        engine.translate("My lamp", "en", "es", seconds=1)
    assert time.monotonic() - started < 3
    assert not engine.pipes


@pytest.mark.parametrize("program", [["true"], ["tr", "-d", "a-z.\\[\\]\\n"], ["no-such-program"]])
def test_programs_that_die_or_answer_nothing_fail(engine, monkeypatch, program):
    monkeypatch.setattr(apertium, "_programs", lambda mode: iter([program]))
    with pytest.raises(Failed):
        engine.translate("my lamp", "en", "es", seconds=5)
    assert not engine.pipes


def test_100_kb_go_through_without_blocking(engine):
    said = engine.translate("My lamp is broken. " * 1000, "en", "es", seconds=60)
    assert said.count("lámpara") == 1000


def test_many_threads_each_get_their_own_answer(engine):
    said = {}

    def ask(number):
        said[number] = engine.translate(f"My lamp is broken {chr(0xE000 + number)}.", "en", "es", seconds=30)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [chr(0xE000 + number) in said[number] for number in range(8)] == [True] * 8


def test_what_nobody_uses_is_let_go(engine, monkeypatch):
    engine.warm("en", "es")
    before = running(engine)
    monkeypatch.setattr(apertium, "IDLE", 0)
    engine.let_idle_go()
    assert not engine.pipes
    assert all(program.poll() is not None for program in before)


def test_a_forked_child_starts_programs_of_its_own_and_leaves_the_parents_alone(engine):
    engine.warm("en", "es")
    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = 0 if not engine.pipes else 1
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0
    assert "lámpara" in engine.translate("My lamp", "en", "es", seconds=20)


def test_it_ends_with_its_process(tmp_path):
    code = (
        "from knowledge.language.engines.apertium import Apertium; import os\n"
        "engine = Apertium(); engine.warm('en', 'es')\n"
        "print(*[p.pid for pipe in engine.pipes.values() for p in pipe.programs], flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run(
        ["python3", "-c", code], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": "."}
    )
    pids = [int(pid) for pid in done.stdout.split()]
    assert pids
    for _ in range(100):
        if not any(os.path.exists(f"/proc/{pid}") and _is_alive(pid) for pid in pids):
            return
        time.sleep(0.05)
    raise AssertionError("programs are left")


def _is_alive(pid):
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rpartition(")")[2].split()[0] != "Z"
