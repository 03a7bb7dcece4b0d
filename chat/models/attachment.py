import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.access import Visible


def random_name(attachment: "Attachment", filename: str) -> str:
    """Where a file lies says nothing about it: neither its name nor whose it is."""
    return f"attachments/{attachment.public_id.hex[:2]}/{uuid.uuid4().hex}"


class AttachmentQuerySet(Visible["Attachment"]):
    shop_path = "conversation__shop"
    customer_path = "conversation__customer__"


class Attachment(models.Model):
    """A file somebody sent; it is uploaded first and said with a message after."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    conversation = models.ForeignKey("chat.Conversation", on_delete=models.PROTECT, related_name="attachments")
    message = models.ForeignKey(
        "chat.Message", null=True, blank=True, on_delete=models.PROTECT, related_name="attachments"
    )
    by_shopper = models.BooleanField()
    client_id = models.CharField(max_length=64)
    name = models.CharField(_("file name"), max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    file = models.FileField(upload_to=random_name)
    preview = models.FileField(upload_to=random_name, blank=True)
    at = models.DateTimeField()

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        constraints = [
            models.UniqueConstraint(fields=["conversation", "client_id"], name="a_file_is_uploaded_once"),
        ]

    def __str__(self) -> str:
        return self.name
