"""A mark by which a browser knows whose unsent words it keeps, without naming anybody."""

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts import visitors


def mark(request: HttpRequest) -> str:
    """The same for one person in one browser, another for the next: what belongs to a former one is thrown away.

    It tells a guest from an account, for what a guest wrote goes along when she signs in.
    """
    is_vouched = hasattr(request, "widget_shop") and visitors.is_vouched(request.session)
    is_known = request.user.is_authenticated or is_vouched
    who = f"user:{request.user.pk}" if request.user.is_authenticated else f"guest:{request.session.session_key}"
    return f"{'user' if is_known else 'guest'}-{salted_hmac('chat.owner', who).hexdigest()[:24]}"
