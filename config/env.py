"""Where we run: read from the environment once, without Django, so that services can start before it."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VERSION = "0.1.0"


def data_folder() -> Path:
    """The folder that holds everything an embedded installation keeps."""
    return Path(os.environ.get("AFTERSALE_DATA") or ROOT / "data").expanduser().absolute()


def port() -> int:
    return int(os.environ.get("PORT") or 8000)


def flag(name: str, default: bool = False) -> bool:
    value = os.environ.get(name, "").strip().lower()
    return value in {"1", "true", "yes", "on"} if value else default


def words(name: str) -> list[str]:
    return [word.strip() for word in os.environ.get(name, "").split(",") if word.strip()]
