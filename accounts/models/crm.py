import uuid

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import money
from accounts.models.access import Visible
from accounts.models.customer import Customer
from accounts.models.shop import Shop


class CrmQuerySet(Visible["Crm"]):
    pass


class Crm(models.Model):
    """The outside system in which a shop keeps its customers; nothing is told to it unless it is on."""

    class Kind(models.TextChoices):
        REST = "rest", _("any that speaks our few requests")
        ODOO = "odoo", _("Odoo")

    shop = models.OneToOneField(Shop, models.CASCADE, related_name="crm", verbose_name=_("shop"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    address = models.URLField(_("address"), help_text=_("For example https://erp.example.com"))
    database = models.CharField(_("database"), max_length=100, blank=True, help_text=_("Odoo alone asks for it."))
    user = models.CharField(_("user"), max_length=200, blank=True, help_text=_("Odoo alone asks for it."))
    sealed = models.TextField(editable=False, blank=True)
    is_on = models.BooleanField(_("is told of customers"), default=False)

    objects = CrmQuerySet.as_manager()

    class Meta:
        verbose_name = _("outside CRM")
        verbose_name_plural = _("outside CRMs")
        constraints = [models.CheckConstraint(condition=Q(kind__in=["rest", "odoo"]), name="crm_kind_is_known")]

    def __str__(self) -> str:
        return f"{self.shop}: {self.get_kind_display()}"

    def clean(self) -> None:
        if self.kind == self.Kind.ODOO and not (self.database and self.user):
            raise ValidationError(_("Odoo needs a database and a user."))


class CrmPersonQuerySet(Visible["CrmPerson"]):
    """Of the team alone: there is no path to the customer."""

    shop_path = "customer__shop"


class CrmPerson(models.Model):
    """Who a customer is in the outside CRM, and what that says of her."""

    customer = models.OneToOneField(Customer, models.CASCADE, related_name="crm", verbose_name=_("customer"))
    external_id = models.CharField(_("id there"), max_length=100)
    value = money.amount(_("value"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    segment = models.CharField(_("segment"), max_length=200, blank=True)
    as_of = models.DateTimeField(_("as the CRM told us"))

    objects = CrmPersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person in the CRM")
        verbose_name_plural = _("persons in the CRM")

    def __str__(self) -> str:
        return self.external_id


class CrmPushQuerySet(Visible["CrmPush"]):
    shop_path = "customer__shop"


class CrmPush(models.Model):
    """Something the outside CRM is still to be told; once it knows, the row is gone."""

    class Kind(models.TextChoices):
        PERSON = "person", _("who they are")
        NOTE = "note", _("a note")
        TICKET = "ticket", _("a ticket")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="crm_pushes", verbose_name=_("customer"))
    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("what"), max_length=10, choices=Kind.choices)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    text = models.TextField(_("text"), blank=True)
    asked_at = models.DateTimeField(_("asked"))
    # Empty: it was declined or tried too often, and waits for a person.
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    trouble = models.CharField(_("what went wrong"), max_length=300, blank=True)

    objects = CrmPushQuerySet.as_manager()

    class Meta:
        verbose_name = _("message to the CRM")
        verbose_name_plural = _("messages to the CRM")
        indexes = [models.Index(fields=["due_at"], name="crm_pushes_due", condition=Q(due_at__isnull=False))]

    def __str__(self) -> str:
        return f"{self.customer}: {self.get_kind_display()}"
