"""An installation as an operator would run it, but with an assistant that does as it is told and nobody slowed down."""

import os

from config.settings import *  # noqa: F403

INSTALLED_APPS += ["tests.faults.chat._app.Bots"]  # noqa: F405
RATE_LIMITS = dict.fromkeys(RATE_LIMITS, "")  # noqa: F405
EMBEDDINGS = "fake"
ASSISTANT = os.environ.get("ASSISTANT") or "tests.faults.chat._bots.reply"
for name in ("TURN_SETTLE_MS", "TURN_CLAIM_SECONDS", "BOT_SECONDS", "ACTION_CLAIM_SECONDS", "AGENT_SILENCE_SECONDS"):
    globals()[name] = int(os.environ.get(name) or globals()[name])
