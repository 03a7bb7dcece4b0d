import pytest
from celery.signals import setup_logging
from django.conf import settings
from django.core import mail
from django.db import connection
from django.utils import translation

from accounts.models import Role
from tests import factories
from tests.mail_lint import lint


@setup_logging.connect
def leave_logging_alone(**_):
    """A worker inside a test would deafen every test after it to warnings."""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Excuse the scratch database from the ledger's refusal of TRUNCATE: tests with real transactions tidy up."""
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            name = connection.ops.quote_name(connection.settings_dict["NAME"])
            cursor.execute(f"ALTER DATABASE {name} SET ledger.may_truncate = 'on'")
        connection.close()
        connection.close_pool()


@pytest.fixture(autouse=True)
def every_test_begins_in_english():
    """A page answered in German leaves its language on the thread."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture(autouse=True)
def every_mail_is_sound():
    """Whatever a test sent may leave: each mail goes through the linter."""
    yield
    for letter in getattr(mail, "outbox", ()):
        assert lint(letter.message().as_bytes()) == [], letter.subject


# The people of every test: two shoppers, an agent, an admin, and the one shop they meet in.


@pytest.fixture
def shop(db):
    return factories.ShopFactory(slug="lumen", name="Lumen & Loom")


@pytest.fixture
def other_shop(shop):
    return factories.ShopFactory(slug="other", name="Another shop", host="help.other.example")


@pytest.fixture
def maria(shop):
    return factories.UserFactory(email="maria@example.com", name="Maria Lund")


@pytest.fixture
def omar(shop):
    return factories.UserFactory(email="omar@example.com", name="Omar Haddad")


@pytest.fixture
def anna(shop):
    anna = factories.UserFactory(email="anna@example.com", name="Anna Weiss")
    factories.MembershipFactory(user=anna, shop=shop, role=Role.AGENT)
    return anna


@pytest.fixture
def boss(shop):
    boss = factories.UserFactory(email="boss@example.com", name="Beatriz Costa")
    factories.MembershipFactory(user=boss, shop=shop, role=Role.ADMIN)
    return boss


@pytest.fixture
def stranger(other_shop):
    """Works for another shop: an agent there, nobody here."""
    stranger = factories.UserFactory(email="stranger@example.com", name="Sam Stranger")
    factories.MembershipFactory(user=stranger, shop=other_shop, role=Role.ADMIN)
    return stranger


@pytest.fixture
def client_of(client):
    """A browser in which this person has signed in."""
    from django.test import Client

    def signed_in(user):
        browser = Client()
        browser.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return browser

    return signed_in


@pytest.fixture
def hear(db):
    """Let the subscribers hear what this test has recorded, as a worker would after the commit."""
    from analytics.ledger.delivery import SUBSCRIBERS
    from analytics.ledger.models import Event

    heard = set(Event.objects.values_list("pk", flat=True))

    def hand_over():
        for event in Event.objects.exclude(pk__in=heard).order_by("pk"):
            heard.add(event.pk)
            for subscriber in SUBSCRIBERS.values():
                if event.kind in subscriber.kinds:
                    subscriber.handle(event)

    return hand_over
