"""What the talk does when something happens elsewhere."""

from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver

from chat import realtime


# Signing out is Django's own doing and no row of ours, so its signal is the only one who knows.
@receiver(user_logged_out)
def close_sockets(sender: Any, request: Any, **kwargs: Any) -> None:
    if request is not None and request.session.session_key:
        realtime.leave(request.session.session_key)
