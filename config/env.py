"""Where we run: read from the environment once, without Django, so that services can start before it."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from config.trouble import Trouble

ROOT = Path(__file__).resolve().parent.parent
VERSION = "0.1.0"


def data_folder() -> Path:
    """The folder that holds everything an embedded installation keeps."""
    return Path(os.environ.get("AFTERSALE_DATA") or ROOT / "data").expanduser().absolute()


def port() -> int:
    try:
        return int(os.environ.get("PORT") or 8000)
    except ValueError:
        raise Trouble(f"{os.environ['PORT']!r} is no port; choose a number with PORT or --port.") from None


def bind() -> str:
    """The address to listen on: this machine alone, unless BIND says otherwise."""
    return os.environ.get("BIND") or "127.0.0.1"


def host_name() -> str:
    """A name this installation answers to."""
    return next((name.lstrip(".") for name in words("ALLOWED_HOSTS") if name != "*"), "localhost")


def address(port: int) -> str:
    """Where a browser finds what listens there."""
    return f"http://{host_name()}:{port}"


def workers() -> int:
    """How many tasks are done at once."""
    return int(os.environ.get("WORKERS") or 2)


def flag(name: str, default: bool = False) -> bool:
    value = os.environ.get(name, "").strip().lower()
    return value in {"1", "true", "yes", "on"} if value else default


def words(name: str) -> list[str]:
    """A list, with commas or spaces between."""
    return os.environ.get(name, "").replace(",", " ").split()


@dataclass(frozen=True)
class Mail:
    """How mail leaves: by a server, or into files of the data folder where none is named."""

    backend: str
    host: str = ""
    port: int = 25
    user: str = ""
    password: str = ""
    use_tls: bool = False
    use_ssl: bool = False

    @property
    def leaves(self) -> bool:
        return self.backend.endswith("smtp.EmailBackend")


def mail() -> Mail:
    """Read EMAIL_URL: smtp://user:password@host:587?tls=1, smtps://..., console: or nothing."""
    url = urlsplit(os.environ.get("EMAIL_URL", "").strip())
    if not url.scheme:
        return Mail("django.core.mail.backends.filebased.EmailBackend")
    if url.scheme == "console":
        return Mail("django.core.mail.backends.console.EmailBackend")
    if url.scheme not in {"smtp", "smtps"} or not url.hostname:
        raise ValueError("EMAIL_URL must look like smtp://user:password@mail.example.com:587?tls=1")
    return Mail(
        "django.core.mail.backends.smtp.EmailBackend",
        host=url.hostname,
        port=url.port or (465 if url.scheme == "smtps" else 587),
        user=unquote(url.username or ""),
        password=unquote(url.password or ""),
        use_tls=url.scheme == "smtp" and parse_qs(url.query).get("tls", ["1"])[0] != "0",
        use_ssl=url.scheme == "smtps",
    )


@dataclass(frozen=True)
class Bucket:
    """Where files lie, if not in the data folder. Its keys come from the places that S3's own tools look in."""

    name: str
    endpoint: str | None = None
    region: str | None = None

    @property
    def options(self) -> dict[str, Any]:
        return {
            "bucket_name": self.name,
            "endpoint_url": self.endpoint,
            "region_name": self.region,
            "default_acl": None,  # private: every fetch asks us
            "file_overwrite": False,
            "max_memory_size": 2_000_000,
        }


def bucket() -> Bucket | None:
    """Read FILES_URL: s3://bucket?endpoint=https://s3.example.com&region=eu-west-3, or nothing."""
    url = urlsplit(os.environ.get("FILES_URL", "").strip())
    if not url.scheme:
        return None
    if url.scheme != "s3" or not url.hostname or url.path.strip("/") or url.username or url.password:
        raise ValueError("FILES_URL must look like s3://bucket?endpoint=https://s3.example.com&region=eu-west-3")
    told = parse_qs(url.query)
    return Bucket(url.hostname, *(told.get(name, [None])[0] for name in ("endpoint", "region")))


def systems(name: str) -> dict[str, str]:
    """Read slug=rest+https://:token@shop.example.com/api, with spaces between; no slug: every shop."""
    found = {}
    for entry in os.environ.get(name, "").split():
        slug, _equals, address = entry.partition("=") if "=" in entry.partition("://")[0] else ("", "", entry)
        url = urlsplit(address)
        if url.scheme.partition("+")[2] not in ("http", "https") or not url.hostname or url.query or url.fragment:
            raise ValueError(f"{name} must look like slug=rest+https://:token@shop.example.com/api")
        found[slug] = address
    return found


# Where a browser is sent to sign in: a form may only lead there if the content policy says so.
SOCIAL_ORIGINS = {
    "facebook": "https://www.facebook.com",
    "github": "https://github.com",
    "gitlab": "https://gitlab.com",
    "google": "https://accounts.google.com",
    "linkedin_oauth2": "https://www.linkedin.com",
    "microsoft": "https://login.microsoftonline.com",
}


@dataclass(frozen=True)
class Social:
    """One way to sign in with an account of somewhere else."""

    provider: str
    client_id: str
    secret: str

    @property
    def origin(self) -> str:
        return SOCIAL_ORIGINS[self.provider]


def socials() -> list[Social]:
    """Read SOCIAL_PROVIDERS=google,github with SOCIAL_GOOGLE=client-id:secret and so on."""
    found = []
    for provider in words("SOCIAL_PROVIDERS"):
        client_id, colon, secret = os.environ.get(f"SOCIAL_{provider.upper()}", "").partition(":")
        if provider not in SOCIAL_ORIGINS:
            raise ValueError(f"SOCIAL_PROVIDERS: we know {', '.join(SOCIAL_ORIGINS)}, but not {provider}")
        if not (client_id and colon and secret):
            raise ValueError(f"SOCIAL_{provider.upper()} must be client-id:secret")
        found.append(Social(provider, client_id, secret))
    return found
