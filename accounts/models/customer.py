import uuid
from typing import Any, Self

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower, Right
from django.utils.translation import gettext_lazy as _

from accounts.models.access import Visible
from accounts.models.named import named_values
from accounts.models.shop import Shop
from accounts.models.user import AddressField, User


class CustomerQuerySet(Visible["Customer"]):
    customer_path = ""

    def visible_to(self, user: Any) -> Self:
        team = super().visible_to(user)
        if user.is_authenticated and user.is_active and not user.is_superuser:
            team |= self.filter(user=user)
        return team.filter(merged_into=None)

    def staffed_by(self, user: Any) -> Self:
        """Those whom an agent may look after; a merged one leads to who she became."""
        return self.filter(shop__in=Shop.objects.visible_to(user))

    def present(self) -> Self:
        """Those who were not merged into somebody else."""
        return self.filter(merged_into=None)

    def with_address(self, email: str) -> Self:
        """Those who proved that this address is theirs."""
        return self.present().filter(email=email, email_verified=True)


class Customer(models.Model):
    """Somebody a shop serves: with an account, with only an address, or a guest."""

    public_id = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    shop = models.ForeignKey(Shop, models.PROTECT, related_name="customers", verbose_name=_("shop"))
    user = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="customers", verbose_name=_("account")
    )
    name = models.CharField(_("name"), max_length=200, blank=True)
    email = AddressField(_("email address"), null=True, blank=True)
    email_verified = models.BooleanField(_("address is proven"), default=False)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    # By its last digits a number is found, however its country and its gaps are written.
    phone_tail = models.GeneratedField(
        expression=Right(Func(F("phone"), Value(r"\D"), Value(""), Value("g"), function="regexp_replace"), 9),
        output_field=models.CharField(max_length=9),
        db_persist=True,
    )
    address = named_values(_("address"))
    # A merged row keeps it, so that the shop system's id still leads to the person.
    external_id = models.CharField(_("id in the shop system"), max_length=100, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    ledger_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # A merged row stays as an empty shell: its consent history and its ledger id keep their meaning.
    merged_into = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, editable=False, related_name="merged", verbose_name=_("now")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        constraints = [
            models.UniqueConstraint(fields=["shop", "user"], name="one_customer_for_a_user_in_a_shop"),
            models.UniqueConstraint(
                fields=["shop", "email"], condition=Q(email_verified=True), name="one_customer_for_a_proven_address"
            ),
            models.UniqueConstraint(
                fields=["shop", "external_id"], condition=~Q(external_id=""), name="one_customer_for_an_external_id"
            ),
            models.CheckConstraint(
                condition=Q(email=None) | Q(email=Lower("email")), name="customer_email_in_small_letters"
            ),
            models.CheckConstraint(condition=~Q(email=""), name="customer_email_is_absent_not_empty"),
            models.CheckConstraint(
                condition=Q(email_verified=False) | Q(email__isnull=False), name="no_proof_without_an_address"
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(user=None, email=None, name="", phone="", address={}),
                name="a_merged_customer_is_an_empty_shell",
            ),
            models.CheckConstraint(condition=~Q(merged_into=F("pk")), name="nobody_is_merged_into_herself"),
        ]
        indexes = [
            models.Index(fields=["shop", "email"], name="customer_by_address"),
            models.Index("shop", "phone_tail", name="customer_by_phone", condition=~Q(phone="")),
            models.Index("shop", Lower("name"), name="customer_by_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name or self.email or str(_("Guest"))

    @property
    def is_guest(self) -> bool:
        return self.user_id is None
