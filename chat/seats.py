"""Who sits where: what a visitor may open, read and say. Foreign and missing are the same nothing."""

from collections.abc import MutableMapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.db.models import Q
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts import limits, merging, visitors
from accounts.mfa import owes_second_factor
from accounts.models import Customer, Shop, User
from chat import widget
from chat.models import Conversation

TOKEN_SALT = "chat.token"  # noqa: S105  (a name, not a secret)
TOKEN_SECONDS = 900


class Unknown(LookupError):
    """Nobody here has this address."""


@dataclass(frozen=True)
class Seat:
    """A place at one conversation: the shopper's own, or one of the team's."""

    conversation_id: int
    shop_id: int
    customer_id: int
    user_id: int | None
    is_staff: bool
    name: str
    key: str = ""  # of a widget's frame
    by_letter: str = ""  # whose letter led here
    zone: str = "UTC"  # of the shop


@dataclass(frozen=True)
class Visitor:
    """Who came: an account, or somebody known only by her session, which a widget's frame keeps as a key."""

    user: User | AnonymousUser
    session: MutableMapping[str, Any]
    key: str = ""


def token_for(email: str) -> str:
    """A short-lived key to the sockets for a program that speaks for this account or guest."""
    address = email.strip().lower()
    user = User.objects.filter(email=address, is_active=True).first()
    if user is not None:
        return signing.dumps({"user": user.pk}, salt=TOKEN_SALT)
    guest = Customer.objects.present().filter(email=address, user=None).order_by("-pk").first()
    if guest is None:
        raise Unknown
    return signing.dumps({"guest": guest.pk}, salt=TOKEN_SALT)


def visitor_by_token(token: str) -> Visitor | None:
    try:
        who = signing.loads(token, salt=TOKEN_SALT, max_age=TOKEN_SECONDS)
    except signing.BadSignature:
        return None
    if "user" in who:
        user = User.objects.filter(pk=who["user"], is_active=True).first()
        return Visitor(user, {}) if user else None
    guest = Customer.objects.present().filter(pk=who["guest"], user=None).first()
    return Visitor(AnonymousUser(), visitors.remembered(guest)) if guest else None


def visitor_by_key(key: str) -> Visitor:
    """Who sits before a widget's frame."""
    return Visitor(AnonymousUser(), widget.remembered_by(key), key)


def shopper_seat(visitor: Visitor, public_id: UUID) -> Seat | None:
    """Her place at a conversation of her own."""
    found = Conversation.objects.select_related("customer", "shop").filter(public_id=public_id).first()
    if found is None:
        return None
    if _is_hers(visitor, found):
        return _seat(found, visitor, is_staff=False)
    mark = visitor.session.get(LETTERS, {}).get(str(found.pk), "")
    if mark and constant_time_compare(mark, reader(found.customer)):
        return replace(_seat(found, visitor, is_staff=False), by_letter=mark)
    return None


def staff_seat(visitor: Visitor, public_id: UUID) -> Seat | None:
    """A place of the team at a conversation of a shop she works for."""
    if not isinstance(visitor.user, User) or owes_second_factor(visitor.user):
        return None
    conversation = Conversation.objects.staffed_by(visitor.user).select_related("customer", "shop")
    found = conversation.filter(public_id=public_id).first()
    return _seat(found, visitor, is_staff=True) if found else None


LETTERS = "letters"  # in a session: the talks whose letters were opened there, each with whose it was


def open_by_letter(session: MutableMapping[str, Any], conversation: Conversation) -> None:
    """Whoever opened its letter has a place at this one talk, as long as its customer has the address it went to."""
    opened = session.get(LETTERS, {})
    session[LETTERS] = {**dict(list(opened.items())[-19:]), str(conversation.pk): reader(conversation.customer)}


def reader(customer: Customer) -> str:
    """A mark of her and the address to which her letters go."""
    return salted_hmac("chat.letter", f"{customer.pk} {customer.email}").hexdigest()[:24]


def newest_open(visitor: Visitor, shop: Shop) -> Conversation | None:
    """Where she left off."""
    customer = visitors.known(visitor.user, visitor.session, shop)
    if customer is None:
        return None
    newest: Conversation | None = Conversation.objects.of(customer).open().newest_first().first()
    return newest


def still_holds(seat: Seat) -> bool:
    """Whether a seat taken a while ago is still hers."""
    conversations = Conversation.objects.filter(pk=seat.conversation_id)
    if seat.key:
        found = conversations.select_related("shop").first()
        return found is not None and _is_hers(visitor_by_key(seat.key), found)
    if seat.by_letter:
        found = conversations.select_related("customer").first()
        return found is not None and constant_time_compare(seat.by_letter, reader(found.customer))
    if seat.user_id is None:
        hers = Q(customer=seat.customer_id) | Q(customer__merged=seat.customer_id, customer__email_verified=False)
        return bool(conversations.filter(hers, customer__user=None).exists())
    user = User.objects.filter(pk=seat.user_id, is_active=True).first()
    if user is None or (seat.is_staff and owes_second_factor(user)):
        return False
    mine = conversations.staffed_by(user) if seat.is_staff else conversations.filter(customer__user=user)
    return bool(mine.exists())


def may_say(seat: Seat) -> limits.Verdict:
    return limits.may_say(is_staff=seat.is_staff, user_id=seat.user_id, customer_id=seat.customer_id)


def _is_hers(visitor: Visitor, conversation: Conversation) -> bool:
    customer = visitors.known(visitor.user, visitor.session, conversation.shop)
    return customer is not None and customer.pk == conversation.customer_id


def _seat(conversation: Conversation, visitor: Visitor, *, is_staff: bool) -> Seat:
    name = visitor.user.get_short_name() if isinstance(visitor.user, User) and is_staff else str(conversation.customer)
    return Seat(
        conversation_id=conversation.pk,
        shop_id=conversation.shop_id,
        customer_id=conversation.customer_id,
        user_id=visitor.user.pk,
        is_staff=is_staff,
        name=name,
        key=visitor.key,
        zone=conversation.shop.time_zone,
    )


merging.goes_along(Conversation)
