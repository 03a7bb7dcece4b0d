"""An installation as an operator would run it, but with an assistant that does as it is told and nobody slowed down."""

import os

from config.settings import *  # noqa: F403

INSTALLED_APPS += ["tests.faults.chat._app.Bots"]  # noqa: F405
RATE_LIMITS = dict.fromkeys(RATE_LIMITS, "")  # noqa: F405
EMBEDDINGS = "fake"
ASSISTANT = os.environ.get("ASSISTANT") or "tests.faults.chat._bots.reply"
TURN_SETTLE_MS = int(os.environ.get("TURN_SETTLE_MS") or TURN_SETTLE_MS)  # noqa: F405
BOT_SECONDS = int(os.environ.get("BOT_SECONDS") or BOT_SECONDS)  # noqa: F405
ACTION_CLAIM_SECONDS = int(os.environ.get("ACTION_CLAIM_SECONDS") or ACTION_CLAIM_SECONDS)  # noqa: F405
