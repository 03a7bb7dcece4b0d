"""What agents have begun to write."""

from datetime import datetime

from django.conf import settings

from accounts.models import User
from chat.models import Draft


def keep(conversation_id: int, *, by: User, text: str, at: datetime) -> None:
    """The newest words win; none at all are no draft."""
    if not text.strip():
        forget(conversation_id, by=by)
        return
    kept = {"text": text.replace("\x00", "")[: settings.CHAT_TEXT_LIMIT], "at": at}
    Draft.objects.update_or_create(conversation_id=conversation_id, user=by, defaults=kept)


def forget(conversation_id: int, *, by: User) -> None:
    Draft.objects.filter(conversation_id=conversation_id, user=by).delete()


def of(conversation_id: int, *, by: User) -> str:
    found = Draft.objects.filter(conversation_id=conversation_id, user=by).values_list("text", flat=True).first()
    return found or ""
