import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models.access import Visible
from accounts.models.customer import Customer
from accounts.models.shop import Shop


class CustomerNoteQuerySet(Visible["CustomerNote"]):
    """Of the team alone: there is no path to the customer."""

    shop_path = "customer__shop"


class CustomerNote(models.Model):
    """What the team should know about somebody; she never sees it, unless she asks for all we keep."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="notes", verbose_name=_("customer"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("author")
    )
    text = models.TextField(_("text"), max_length=5000)
    at = models.DateTimeField(_("when"))

    objects = CustomerNoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="a_customer_note_says_something")]
        indexes = [models.Index(fields=["customer", "-id"], name="customer_notes_newest")]

    def __str__(self) -> str:
        return f"{self.customer}: {self.text[:60]}"


class CustomerTagQuerySet(Visible["CustomerTag"]):
    pass


class CustomerTag(models.Model):
    """A word by which a shop sorts its customers."""

    shop = models.ForeignKey(Shop, models.CASCADE, related_name="customer_tags", verbose_name=_("shop"))
    name = models.CharField(_("name"), max_length=40)
    customers = models.ManyToManyField(Customer, blank=True, related_name="tags", verbose_name=_("customers"))

    objects = CustomerTagQuerySet.as_manager()

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        constraints = [
            models.UniqueConstraint("shop", Lower("name"), name="one_customer_tag_however_written"),
            models.CheckConstraint(condition=~Q(name=""), name="a_customer_tag_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name
