"""What every helpdesk has, whatever it calls it; and how its values are read."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from html import unescape
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from accounts.commerce.told import Wrong


@dataclass(frozen=True)
class Person:
    """Somebody who writes: a customer, or somebody of the team."""

    id: str
    email: str = ""
    name: str = ""
    phone: str = ""
    language: str = ""
    is_team: bool = False


@dataclass(frozen=True)
class Said:
    """One message of a ticket. By whom, if it does not come with them, is an id of a person."""

    id: str
    ticket: str
    text: str
    at: datetime
    side: str  # customer or team
    by: str | Person = ""
    is_internal: bool = False


@dataclass(frozen=True)
class Work:
    """A ticket with what came along of its talk."""

    id: str
    subject: str
    customer: str | Person
    kind: str  # as ours
    opened_at: datetime
    changed_at: datetime
    priority: int = 2
    type: str = "question"
    assignee: str | Person = ""
    team: str = ""
    tags: list[str] = field(default_factory=list)
    channel: str = "web"
    said: list[Said] = field(default_factory=list)


@dataclass(frozen=True)
class Text:
    """An article of the help centre."""

    id: str
    title: str
    body: str  # HTML or Markdown
    is_html: bool
    language: str = ""
    is_public: bool = True


Record = Person | Said | Work | Text


def key(told: dict[str, Any], name: str = "id") -> str:
    """What a record is called; without that it could come in twice."""
    value = told.get(name)
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal) or not str(value).strip():
        raise Wrong(_("There is no “%(name)s”.") % {"name": name})
    return str(value)[:64]


def maybe(told: dict[str, Any], name: str) -> str:
    value = told.get(name)
    return "" if value is None or isinstance(value, dict | list | bool) else str(value)


def words(value: Any) -> list[str]:
    return [str(one) for one in value if isinstance(one, str)] if isinstance(value, list) else []


def inside(told: dict[str, Any], name: str) -> dict[str, Any]:
    value = told.get(name)
    return value if isinstance(value, dict) else {}


def rows(told: dict[str, Any], name: str) -> list[dict[str, Any]]:
    value = told.get(name)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def when(told: dict[str, Any], *names: str) -> datetime:
    """A time, as text or as seconds since 1970."""
    value = next((told[name] for name in names if told.get(name) is not None), None)
    try:
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return datetime.fromtimestamp(float(value), UTC)
        found = parse_datetime(str(value))
    except (ValueError, OverflowError, OSError):
        found = None
    if found is None:
        raise Wrong(_("“%(name)s” is no time.") % {"name": names[0]})
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def plain(html: str) -> str:
    """The words of a message that was written in HTML."""
    broken = re.sub(r"(?i)<br\s*/?>|</(p|div|li|tr|h\d)>", "\n", html)
    text = strip_tags(re.sub(r"(?is)<(script|style)\b.*?</\1>", "", broken))
    text = unescape(text).replace("\xa0", " ")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip() for line in text.splitlines())).strip()
