"""The demo: a shop to believe in, made of what each app contributes."""

from collections.abc import Callable
from datetime import datetime

from accounts import demo as people
from accounts.models import Shop, User
from knowledge import demo as knowledge

Say = Callable[[str], None]


def furnish(at: datetime, *, say: Say) -> list[people.Login]:
    """Furnish the demo once; called again it finishes what is missing and says who may sign in."""
    say("Furnishing a demo shop: people, products, orders")
    logins = people.seed(at)
    shop = Shop.objects.get(slug=people.SLUG)
    say("Furnishing a demo shop: help articles")
    knowledge.seed(shop, by=User.objects.get(email="boss@demo.example"), at=at)
    return logins
