"""Who somebody is to a shop: accounts, guests, addresses, and how they become one."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import slug_re, validate_email
from django.db import IntegrityError, transaction
from django.db.models import Case, Value, When
from django.http import Http404, HttpRequest
from django.http.request import split_domain_port
from django.utils.translation import gettext_lazy as _

from accounts.merging import NotTheSame, locked, merge
from accounts.models import Customer, Membership, OtherIdentity, Role, Shop, User
from analytics.ledger import events


class NoShop(Http404):
    """No such shop, or none yet: one more thing that is not there."""


# Shops.


def shop_at(*, host: str = "", slug: str = "") -> Shop | None:
    """The shop of this name, or the one that answers at this host; else the oldest, so that one shop needs neither."""
    if slug and not slug_re.fullmatch(slug):
        return None
    if slug:
        return Shop.objects.filter(slug=slug).first()
    answers_here = Case(When(host=host.lower(), then=0), default=1) if host else Value(1)
    return Shop.objects.order_by(answers_here, "pk").first()


def shop_for(request: HttpRequest) -> Shop:
    """The shop a request is for: of the widget it comes from, named in its address, by its host, or the only one."""
    if (known := getattr(request, "widget_shop", None) or getattr(request, "known_shop", None)) is not None:
        return known  # type: ignore[no-any-return]
    slug = request.resolver_match.kwargs.get("shop", "") if request.resolver_match else ""
    host, _port = split_domain_port(request.get_host())
    shop = shop_at(host=host, slug=slug or request.GET.get("shop", ""))
    if shop is None:
        raise NoShop
    if request.resolver_match:
        request.known_shop = shop  # type: ignore[attr-defined]
    return shop


# Customers.


def customer_of(user: User, shop: Shop) -> Customer | None:
    """Her row in this shop, if she has one."""
    return Customer.objects.filter(user=user, shop=shop).first()


def customer_for(user: User, shop: Shop, *, at: datetime | None = None) -> Customer:
    """Her row in this shop; the first time, the one her proven address already has, or a new one."""
    return customer_of(user, shop) or _first_visit(user, shop, at)


def guest(
    shop: Shop, *, name: str = "", email: str = "", language: str = "", phone: str = "", at: datetime | None = None
) -> Customer:
    """Somebody new who told us what she liked: her address is only what she typed."""
    return _new(shop, at, name=name, email=_address(email), language=language, phone=phone)


def known_by(shop: Shop, email: str, *, name: str = "", language: str = "", at: datetime | None = None) -> Customer:
    """Who owns this address, by the word of a system we trust: a shop's order, a mail that came from it."""
    address = _address(email)
    if address is None:
        raise ValidationError(_("An e-mail address is needed."))
    found = _with_address(shop, address) or _once_with_address(shop, address)
    if found is not None:
        return found
    owner = User.objects.filter(emailaddress__email=address, emailaddress__verified=True, is_active=True).first()
    if owner is not None:
        return customer_for(owner, shop, at=at)
    try:
        return _new(shop, at, name=name, email=address, email_verified=True, language=language)
    except IntegrityError:  # somebody else was as quick
        return Customer.objects.with_address(address).get(shop=shop)


@transaction.atomic
def introduce(user: User, *, name: str, language: str) -> None:
    """She says what she is called and what she speaks, to every shop at once."""
    user.name, user.language = name, language
    user.save(update_fields=["name", "language"])
    Customer.objects.filter(user=user).update(name=name, language=language)


@transaction.atomic
def end_tour(user: User, name: str) -> None:
    """She knows her way here, and is not shown around again."""
    kept: User = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if name not in kept.tours_done:
        kept.tours_done = [*kept.tours_done, name]
        kept.save(update_fields=["tours_done"])


# Becoming one.


@transaction.atomic
def claim(visitor: Customer, user: User) -> Customer:
    """A guest signed in: what she did as a guest is hers."""
    _one_at_a_time(user)
    visitor, own = locked(visitor, customer_of(user, visitor.shop))
    if visitor.user_id == user.pk:
        return visitor
    if visitor.user_id is not None or visitor.merged_into_id is not None:
        raise NotTheSame
    if visitor.email_verified and not _proves(user, visitor.email or ""):
        raise NotTheSame
    return _joined(visitor, own, user)


