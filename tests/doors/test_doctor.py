"""The doctor names each illness, says how to mend it, and leaves with 1 if there is one."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
from collections import namedtuple
from dataclasses import replace

import pytest

from config import doctor, env
from config.services.folder import Folder
from config.services.supervisor import only_one
from config.trouble import Trouble
from knowledge import embeddings
from knowledge.embeddings import minilm
from tests.installation import PATIENCE, free_port


def only(findings):
    (finding,) = findings
    return finding


def ask(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "manage.py", "doctor", *arguments],
        env={**os.environ, "EMBEDDINGS": "fake", **environment},
        cwd=env.ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


@pytest.fixture
def busy_port():
    """Another program that listens and says nothing of ours."""
    listening = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def serve():
        with contextlib.suppress(OSError):
            while not stop.is_set():
                line, _ = listening.accept()
                line.sendall(b"220 smtp.example ESMTP\r\n")
                line.close()

    threading.Thread(target=serve, daemon=True).start()
    yield listening.getsockname()[1]
    stop.set()
    listening.close()


def test_a_healthy_installation_gets_a_clean_bill_for_people_and_programs():
    told = ask("--json", PORT=str(free_port()))

    assert told.returncode == 0, told.stdout + told.stderr
    report = json.loads(told.stdout)
    assert (report["well"], report["version"]) == (True, env.VERSION)
    parts = [finding["part"] for finding in report["findings"]]
    assert parts[:1] == ["versions"]
    expected = {"data folder", "disk", "port", "model", "mail", "engines", "database", "tables", "redis", "worker"}
    assert expected <= set(parts)
    assert {tuple(finding) for finding in report["findings"]} == {("part", "state", "says", "mend")}


def test_what_is_wrong_is_said_with_its_cure_and_an_exit_code(busy_port, tmp_path):
    told = ask(
        AFTERSALE_DATA=str(tmp_path),
        PORT=str(busy_port),
        DATABASE_URL="postgres:///x?host=/nowhere&user=x",
        REDIS_URL="unix:///nowhere/redis.sock",
        EMAIL_URL=f"smtp://127.0.0.1:{busy_port}?tls=0",
        SECRET_KEY="short",
    )

    assert told.returncode == 1
    assert "Traceback" not in told.stdout + told.stderr
    wrong = {line.split()[1] for line in told.stdout.splitlines() if line.startswith("WRONG")}
    assert wrong == {"settings", "port", "database", "redis", "mail"}
    for cure in ("choose another with PORT", "DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SECRET_KEY"):
        assert cure in told.stdout


def test_a_folder_that_is_a_file_is_one_sentence_not_a_traceback(tmp_path):
    (tmp_path / "file").touch()

    told = ask(AFTERSALE_DATA=str(tmp_path / "file"))

    assert told.returncode == 1
    assert "AFTERSALE_DATA" in told.stdout
    assert "Traceback" not in told.stdout + told.stderr


def test_a_folder_of_a_newer_version_is_named(tmp_path):
    (tmp_path / "VERSION").write_text('{"version": "99.1.0"}')

    with pytest.raises(Trouble, match=r"99\.1\.0"):
        list(doctor.data_folder(Folder(tmp_path)))
    assert only(doctor._go_on("data folder", lambda: doctor.data_folder(Folder(tmp_path)))).state == doctor.WRONG


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path, monkeypatch):
    folder = Folder(tmp_path)
    folder.make()
    honest = type(tmp_path).touch

    def touch(self, *args, **kwargs):
        if self.name == ".doctor":
            raise OSError(30, "Read-only file system")
        honest(self, *args, **kwargs)

    monkeypatch.setattr(type(tmp_path), "touch", touch)
    finding = only(doctor.data_folder(folder))
    assert (finding.state, "Read-only" in finding.says) == (doctor.WRONG, True)


@pytest.mark.parametrize(
    ("free", "state"), [(10 << 30, doctor.WELL), (1 << 30, doctor.NOTE), (100 << 20, doctor.WRONG)]
)
def test_a_full_disk_is_noticed_before_it_is_full(tmp_path, monkeypatch, free, state):
    monkeypatch.setattr("shutil.disk_usage", lambda path: namedtuple("Usage", "free")(free))

    assert only(doctor.disk(Folder(tmp_path / "not" / "there"))).state == state


def test_the_installation_that_runs_here_is_recognised(tmp_path):
    folder = Folder(tmp_path)
    assert not doctor.runs_here(folder)

    with only_one(folder):
        assert doctor.runs_here(folder)
    assert not doctor.runs_here(folder)


@pytest.mark.django_db
@pytest.mark.parametrize(("runs", "state"), [(True, doctor.WELL), (False, doctor.WRONG)])
def test_a_port_of_our_own_is_well_and_of_another_installation_is_not(live_server, monkeypatch, runs, state):
    monkeypatch.setenv("PORT", str(live_server.thread.port))
    monkeypatch.setattr("config.health.report", lambda: {"database": True})

    finding = only(doctor.port(runs=runs))
    assert (finding.state, env.VERSION in finding.says) == (state, True)


def test_a_number_that_is_no_port_is_named(monkeypatch):
    monkeypatch.setenv("PORT", "http")

    assert only(doctor._go_on("port", lambda: doctor.port(runs=False))).state == doctor.WRONG


def test_a_model_with_another_hash_is_named(settings, monkeypatch):
    settings.EMBEDDINGS = "minilm"
    monkeypatch.setattr(minilm, "WEIGHTS", "0" * 64)

    finding = only(doctor.model())
    assert finding.state == doctor.WRONG
    assert "pinned" in finding.says


def test_a_prepared_model_that_answers_nonsense_is_named(settings, monkeypatch):
    settings.EMBEDDINGS = "minilm"
    monkeypatch.setattr(embeddings, "ready", lambda: True)
    monkeypatch.setattr(embeddings, "embed", lambda texts: minilm.np.zeros((1, 384)))

    assert only(doctor.model()).state == doctor.WRONG


def test_mail_that_goes_nowhere_is_a_note_and_a_server_that_refuses_is_wrong(settings, busy_port):
    assert only(doctor.mail()).state == doctor.NOTE

    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.MAIL = replace(settings.MAIL, backend=settings.EMAIL_BACKEND)
    settings.EMAIL_HOST = "127.0.0.1"
    for settings.EMAIL_PORT in (free_port(), busy_port):
        assert only(doctor.mail()).state == doctor.WRONG


def test_a_queue_that_may_be_thrown_away_is_noted(settings, monkeypatch):
    class Server:
        def info(self, _):
            return {"redis_version": "7.2"}

        def config_get(self, _):
            return {"maxmemory-policy": "allkeys-lru"}

    monkeypatch.setattr(doctor.redis.Redis, "from_url", lambda *_, **__: Server())

    assert only(doctor.redis_server()).state == doctor.NOTE


def test_packages_that_differ_from_the_lock_are_noted(tmp_path, monkeypatch):
    (tmp_path / "requirements.txt").write_text("django==1.0 \\\n    --hash=sha256:00\nno-such-package==1 \\\n")
    monkeypatch.setattr(env, "ROOT", tmp_path)

    assert [name.split()[0] for name in doctor._not_as_locked()] == ["django", "no-such-package"]


def test_one_illness_does_not_keep_the_doctor_from_the_next(monkeypatch):
    def faint():
        raise RuntimeError("unforeseen")
        yield

    monkeypatch.setattr(doctor, "versions", faint)
    monkeypatch.setattr(doctor, "model", lambda: iter(()))

    found = list(doctor.examine())
    assert (found[0].state, "unforeseen" in found[0].says) == (doctor.WRONG, True)
    assert "disk" in {finding.part for finding in found}
