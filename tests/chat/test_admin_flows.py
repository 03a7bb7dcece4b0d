"""Staff write flows: what is wrong stands by line, what is right is drawn and can be tried out."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from chat.flows import shelf
from chat.models import Flow, Webhook
from tests.chat.test_flows import GOOD
from tests.factories import ShopFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(boss):
    browser = Client()
    browser.force_login(boss, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


def words(response):
    return re.sub(r"<[^>]+>", "", response.content.decode())


def test_a_flow_is_written_and_written_again(desk, boss, shop):
    desk.post(reverse("admin:chat_flow_add"), {"shop": shop.pk, "source": GOOD.replace("\n", "\r\n"), "is_on": "on"})
    flow = Flow.objects.get()
    assert (flow.name, flow.source, flow.revision, flow.changed_by, flow.is_on) == ("parrot", GOOD, 1, boss, True)

    desk.post(reverse("admin:chat_flow_change", args=[flow.pk]), {"source": GOOD.replace("Which", "What")})
    flow.refresh_from_db()
    assert (flow.revision, flow.is_on, flow.definition["steps"][0]["say"]) == (2, False, "What colour?")


def test_what_is_wrong_stands_there_by_line_and_nothing_is_kept(desk, shop):
    wrong = GOOD.replace("{colour}.", "{size}.")
    page = desk.post(reverse("admin:chat_flow_add"), {"shop": shop.pk, "source": wrong, "is_on": "on"})

    assert "Line 7: “size” is not known on every way to this step" in words(page)
    assert not Flow.objects.exists()


def test_a_flow_keeps_its_name_and_there_is_one_of_a_name(desk, shop, now):
    flow = shelf.keep(shop, GOOD, at=now)

    page = desk.post(reverse("admin:chat_flow_change", args=[flow.pk]), {"source": GOOD.replace("parrot", "crow")})
    assert "The name of a flow stays" in words(page)
    page = desk.post(reverse("admin:chat_flow_add"), {"shop": shop.pk, "source": GOOD, "is_on": "on"})
    assert "has a flow “parrot” already" in words(page)


def test_a_shipped_flow_is_opened_to_be_changed_and_drawn(desk, shop, now):
    assert "complaint" in words(desk.get(reverse("admin:chat_flow_changelist")))
    assert "What the team needs to look into it" in words(desk.get(reverse("admin:chat_flow_add"), {"of": "complaint"}))

    flow = shelf.keep(shop, shelf.shipped()["complaint"], at=now)
    page = desk.get(reverse("admin:chat_flow_change", args=[flow.pk])).content.decode()
    assert page.count('class="flow-step"') == len(flow.definition["steps"])


def test_a_flow_is_tried_out_and_nothing_is_kept(desk, shop, now, conversation):
    flow = shelf.keep(shop, GOOD, at=now)
    url = reverse("admin:chat_flow_try", args=[flow.pk])

    page = words(desk.post(url, {"said": ["hello"]}))
    assert "Which colour?" in page
    page = words(desk.post(url, {"said": ["hello", "dark green"]}))
    assert "It will be dark green." in page
    assert "The flow has ended." in page
    assert not conversation.messages.exists()


def test_flows_and_webhooks_of_another_shop_are_not_there(client, now, boss, shop):
    other = ShopFactory()
    flow = shelf.keep(other, GOOD, at=now)
    hook = Webhook.objects.create(shop=other, name="x", address="https://x.example.com/")
    client.force_login(boss, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert client.get(reverse("admin:chat_flow_try", args=[flow.pk])).status_code == 403
    for model, row in (("flow", flow), ("webhook", hook)):
        assert client.get(reverse(f"admin:chat_{model}_change", args=[row.pk])).status_code == 302


def test_a_secret_goes_in_sealed_and_never_comes_out(desk, shop):
    told = {"shop": shop.pk, "name": "offers", "address": "https://x.example.com/", "seconds": 5, "secret": "salt"}
    desk.post(reverse("admin:chat_webhook_add"), told)
    hook = Webhook.objects.get()

    assert "salt" not in hook.sealed
    assert "salt" not in desk.get(reverse("admin:chat_webhook_change", args=[hook.pk])).content.decode()