@transaction.atomic
def address_proven(user: User) -> list[Customer]:
    """Her addresses changed: whoever the shops knew by a proven one is she, each within its shop."""
    _one_at_a_time(user)
    addresses = _proven_addresses(user)
    others = Customer.objects.present().filter(user=None, email__in=addresses, email_verified=True)
    joined = []
    for other in others.select_related("shop").order_by("shop", "pk"):
        other, own = locked(other, customer_of(user, other.shop))
        if other.user_id is None and other.merged_into_id is None:
            joined.append(_joined(other, own, user))
    for own in Customer.objects.filter(user=user).order_by("pk"):
        _know_address(own, user)
    return joined


# The team.


class NotProven(ValueError):
    """Anybody may open an account under any address; only the owner can prove it."""

    def __str__(self) -> str:
        return str(_("This account has not proven its address yet. Ask its owner to follow the link in our mail."))


def may_join(email: str) -> bool:
    """Nobody has an account under this address, or its owner proved it."""
    user = User.objects.filter(email=_address(email)).first()
    return user is None or _proves(user, user.email)


@transaction.atomic
def join_team(shop: Shop, *, email: str, role: str = Role.AGENT, name: str = "", password: str | None = None) -> User:
    """Let somebody work for a shop. Who has an account must have proven its address; a new one is vouched for."""
    address = _address(email) or ""
    user: User | None = User.objects.filter(email=address).first()
    if user is None:
        user = User.objects.create_user(address, password, name=name)
        vouch_for(user)
    elif not _proves(user, address):
        raise NotProven
    Membership.objects.update_or_create(user=user, shop=shop, defaults={"role": Role(role)})
    user.__dict__.pop("roles", None)
    return user


def vouch_for(user: User) -> None:
    """Count her address as proven, unless somebody else has proven it."""
    if not EmailAddress.objects.filter(email=user.email, verified=True).exists():
        EmailAddress.objects.update_or_create(
            user=user, email=user.email, defaults={"verified": True, "primary": not _has_primary(user)}
        )


# Inside.


@transaction.atomic
def _first_visit(user: User, shop: Shop, at: datetime | None) -> Customer:
    _one_at_a_time(user)
    own = customer_of(user, shop)  # two tabs opened at once
    if own is not None:
        return own
    proven = _proves(user, user.email)
    known = _with_address(shop, user.email) if proven else None
    if known is not None:
        known, _none = locked(known, None)
        if known.user_id is None and known.merged_into_id is None:
            return _joined(known, None, user)
    verified = proven and known is None
    return _new(shop, at, user=user, name=user.name, email=user.email, email_verified=verified, language=user.language)


def _one_at_a_time(user: User) -> None:
    """Whatever gives an account its row in a shop waits here, so that there is never a second one."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _joined(other: Customer, own: Customer | None, user: User) -> Customer:
    """The other row becomes hers: given to her whole, or merged into the one she has."""
    if own is not None:
        return merge(other, own)
    other.user = user
    other.name = other.name or user.name
    other.language = other.language or user.language
    other.save(update_fields=["user", "name", "language"])
    _know_address(other, user)
    return other


def _know_address(own: Customer, user: User) -> None:
    """Her row carries the address of her account, and its proof unless another row still has it."""
    others = Customer.objects.with_address(user.email).filter(shop=own.shop).exclude(pk=own.pk)
    proven = _proves(user, user.email) and not others.exists()
    if (own.email, own.email_verified) != (user.email, proven):
        own.email, own.email_verified = user.email, proven
        own.save(update_fields=["email", "email_verified"])


def _new(shop: Shop, at: datetime | None, **fields: object) -> Customer:
    with transaction.atomic():
        customer = Customer.objects.create(shop=shop, **fields)
        events.record("customer.created", customer=customer, at=at, is_guest=customer.user_id is None)
    return customer


def _with_address(shop: Shop, email: str) -> Customer | None:
    return Customer.objects.with_address(email).filter(shop=shop).first()


def _once_with_address(shop: Shop, email: str) -> Customer | None:
    """Whom this proven address came to when two were joined."""
    known = OtherIdentity.objects.filter(customer__shop=shop, email=email, is_proven=True)
    found = known.select_related("customer").order_by("pk").first()
    return found.customer if found else None


def _address(email: str) -> str | None:
    address = email.strip().lower()
    if not address:
        return None
    validate_email(address)
    return address


def _proves(user: User, email: str) -> bool:
    return EmailAddress.objects.filter(user=user, email=email.lower(), verified=True).exists()


def _proven_addresses(user: User) -> list[str]:
    return list(EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True))


def _has_primary(user: User) -> bool:
    return EmailAddress.objects.filter(user=user, primary=True).exists()
