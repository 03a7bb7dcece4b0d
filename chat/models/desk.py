import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.access import Visible
from chat.models.conversation import Conversation

BLANKS = ("customer", "agent", "shop", "order")  # what a saved reply may leave open, in braces
BLANK = re.compile(r" ?\{(\w*)\}")


class SavedReplyQuerySet(Visible["SavedReply"]):
    pass


class SavedReply(models.Model):
    """Words a shop says often; an agent calls them up by a short name."""

    shop = models.ForeignKey("accounts.Shop", models.CASCADE, related_name="saved_replies", verbose_name=_("shop"))
    shortcut = models.CharField(
        _("shortcut"),
        max_length=30,
        validators=[RegexValidator(r"^[\w-]+\Z", _("Letters, numbers and hyphens only."))],
        help_text=_("What is typed after a slash to call it up: /sorry"),
    )
    text = models.TextField(
        _("text"),
        max_length=5000,
        help_text=_(
            "{customer}, {agent}, {shop} and {order} are filled in: names, and the number of their newest order."
        ),
    )

    objects = SavedReplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved reply")
        verbose_name_plural = _("saved replies")
        ordering = ["shortcut"]
        constraints = [models.UniqueConstraint(fields=["shop", "shortcut"], name="a_shortcut_means_one_reply")]

    def __str__(self) -> str:
        return f"/{self.shortcut}"

    def clean(self) -> None:
        """Nobody can fill a place whose name is not known."""
        strange = next((name for name in BLANK.findall(self.text) if name not in BLANKS), None)
        if strange is not None:
            known = ", ".join(f"{{{name}}}" for name in BLANKS)
            raise ValidationError(
                {"text": _("{%(name)s} is not known. There are %(known)s.") % {"name": strange, "known": known}}
            )


class Draft(models.Model):
    """What an agent has begun to write and not sent; whatever happens to the talk, her words stay."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="drafts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = [models.UniqueConstraint(fields=["conversation", "user"], name="one_draft_a_person_and_talk")]

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.user_id}"
