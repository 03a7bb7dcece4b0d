"""Those we are measured beside, each with what it needs in an environment of its own, pinned and hashed."""

import subprocess
import sys
from pathlib import Path

from config import env

PEERS = Path(__file__).parent / "peers"


def folder(name: str) -> Path:
    """Where a peer lies."""
    return PEERS / name


def programs(name: str) -> Path:
    """The folder of the programs of a peer's environment, made the first time."""
    home = env.ROOT / "build" / "peers" / name
    locked = folder(name) / "requirements.txt"
    if not (home / "stamp").exists() or (home / "stamp").read_text() != locked.read_text():
        subprocess.run([sys.executable, "-m", "venv", "--clear", home], check=True)
        pip = [home / "bin" / "python", "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        subprocess.run([*pip, "--no-deps", "--require-hashes", "-r", locked], check=True, stdout=sys.stderr)
        (home / "stamp").write_text(locked.read_text())
    return home / "bin"
