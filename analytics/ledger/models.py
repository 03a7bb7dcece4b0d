"""What happened: rows that are only ever added, and how far it is safe to read them."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    _Field = models.Field[int, int]
else:
    _Field = models.Field


class TransactionIdField(_Field):
    """Postgres' xid8: a transaction's number, which never wraps around."""

    def db_type(self, connection: Any) -> str:
        return "xid8"

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> int | None:
        return None if value is None else int(value)

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else str(value)


class NextEventId(models.Func):
    """The next id, taken only after the transaction has its number (see ledger_next_event_id in the migration)."""

    function = "ledger_next_event_id"
    output_field = models.BigIntegerField()


class CurrentTransaction(models.Func):
    function = "pg_current_xact_id"
    output_field = TransactionIdField()


class Event(models.Model):
    """One thing that happened, without a word anybody wrote and without a name."""

    id = models.BigIntegerField(primary_key=True, db_default=NextEventId(), editable=False)
    kind = models.CharField(_("kind"), max_length=60)
    at = models.DateTimeField(_("at"), db_default=Now())
    xid = TransactionIdField(db_default=CurrentTransaction(), editable=False)
    shop_id = models.BigIntegerField(_("shop"), null=True)
    subject = models.CharField(_("subject"), max_length=80)
    actor = models.CharField(_("actor"), max_length=80, null=True)  # noqa: DJ001  nobody is not an empty somebody
    refs = models.JSONField(_("also concerned"), db_default=models.Value({}, output_field=models.JSONField()))
    facts = models.JSONField(_("facts"), db_default=models.Value({}, output_field=models.JSONField()))

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["kind", "at"], name="ledger_event_kind_at"),
            models.Index(fields=["subject", "id"], name="ledger_event_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.kind} {self.subject}"


class Horizon(models.Model):
    """Up to which id the ledger is settled: nothing below it can still be committed. One row."""

    settled = models.BigIntegerField(_("settled up to"), default=0)
    fence = models.BigIntegerField(_("next to settle"), null=True)
    fence_xid = models.BigIntegerField(_("once older transactions are done than"), null=True)

    class Meta:
        verbose_name = _("horizon")
        verbose_name_plural = _("horizon")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.settled)


class Cursor(models.Model):
    """How far one subscriber has come."""

    reader = models.CharField(_("reader"), max_length=120, primary_key=True)
    last = models.BigIntegerField(_("last event"), default=0)
    moved_at = models.DateTimeField(_("moved at"), auto_now=True)

    class Meta:
        verbose_name = _("cursor")
        verbose_name_plural = _("cursors")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.reader} at {self.last}"


class Delivery(models.Model):
    """An event that a subscriber could not take in its turn. Later events of its subject queue up behind it."""

    reader = models.CharField(_("reader"), max_length=120)
    event = models.ForeignKey(Event, models.PROTECT, db_constraint=False, related_name="+", verbose_name=_("event"))
    subject = models.CharField(_("subject"), max_length=80)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("next attempt"), null=True)
    error = models.CharField(_("what went wrong"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("held-up delivery")
        verbose_name_plural = _("held-up deliveries")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["reader", "subject", "event"], name="one_delivery_a_reader_and_event"),
        ]

    def __str__(self) -> str:
        return f"{self.reader}: {self.subject}, {self.attempts} attempts"

    @property
    def is_parked(self) -> bool:
        """We gave up: a person must look, and replay it."""
        return self.due_at is None
