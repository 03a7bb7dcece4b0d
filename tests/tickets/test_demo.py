"""The demo's tickets stand in every state, and nobody waits in the inbox because of them."""

import pytest

from accounts import demo as people
from accounts.models import Shop
from chat.demo import tickets as demo
from chat.models import Conversation
from tests.factories import NOON
from tickets.models import Kind, Ticket, TicketMerge

pytestmark = pytest.mark.django_db


def test_there_is_one_in_every_state_once(settings):
    settings.EMBEDDINGS = "fake"
    people.seed(NOON)
    for shop in Shop.objects.order_by("pk"):
        for _twice in range(2):
            demo.seed(shop, at=NOON)

    lumen = Ticket.objects.filter(shop__slug="lumen-and-loom")
    assert set(lumen.values_list("kind", flat=True)) == set(Kind.values)
    assert list(lumen.order_by("number").values_list("number", flat=True)) == list(range(1, lumen.count() + 1))
    assert lumen.filter(due_at__lt=NOON).exists()
    assert TicketMerge.objects.count() == 2
    assert not Conversation.objects.filter(closed_at=None).exists()
    assert not Ticket.objects.filter(changed_at__gt=NOON).exists()
