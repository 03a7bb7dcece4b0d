"""Whoever asked for something that was sold out is told once when it is back: in the talk, and by mail."""

import logging
from datetime import datetime, timedelta

from celery import shared_task
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import clock
from accounts import mail as mailing
from accounts.models import Product, Variant
from chat import actions, languages, realtime, talk
from chat.models import Action, Author, Conversation, StockAlert

logger = logging.getLogger(__name__)

KIND = "stock.alert"
MOST = 20  # that one talk may wait for
PAGE = 100
AGAIN = timedelta(minutes=5)  # after a mail that did not leave


def note(action: Action) -> actions.Outcome:
    """Write down who waits for what; twice is as once."""
    told, conversation = action.arguments, action.conversation
    product = Product.objects.filter(shop=conversation.shop_id, external_id=told["product"]).first()
    waiting = StockAlert.objects.filter(conversation=conversation, told_at=None)
    if product is None or waiting.count() >= MOST:
        return actions.Outcome("", ok=False, result={"error": "unknown or too many"}, is_quiet=True)
    variant = Variant.objects.filter(product=product, sku=told.get("variant") or "").first()
    waiting.update_or_create(
        conversation=conversation,
        product=product,
        variant=variant,
        told_at=None,
        defaults={"email": told["email"], "asked_at": timezone.now()},
    )
    return actions.Outcome("", is_quiet=True)


def tell(*, at: datetime) -> int:
    """Tell everybody whose wish has come true, in their talk; how many were told."""
    had = Variant.objects.filter(Q(stock=None) | Q(stock__gt=0), product=OuterRef("product"), is_offered=True)
    found = StockAlert.objects.filter(told_at=None, product__is_sold=True)
    found = found.filter(Q(Q(variant=None), Exists(had)) | Q(Exists(had.filter(pk=OuterRef("variant")))))
    pks = found.order_by("pk").values_list("pk", "conversation")[:PAGE]
    return sum(_tell(pk, conversation, at=at) for pk, conversation in pks)


def mail(*, at: datetime) -> int:
    """Mail those who were told; one that does not leave is tried again."""
    due = StockAlert.objects.filter(mail_due_at__lte=at).order_by("pk").values_list("pk", "mail_due_at")[:PAGE]
    return sum(_mail(pk, was_due, at=at) for pk, was_due in due)


@transaction.atomic
def _tell(alert_id: int, conversation_id: int, *, at: datetime) -> bool:
    conversation = talk.lock(conversation_id)
    if not StockAlert.objects.filter(pk=alert_id, told_at=None).update(told_at=at, mail_due_at=at):
        return False
    alert = StockAlert.objects.select_related("product", "variant").get(pk=alert_id)
    with clock.reading(languages.of(conversation), conversation.shop.zone):
        text = _("%(product)s can be ordered again.") % {"product": _named(alert)}
    message = talk.say(conversation, author=Author.SYSTEM, text=text, at=at, client_id=f"stock:{alert.pk}")
    talk.keep(conversation)
    realtime.wake(conversation, message)
    return True


def _mail(alert_id: int, was_due: datetime | None, *, at: datetime) -> bool:
    ours = StockAlert.objects.filter(pk=alert_id, mail_due_at=was_due)
    if not ours.update(mail_due_at=at + AGAIN):  # another worker was faster
        return False
    alert = StockAlert.objects.select_related("product", "variant").get(pk=alert_id)
    conversation = Conversation.objects.select_related("customer", "shop").get(pk=alert.conversation_id)
    with clock.reading(languages.of(conversation), conversation.shop.zone):
        product = _named(alert)
        subject = _("%(product)s can be ordered again") % {"product": product}
        context = {"shop": conversation.shop, "product": product, "url": alert.product.url}
        letter = mailing.compose(
            subject, render_to_string("email/restocked.txt", context), to=alert.email, shop=conversation.shop
        )
    try:
        letter.send()
    except OSError as error:  # smtplib's failures are of this kind, too
        logger.warning("The mail of stock alert %s did not leave: %s", alert_id, type(error).__name__)
        return False
    StockAlert.objects.filter(pk=alert_id).update(mail_due_at=None)
    return True


def _named(alert: StockAlert) -> str:
    return alert.variant.title if alert.variant else alert.product.name


@shared_task(name="chat.restocked")
def tell_and_mail() -> None:
    at = timezone.now()
    tell(at=at)
    mail(at=at)


actions.register(KIND, note, ours=True)
