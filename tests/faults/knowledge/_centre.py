"""The help centre that is attacked: the demo's, in English, brought in by the command everybody has."""

import json
from io import StringIO

from django.core.management import call_command

from accounts.models import Shop
from knowledge.models import Article
from tests.faults.knowledge import ARTICLES


def brought() -> Shop:
    """Import it."""
    out = StringIO()
    call_command("import_articles", ARTICLES, "--knowledge", "lumen", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert told["created"] > 20, told
    assert not told["problems"], told
    return Shop.objects.get(slug="lumen")


def titles(shop: Shop) -> list[str]:
    """What is asked: the title of every article that everybody may read."""
    shown = Article.objects.published().filter(shop=shop, audience=0)
    return list(shown.order_by("pk").values_list("published_revision__title", flat=True))
