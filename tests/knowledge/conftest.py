import pytest

from accounts.models import Shop
from knowledge import articles, recipes, retrieval
from knowledge.models import Audience


@pytest.fixture(autouse=True)
def _instant_vectors(settings):
    settings.EMBEDDINGS = "fake"


@pytest.fixture
def shop(db):
    return Shop.objects.create(slug="knowing-shop", name="Knowing shop")


@pytest.fixture
def write(shop):
    """Write, publish and embed an article."""

    def write(title, body, *, at=None, embed=True, **facts):
        article = articles.draft(facts.pop("shop", shop), title=title, body=body, at=at, **facts)
        articles.publish(article, embed=False)
        if embed:
            recipes.fill()
        return article

    return write


@pytest.fixture
def find(shop):
    """The external ids a question finds, best first."""

    def find(question, *, audience=Audience.PUBLIC, language=None, where=None, k=10):
        found = retrieval.search(where or shop, question, language=language, audience=audience, k=k, deadline=None)
        return list(dict.fromkeys(passage.external_id for passage in found))

    return find


@pytest.fixture
def returns(write):
    return write(
        "How do I return shoes?",
        "## Time\n\nYou may return shoes within 30 days of delivery. The shoes must be unworn.\n\n"
        "## Steps\n\nFollow these steps:\n\n"
        "1. Open your order.\n2. Print the label.\n3. Bring the parcel to the post.\n",
        external_id="returns",
    )


@pytest.fixture
def parcels(write):
    return write(
        "Where is my parcel?",
        "Open your order and choose the tracking number. The carrier scans every parcel once a day.",
        external_id="parcels",
    )
