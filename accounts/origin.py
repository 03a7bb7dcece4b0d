"""Forms that a visitor may be shown without a cookie: our own origin is their token."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt, csrf_protect

View = Callable[..., HttpResponseBase]


def own_page_suffices(view: View) -> View:
    """Take a form that the browser says comes from our own pages; from anywhere else only with Django's token.

    Drawing Django's token sets a cookie, and nothing may be stored before the visitor acts. No foreign page can
    write the Origin header, so it proves as much.
    """
    guarded = csrf_protect(view)

    @wraps(view)
    def chosen(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return (view if _comes_from_us(request) else guarded)(request, *args, **kwargs)

    return csrf_exempt(chosen)


def _comes_from_us(request: HttpRequest) -> bool:
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
