"""The worker knows every task there is, and beat asks for no other."""

import re
import subprocess
import sys

from django.conf import settings

from config import env

APPS = ("accounts", "analytics", "chat", "config", "knowledge", "tickets")
KNOWN = """
from config.celery import app
app.loader.import_default_modules()
print(*app.tasks)
"""


def test_a_fresh_worker_knows_every_task():
    done = subprocess.run([sys.executable, "-c", KNOWN], cwd=env.ROOT, capture_output=True, text=True, check=True)
    known = set(done.stdout.split())
    told = {
        name
        for app in APPS
        for path in (env.ROOT / app).rglob("*.py")
        for name in re.findall(r"@(?:shared_task|app\.task)\(\s*name=\"([^\"]+)\"", path.read_text())
    }
    assert len(told) > 20
    assert told - known == set()
    assert {each["task"] for each in settings.CELERY_BEAT_SCHEDULE.values()} - known == set()
