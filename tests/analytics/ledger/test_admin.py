import pytest
from django.urls import reverse
from django.utils import timezone

from analytics.ledger import events
from analytics.ledger.models import Delivery, Event

EVENTS = reverse("admin:ledger_event_changelist")
DELIVERIES = reverse("admin:ledger_delivery_changelist")


@pytest.fixture
def owner(boss):
    boss.is_superuser = True
    boss.save()
    return boss


@pytest.fixture
def recorded(shop, other_shop):
    return [
        events.record("bot.switched", shop=shop, is_on=True, version=41),
        events.record("bot.switched", shop=other_shop, is_on=True, version=42),
        events.record("shop.created", shop=shop),
    ]


def shown(page):
    return {event.pk for event in page.context["cl"].result_list}


@pytest.mark.parametrize("url", [EVENTS, DELIVERIES])
def test_the_ledger_of_all_shops_is_not_for_those_who_run_one(client, client_of, boss, anna, maria, recorded, url):
    assert client_of(boss).get(url).status_code == 403
    for nobody in (client, client_of(anna), client_of(maria)):
        assert nobody.get(url).status_code in {302, 403}
    assert client_of(boss).get(reverse("admin:ledger_event_change", args=[recorded[0].pk])).status_code == 403


def test_events_are_found_by_kind_subject_and_time(client_of, owner, shop, recorded):
    browser = client_of(owner)
    switched, other, created = recorded

    assert {switched.pk, other.pk, created.pk} <= shown(browser.get(EVENTS))
    assert shown(browser.get(EVENTS, {"kind": "bot.switched"})) == {switched.pk, other.pk}
    assert shown(browser.get(EVENTS, {"q": f"shop:{shop.pk}"})) >= {switched.pk, created.pk}
    assert other.pk not in shown(browser.get(EVENTS, {"q": f"shop:{shop.pk}"}))
    assert shown(browser.get(EVENTS, {"at__lt": "2020-01-01 00:00:00+00:00"})) == set()
    assert created.pk in shown(browser.get(EVENTS, {"at__gte": "2020-01-01 00:00:00+00:00"}))


def test_an_event_can_be_looked_at_and_not_touched(client_of, owner, recorded):
    browser, event = client_of(owner), recorded[0]
    page = reverse("admin:ledger_event_change", args=[event.pk])

    assert b"41" in browser.get(page).content
    assert browser.post(page, {"kind": "shop.created"}).status_code == 403
    assert browser.get(reverse("admin:ledger_event_delete", args=[event.pk])).status_code == 403
    assert browser.get(reverse("admin:ledger_event_add")).status_code == 403
    assert Event.objects.get(pk=event.pk).kind == "bot.switched"


def test_a_page_of_events_takes_the_same_queries_however_many(
    client_of, owner, shop, recorded, django_assert_max_num_queries
):
    browser = client_of(owner)
    for version in range(30):
        events.record("bot.switched", shop=shop, is_on=True, version=version)
    with django_assert_max_num_queries(8):
        browser.get(EVENTS)


def test_what_was_given_up_on_can_be_tried_again(client_of, owner, recorded):
    first, second = recorded[0], recorded[2]
    chosen = Delivery.objects.create(reader="tickets.tell", event=first, subject=first.subject, attempts=8)
    Delivery.objects.create(reader="tickets.tell", event=second, subject=first.subject, due_at=timezone.now())

    browser = client_of(owner)
    answer = browser.post(DELIVERIES, {"action": "try_again", "_selected_action": [chosen.pk]}, follow=True)

    assert "1 will be tried again." in answer.content.decode()
    chosen.refresh_from_db()
    assert (chosen.is_parked, chosen.attempts) == (False, 0)
