from datetime import datetime
from typing import Any

from django import template
from django.http import HttpRequest
from django.utils.html import linebreaks, urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from accounts.models import CustomerMerge, Order
from chat import owners
from knowledge import markdown

register = template.Library()


@register.filter
def moment(value: str) -> datetime:
    """The time in a message on the wire."""
    return datetime.fromisoformat(value)


@register.filter
def percent(part: float | None) -> str:
    """A part of one, as people say it."""
    return "" if part is None else _("%(number)s %%") % {"number": round(part * 100)}


@register.filter
def waits(seconds: Any) -> str:
    """How pressing a wait is: fresh, long or late."""
    return "late" if (seconds or 0) >= 600 else "long" if (seconds or 0) >= 120 else "fresh"


@register.filter
def waited(since: datetime | None, now: datetime) -> int:
    """Seconds of waiting."""
    return max(0, int((now - since).total_seconds())) if since else 0


@register.filter
def brief(seconds: int) -> str:
    """A wait in as few words as a row has room for."""
    if seconds < 60:
        return _("now")
    if seconds < 3600:
        return _("%(minutes)s min") % {"minutes": seconds // 60}
    if seconds < 172_800:
        return _("%(hours)s h") % {"hours": seconds // 3600}
    return _("%(days)s days") % {"days": seconds // 86_400}


@register.filter
def tint(name: Any) -> int:
    """One of the six colours of faces, the same wherever this name stands."""
    return sum(map(ord, str(name))) % 6


@register.filter
def initial(name: Any) -> str:
    """The first letter of a name, for the round picture beside it."""
    return next((letter.upper() for letter in str(name) if letter.isalnum()), "?")


@register.filter
def can_be_undone(merge: CustomerMerge, now: datetime) -> bool:
    return merge.can_be_undone(now)


@register.filter
def order_status(status: str) -> Any:
    """What a state of an order is called."""
    return Order.Status(status).label


@register.filter
def order_stamp(status: str) -> str:
    """How it looks on paper."""
    return Order(status=status).stamp


@register.filter
def words(text: str) -> SafeString:
    """What somebody said, escaped, in paragraphs, with its addresses as links that leave the talk open."""
    linked = urlize(text, nofollow=True, autoescape=True)
    beside = linked.replace('rel="nofollow"', 'rel="nofollow noopener" target="_blank"')
    return mark_safe(linebreaks(beside))  # noqa: S308  (urlize has escaped it)


@register.filter
def formatted(text: str) -> SafeString:
    """An answer made of articles, drawn as they are; its links leave the talk open."""
    return mark_safe(markdown.render(text).html.replace("<a ", '<a target="_blank" '))  # noqa: S308  (render cleans)


@register.simple_tag(takes_context=True)
def owner(context: dict[str, Any]) -> str:
    """Whose unsent words this browser may keep."""
    request = context.get("request")
    return owners.mark(request) if isinstance(request, HttpRequest) and hasattr(request, "session") else ""
