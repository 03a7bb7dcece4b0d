"""python -m tests.faults.chat._people: put shoppers with a conversation each, and agents, into an installation."""

import argparse
import json
import uuid

import django


def invite(*, shoppers=0, agents=0, slug="lumen"):
    """Make them, signed in: by a session as in a browser, and by a token as a program."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.utils import timezone

    from accounts import people
    from chat import intake, seats
    from tests import factories

    shop = factories.ShopFactory(slug=slug)
    batch = uuid.uuid4().hex[:8]

    def person(kind, number):
        user = factories.UserFactory(email=f"{kind}{number}-{batch}@example.com", name=f"{kind.title()} {number}")
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.create()
        return user, {
            "id": user.pk,
            "name": user.name,
            "email": user.email,
            "session": session.session_key,
            "token": seats.token_for(user.email),
        }

    made = {"shoppers": [], "agents": []}
    for number in range(shoppers):
        user, told = person("shopper", number)
        customer = people.customer_for(user, shop)
        opened = intake.open_conversation(customer, opening_id=f"opening-{batch}", at=timezone.now())
        made["shoppers"].append(told | {"conversation": str(opened.public_id), "number": opened.pk})
    for number in range(agents):
        user, told = person("agent", number)
        factories.MembershipFactory(user=user, shop=shop)
        made["agents"].append(told)
    return made


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--shoppers", type=int, default=0)
    options.add_argument("--agents", type=int, default=0)
    chosen = options.parse_args()
    django.setup()
    print(json.dumps(invite(shoppers=chosen.shoppers, agents=chosen.agents)))
