"""Who is behind a request or a socket: the account, whom the shop vouches for, or the guest this browser was before."""

from collections.abc import MutableMapping
from contextlib import suppress
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest

from accounts import merging, people
from accounts.models import Customer, Shop, User

Session = MutableMapping[str, Any]


def known(user: User | AnonymousUser, session: Session, shop: Shop) -> Customer | None:
    """Who is there, if we know; looking makes no row and no cookie."""
    if isinstance(user, User):
        return people.customer_of(user, shop)
    vouched = session.get(f"{VOUCHED}{shop.pk}")
    if vouched and (customer := Customer.objects.present().filter(pk=vouched, shop=shop).first()):
        return customer
    key = session.get(_drawer(shop))
    return _guest(key, shop) if key else None


def agent(request: HttpRequest) -> User:
    """Who of a team is at work here; for anybody else there is no such page."""
    assert isinstance(request.user, User)
    if not request.user.is_team:
        raise Http404
    return request.user


def _guest(key: int, shop: Shop) -> Customer | None:
    """The guest of this browser, or the guest she became. What an account or an address has, one must prove."""
    row = Customer.objects.filter(pk=key, shop=shop, user=None).select_related("merged_into").first()
    became = row.merged_into if row else None
    if became is None:
        return row
    return None if became.user_id is not None or became.email_verified else became


def settle(
    user: User | AnonymousUser, session: Session, shop: Shop, *, language: str = "", name: str = "", email: str = ""
) -> Customer:
    """Who is there; somebody new becomes a guest this browser remembers. Only when the visitor acts."""
    found = known(user, session, shop)
    if found is not None:
        return found
    if isinstance(user, User):
        return people.customer_for(user, shop)
    customer = people.guest(shop, name=name, email=email, language=language)
    session[_drawer(shop)] = customer.pk
    return customer


def remembered(guest: Customer) -> Session:
    """What a browser remembers of this guest."""
    return {_drawer(guest.shop): guest.pk}


def vouched_for(customer: Customer) -> Session:
    """What is remembered where the shop's own server said who she is: her place in this shop, and not her account."""
    return {f"{VOUCHED}{customer.shop_id}": customer.pk}


def is_vouched(session: Session) -> bool:
    return any(key.startswith(VOUCHED) for key in session.keys())  # noqa: SIM118  a session is no dict


def signed_in(user: User, session: Session) -> None:
    """The guest of this browser has an account now: what she did is hers, in every shop she visited."""
    for drawer in [key for key in session.keys() if key.startswith(PREFIX)]:  # noqa: SIM118  a session is no dict
        visitor = Customer.objects.present().filter(pk=session.pop(drawer), user=None).first()
        if visitor is not None:
            # Somebody else's proven address stays somebody else's, whoever sits at this browser.
            with suppress(merging.NotTheSame):
                people.claim(visitor, user)


PREFIX, VOUCHED = "customer-of-", "vouched-in-"


def _drawer(shop: Shop) -> str:
    return f"{PREFIX}{shop.pk}"
