from datetime import datetime
from typing import Any

from django import template

register = template.Library()


@register.filter
def moment(value: str) -> datetime:
    """The time in a message on the wire."""
    return datetime.fromisoformat(value)


@register.filter
def waits(seconds: Any) -> str:
    """How pressing a wait is: fresh, long or late."""
    return "late" if (seconds or 0) >= 600 else "long" if (seconds or 0) >= 120 else "fresh"
