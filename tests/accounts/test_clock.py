from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils import formats, timezone

from accounts import clock, people
from accounts.models import Shop
from chat import intake, pages, wire

pytestmark = pytest.mark.django_db
LATE = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)  # already July in Lyon


@pytest.fixture
def talk(shop, maria):
    Shop.objects.filter(pk=shop.pk).update(time_zone="Europe/Paris")
    shop.refresh_from_db()
    conversation = intake.open_conversation(people.customer_for(maria, shop), opening_id="opening-1", at=LATE)
    intake.receive(intake.Inbound(conversation.pk, "client-1", "Still awake"), at=LATE)
    return conversation


def test_times_are_those_of_the_shop_and_dates_are_british():
    with clock.reading("en", "Europe/Paris"):
        assert formats.date_format(timezone.localtime(LATE)) == "1 July 2026"
        assert formats.date_format(timezone.localtime(LATE), "SHORT_DATETIME_FORMAT") == "01/07/2026, 00:30"
    assert timezone.get_current_timezone_name() == "UTC"


def test_a_message_on_the_wire_is_shown_by_the_clock_of_its_shop(talk):
    told = [wire.message(message, talk) for message in talk.messages.all()]

    html = pages.messages(told, is_staff=False, language="en", zone=talk.shop.time_zone)

    assert ">00:30</time>" in html


def test_a_page_shows_the_time_of_its_shop(talk, maria, client_of):
    page = client_of(maria).get(reverse("chat:talk", args=[talk.public_id])).content.decode()

    assert ">00:30</time>" in page
    assert ">22:30</time>" not in page
