"""What a shopper allows: the one gate, and the decisions it reads."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.models import ConsentRecord, ConsentText, Customer, How, Purpose, Shop, User
from accounts.wording import FIRST
from analytics.ledger import events

OPTIONAL = tuple(purpose for purpose in Purpose if purpose is not Purpose.NECESSARY)


class AlwaysOn(ValueError):
    """Somebody tried to switch off what every answer needs."""

    def __str__(self) -> str:
        return str(_("We cannot help without this. To end it, ask us to erase your data."))


class UnknownPurpose(ValueError):
    """There is no such purpose."""


# The gate.


def allows(customer: Customer | None, purpose: str) -> bool:
    """Whether this person said yes to this, last time she said anything."""
    if _known(purpose) is Purpose.NECESSARY:
        return True
    if customer is None:
        return False
    latest = _decisions_of(customer).filter(purpose=purpose).order_by("-pk").values_list("granted", flat=True).first()
    return bool(latest)


def allowed(customer: Customer | None) -> frozenset[Purpose]:
    """All she allows, read at once."""
    if customer is None:
        return frozenset({Purpose.NECESSARY})
    latest = _decisions_of(customer).order_by("purpose", "-pk").distinct("purpose")
    granted = {Purpose(record.purpose) for record in latest if record.granted}
    return frozenset(granted | {Purpose.NECESSARY})


def those_who_allow(purpose: str, customers: QuerySet[Customer]) -> QuerySet[Customer]:
    """Of many customers those who allow this, as one query."""
    if _known(purpose) is Purpose.NECESSARY:
        return customers
    hers = Q(customer=OuterRef("pk")) | Q(customer__merged_into=OuterRef("pk"))
    latest = ConsentRecord.objects.filter(hers, purpose=purpose).order_by("-pk")
    return customers.alias(last_word=Subquery(latest.values("granted")[:1])).filter(last_word=True)


# The decisions.


def grant(
    customer: Customer, purpose: str, *, how: str, at: datetime, language: str = "", by: User | None = None
) -> None:
    """Write down that she said yes."""
    decide(customer, {purpose: True}, how=how, at=at, language=language, by=by)


def withdraw(
    customer: Customer, purpose: str, *, how: str, at: datetime, language: str = "", by: User | None = None
) -> None:
    """Write down that she said no, or no longer."""
    decide(customer, {purpose: False}, how=how, at=at, language=language, by=by)


@transaction.atomic
def decide(
    customer: Customer,
    choices: Mapping[str, bool],
    *,
    how: str,
    at: datetime,
    language: str = "",
    by: User | None = None,
) -> list[ConsentRecord]:
    """Write down several decisions at once; what she decided already under the same words is not repeated."""
    if choices.get(Purpose.NECESSARY) is False:
        raise AlwaysOn
    # One writer at a time for one person: the newest row is then the last word.
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    shop = customer.shop
    texts = current_texts(shop, language or customer.language)
    latest = {record.purpose: record for record in latest_decisions(customer)}
    written = []
    for purpose, granted in choices.items():
        text, before = texts[_known(purpose)], latest.get(purpose)
        if before and before.granted == granted and before.text.version == text.version:
            continue
        record = ConsentRecord.objects.create(
            customer=customer, purpose=purpose, text=text, granted=granted, how=How(how), by=by, at=at
        )
        events.record(
            "consent.granted" if granted else "consent.withdrawn",
            customer=customer,
            text=text,
            purpose=purpose,
            how=how,
            version=text.version,
            actor=by or customer,
            at=at,
        )
        written.append(record)
    return written


# Two who become one.


def narrow(customer: Customer, both: Collection[str], *, by: User, at: datetime) -> list[tuple[int, int]]:
    """What only one of the two allowed is no longer allowed. Gives each yes with the no written over it."""
    return [
        (yes.pk, _write(yes, False, customer=customer, by=by, at=at).pk)
        for yes in latest_decisions(customer)
        if yes.granted and yes.purpose in OPTIONAL and yes.purpose not in both
    ]


def widen_again(customer: Customer, narrowed: Sequence[Sequence[int]], *, by: User, at: datetime) -> None:
    """The merge is undone: where that no is still the last word, the yes it covered holds again, in its own words."""
    latest = {record.pk for record in latest_decisions(customer)}
    for yes in ConsentRecord.objects.filter(pk__in=[yes for yes, no in narrowed if no in latest]).order_by("pk"):
        if yes.customer_id == customer.pk:
            _write(yes, True, customer=customer, by=by, at=at)


def _write(like: ConsentRecord, granted: bool, *, customer: Customer, by: User, at: datetime) -> ConsentRecord:
    record = ConsentRecord.objects.create(
        customer=customer, purpose=like.purpose, text=like.text, granted=granted, how=How.MERGE, by=by, at=at
    )
    events.record(
        "consent.granted" if granted else "consent.withdrawn",
        customer=customer,
        text=like.text,
        purpose=like.purpose,
        how=How.MERGE,
        version=like.text.version,
        actor=by,
        at=at,
    )
    return record


# The words.


def prepare(shop: Shop) -> None:
    """Give a shop its first texts; those it has stay as they are."""
    ConsentText.objects.bulk_create(
        [
            ConsentText(shop=shop, purpose=purpose, language=language, version=1, text=text)
            for language, texts in FIRST.items()
            for purpose, text in texts.items()
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def publish(shop: Shop, purpose: str, texts: Mapping[str, str]) -> list[ConsentText]:
    """Publish new words, one text a language; who agreed to the old ones will be asked again.

    A language the newest version lacks is added to that one; only new words for a language it has make a new version.
    """
    Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)
    published = ConsentText.objects.filter(shop=shop, purpose=_known(purpose))
    version = published.order_by("-version").values_list("version", flat=True).first() or 1
    if published.filter(version=version, language__in=texts).exists():
        version += 1
    return [
        ConsentText.objects.create(shop=shop, purpose=purpose, language=language, version=version, text=text)
        for language, text in texts.items()
    ]


def current_texts(shop: Shop, language: str = "") -> dict[Purpose, ConsentText]:
    """The newest words for every purpose in her language, else the shop's, else English, else any.

    A new version that is not yet translated waits: nobody is asked to agree to what she cannot read.
    """
    texts = _newest(shop)
    if len({text.purpose for text in texts}) < len(Purpose):
        prepare(shop)
        texts = _newest(shop)
    wanted = [language, language.split("-")[0], shop.language, shop.language.split("-")[0], "en"]
    best: dict[Purpose, ConsentText] = {}
    for purpose in Purpose:
        spoken = {text.language: text for text in texts if text.purpose == purpose}
        best[purpose] = next(spoken[code] for code in [*wanted, *spoken] if code in spoken)
    return best


@dataclass(frozen=True)
class Choice:
    """One purpose as a person sees it: the words, and what she last decided."""

    purpose: Purpose
    text: ConsentText
    record: ConsentRecord | None

    @property
    def is_optional(self) -> bool:
        return self.purpose is not Purpose.NECESSARY

    @property
    def is_on(self) -> bool:
        return not self.is_optional or bool(self.record and self.record.granted)

    @property
    def is_open(self) -> bool:
        """Never decided, or decided under older words."""
        return self.record is None or self.record.text.version < self.text.version


def choices_of(customer: Customer | None, shop: Shop, language: str = "") -> list[Choice]:
    """Every purpose with its words and her last decision: what the page and the question show."""
    texts = current_texts(shop, language)
    latest = {record.purpose: record for record in latest_decisions(customer)} if customer else {}
    return [Choice(purpose, texts[purpose], latest.get(purpose)) for purpose in Purpose]


def wants_asking(customer: Customer | None, shop: Shop) -> bool:
    """Whether some question is still open: ask before the first message, and again when the words changed."""
    return any(choice.is_open for choice in choices_of(customer, shop))


def latest_decisions(customer: Customer) -> QuerySet[ConsentRecord]:
    return _decisions_of(customer).select_related("text").order_by("purpose", "-pk").distinct("purpose")


def history(customer: Customer) -> QuerySet[ConsentRecord]:
    """Every decision, newest first, with the words she saw."""
    return _decisions_of(customer).select_related("text", "by").order_by("-pk")


def _decisions_of(customer: Customer) -> QuerySet[ConsentRecord]:
    """Hers, and those she made before she was merged into this row."""
    return ConsentRecord.objects.filter(Q(customer=customer) | Q(customer__merged_into=customer))


def _newest(shop: Shop) -> list[ConsentText]:
    """The newest text of every purpose in every language it was ever published in."""
    newest = ConsentText.objects.filter(shop=shop).order_by("purpose", "language", "-version")
    return list(newest.distinct("purpose", "language"))


def _known(purpose: str) -> Purpose:
    try:
        return Purpose(purpose)
    except ValueError:
        raise UnknownPurpose(purpose) from None
