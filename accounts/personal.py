"""The privacy list of this app, and of the packages and the ledger that cannot write their own."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet

from accounts import models
from accounts.models import Customer
from accounts.privacy import harmless, personal, register


def export_customer(customer: Customer) -> Iterator[dict[str, Any]]:
    yield {
        "name": customer.name,
        "email": customer.email,
        "phone": customer.phone,
        "address": customer.address,
        "language": customer.language,
        "created_at": customer.created_at,
    }


def export_consents(customer: Customer) -> Iterator[dict[str, Any]]:
    from accounts import consent

    for record in consent.history(customer):
        yield {
            "purpose": record.purpose,
            "granted": record.granted,
            "text": record.text.text,
            "version": record.text.version,
            "how": record.how,
            "at": record.at,
        }


def export_notes(customer: Customer) -> Iterator[dict[str, Any]]:
    for note in models.CustomerNote.objects.filter(_hers(customer)).order_by("pk"):
        yield {"text": note.text, "at": note.at}


def erase_notes(customer: Customer) -> int:
    return models.CustomerNote.objects.filter(_hers(customer)).delete()[0]


def export_tags(customer: Customer) -> Iterator[dict[str, Any]]:
    worn = models.CustomerTag.customers.through.objects.filter(_hers(customer)).order_by("customertag__name", "pk")
    for name in dict.fromkeys(worn.values_list("customertag__name", flat=True)):
        yield {"tag": name}


def erase_tags(customer: Customer) -> int:
    return models.CustomerTag.customers.through.objects.filter(_hers(customer)).delete()[0]


def export_identities(customer: Customer) -> Iterator[dict[str, Any]]:
    for one in customer.identities.order_by("pk"):
        yield {"email": one.email, "is_proven": one.is_proven, "phone": one.phone}


def erase_identities(customer: Customer) -> int:
    return customer.identities.all().delete()[0]


def export_merges(customer: Customer) -> Iterator[dict[str, Any]]:
    for merge in _merges(customer).order_by("pk"):
        yield {"joined_at": merge.at, "undone_at": merge.undone_at, "said_before": merge.kept.get("source", {})}


def erase_merges(customer: Customer) -> int:
    """With them goes what her rows said before; they can no longer be told apart."""
    return _merges(customer).delete()[0]


def _merges(customer: Customer) -> QuerySet[models.CustomerMerge]:
    rows = Customer.objects.filter(Q(pk=customer.pk) | Q(merged_into=customer))
    return models.CustomerMerge.objects.filter(Q(source__in=rows) | Q(target__in=rows))


def _hers(customer: Customer) -> Q:
    """Of her row, and of those that were merged into it."""
    return Q(customer=customer) | Q(customer__merged_into=customer)


def export_crm(customer: Customer) -> Iterator[dict[str, Any]]:
    for said in models.CrmPerson.objects.filter(_hers(customer)).order_by("pk"):
        yield {"value": said.value, "currency": said.currency, "segment": said.segment, "as_of": said.as_of}


def erase_crm(customer: Customer) -> int:
    """Here; in the CRM itself the shop erases her."""
    return models.CrmPerson.objects.filter(_hers(customer)).delete()[0]


def export_pushes(customer: Customer) -> Iterator[dict[str, Any]]:
    for push in models.CrmPush.objects.filter(_hers(customer)).order_by("pk"):
        yield {"kind": push.kind, "subject": push.subject, "text": push.text, "at": push.asked_at}


def erase_pushes(customer: Customer) -> int:
    return models.CrmPush.objects.filter(_hers(customer)).delete()[0]


def export_payment_methods(customer: Customer) -> Iterator[dict[str, Any]]:
    for method in customer.payment_methods.order_by("pk"):
        yield {"kind": method.kind, "label": method.label, "balance": method.balance, "currency": method.currency}


def export_orders(customer: Customer) -> Iterator[dict[str, Any]]:
    for order in customer.orders.newest_first():
        yield {
            "number": order.number,
            "placed_at": order.placed_at,
            "total": order.total,
            "currency": order.currency,
            "ship_to": order.ship_to,
            "cancel_reason": order.cancel_reason,
            "lines": list(order.lines.order_by("position").values("name", "price", "quantity")),
        }


def export_changes(customer: Customer) -> Iterator[dict[str, Any]]:
    for change in models.OrderChange.objects.filter(order__customer=customer).select_related("order").order_by("pk"):
        yield {
            "order": change.order.number,
            "action": change.action,
            "wish": change.wish,
            "state": change.state,
            "text": change.text,
            "at": change.asked_at,
        }


def export_proofs(customer: Customer) -> Iterator[dict[str, Any]]:
    for proof in models.OrderProof.objects.filter(_hers(customer)).select_related("order").order_by("pk"):
        number = proof.order.number if proof.order and proof.proven_at else ""
        yield {"proven_order": number, "asked_at": proof.asked_at}


def erase_proofs(customer: Customer) -> int:
    """What she has proven, and what was proven of her orders."""
    theirs = _hers(customer) | Q(order__customer=customer)
    return models.OrderProof.objects.filter(theirs).delete()[0]


register(
    models.Shop,
    harmless(
        "slug", "name", "host", "language", "time_zone", "currency", "widget_origins", "widget_secret", "questions"
    ),
)
register(models.User, personal("email", "name", "password"), harmless("language", "tours_done"))
register(models.Membership, personal("user"), harmless("languages"))
register(models.Team, harmless("name", "topics"))
register("accounts.Team_members", personal("user"))
register(models.Skill, harmless("name", "topics"))
register("accounts.Skill_members", personal("user"))
register("accounts.User_groups", personal("user"))
register("accounts.User_user_permissions", personal("user"))
register(models.AgentPresence, personal("user"))
register(models.FirstAdminToken, harmless("digest"))
register(
    models.Customer,
    personal("user", "name", "email", "phone", "phone_tail", "address", "external_id", "merged_into"),
    harmless("language"),
    export=export_customer,
)
register(models.CustomerNote, personal("customer", "author", "text"), export=export_notes, erase=erase_notes)
register(
    models.CustomerMerge,
    personal("source", "target", "by", "kept"),
    export=export_merges,
    erase=erase_merges,
)
register(
    models.OtherIdentity,
    personal("customer", "email", "phone"),
    export=export_identities,
    erase=erase_identities,
)
register(models.CustomerTag, harmless("name"))
register("accounts.CustomerTag_customers", personal("customer"), export=export_tags, erase=erase_tags)
register(models.Crm, harmless("address", "database", "user", "sealed"))
register(
    models.CrmPerson,
    personal("customer", "external_id", "segment"),
    harmless("currency"),
    export=export_crm,
    erase=erase_crm,
)
register(
    models.CrmPush,
    personal("customer", "subject", "text", "trouble"),
    export=export_pushes,
    erase=erase_pushes,
)
register(models.ConsentText, harmless("language", "text"))
register(models.ConsentRecord, personal("customer", "by"), export=export_consents)
register(
    models.PaymentMethod,
    personal("customer", "external_id", "label"),
    harmless("currency"),
    export=export_payment_methods,
)
register(models.Product, harmless("external_id", "name", "kind", "description", "url", "image_url", "properties"))
register(models.Variant, harmless("sku", "name", "currency", "options"))
register(
    models.Order,
    personal("customer", "number", "external_id", "ship_to", "address", "cancel_reason"),
    harmless("currency"),
    export=export_orders,
)
register(models.OrderChange, personal("wish", "plan", "text", "by"), export=export_changes)
register(models.OrderProof, personal("customer"), harmless("digest"), export=export_proofs, erase=erase_proofs)
register(models.Rule, harmless("statuses", "not_after", "reasons", "not_kinds", "words"))
register(models.OrderLine, harmless("sku", "name", "options"))
register(models.Payment, personal("external_id"), harmless("method", "currency"))
register(models.Shipment, personal("tracking_number", "tracking_url"), harmless("carrier"))
register(models.TrackingEvent, personal("text", "place"), harmless("external_id"))
register(models.Return, personal("number", "reason"))
register(models.Refund, personal("external_id"), harmless("currency"))

# What happened: opaque references and closed facts only; it reads nobody, so it cannot list itself here.
register("ledger.Event", personal("subject", "actor", "refs"), harmless("kind", "facts"))
register("ledger.Cursor", harmless("reader"))
register("ledger.Delivery", personal("subject", "error"), harmless("reader"))

# Packages.
register("account.EmailAddress", personal("user", "email"))
register("account.EmailConfirmation", harmless("key"))
register("socialaccount.SocialAccount", personal("user", "uid", "extra_data"), harmless("provider"))
register("socialaccount.SocialToken", personal("token", "token_secret"))
register(
    "socialaccount.SocialApp",
    harmless("provider", "provider_id", "name", "client_id", "secret", "key", "settings"),
)
register("mfa.Authenticator", personal("user", "data"))
register("admin.LogEntry", personal("user", "object_id", "object_repr", "change_message"))
register("auth.Permission", harmless("name", "codename"))
register("auth.Group", harmless("name"))
register("contenttypes.ContentType", harmless("app_label", "model"))
register("sessions.Session", personal("session_key", "session_data"))
