"""What every page may ask for; nothing is read unless a page does."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts import demo, people
from accounts.models import Shop


def page(request: HttpRequest) -> dict[str, Any]:
    return {
        "shop": SimpleLazyObject(lambda: _shop(request)),
        "logins": SimpleLazyObject(demo.logins),
    }


def _shop(request: HttpRequest) -> Shop | None:
    """The shop whose name stands at the head of the page; an error page stands without one."""
    try:
        return people.shop_for(request)
    except people.NoShop:
        return None
