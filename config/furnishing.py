"""The demo: shops to believe in, made of what each app contributes."""

from collections.abc import Callable
from datetime import datetime

from accounts import demo as people
from accounts.models import Shop, User
from chat import demo as chat
from chat.demo import tickets
from knowledge import demo as knowledge

Say = Callable[[str], None]


def furnish(at: datetime, *, say: Say) -> list[people.Login]:
    """Furnish the demo once; called again it finishes what is missing and says who may sign in."""
    say("Furnishing a demo shop: people, products, orders")
    logins = people.seed(at)
    boss = User.objects.get(email="boss@demo.example")
    shops = Shop.objects.filter(slug__in=[brand.slug for brand in people.BRANDS]).order_by("pk")
    say("Furnishing a demo shop: help articles")
    for shop in shops:
        knowledge.seed(shop, by=boss, at=at)
    knowledge.embed(_quarters(say, "chunks embedded"))
    for shop in shops:
        chat.seed(shop, at=at, progress=_quarters(say, f"conversations of {shop}"))
        tickets.seed(shop, at=at)
    return logins


def is_in_use() -> bool:
    """Whether there is anybody or anything here that is not of the demo."""
    others = Shop.objects.exclude(slug__in=[brand.slug for brand in people.BRANDS])
    return others.exists() or User.objects.exclude(email__in=people.EVERYBODY).exists()


def _quarters(say: Say, what: str) -> Callable[[int, int], None]:
    """Tell how far it is four times, however many steps there are."""
    told = [0]

    def progress(done: int, total: int) -> None:
        quarter = 4 * done // max(total, 1)
        if quarter > told[0]:
            told[0] = quarter
            say(f"Furnishing a demo shop: {done} of {total} {what}")

    return progress
