"""What a flow asks of another system: signed, and whatever comes back, the flow goes on."""

import hashlib
import hmac

import pytest

from accounts import outgoing, sealing
from chat import actions, outbox, turns, webhooks
from chat.models import Action, Webhook
from chat.turns import Reply, Wanted

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(conversation, say, later, shop):
    """A flow has asked the webhook; what comes back is what `post` says."""
    Webhook.objects.create(shop=shop, name="offers", address="https://x.example.com/", sealed=sealing.seal("salt"))
    say("Offers, please.")
    told = {"webhook": "offers", "flow": "x", "step": "1", "values": {"from": "Paris"}}
    turn = turns.claim(conversation.pk, at=later)
    outbox.post_reply(turn, Reply("One moment.", actions=(Wanted(webhooks.KIND, told),)), at=later)
    Action.objects.update(due_at="2020-01-01T00:00Z", attempts=webhooks.TRIES - 1)
    return Action.objects.get()


def result(action):
    actions.execute(action.pk)
    action.refresh_from_db()
    return action.result


def test_it_is_signed_and_bears_the_key_of_the_action(asked, monkeypatch):
    sent = {}
    monkeypatch.setattr(outgoing, "post", lambda url, **told: sent.update(told) or outgoing.Answer(200, {}, b"{}", url))

    assert result(asked) == {"value": {}}
    body, moment = sent["data"], sent["headers"]["x-aftersale-time"]
    expected = hmac.new(b"salt", f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    assert sent["headers"]["x-aftersale-signature"] == f"sha256={expected}"
    assert sent["headers"]["idempotency-key"] == str(asked.key)
    assert sent["timeout"] == 8.0
    assert sent["max_bytes"] < 100_000


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        (b"", 200, "not JSON"),
        (b"[1]", 200, "not a JSON object"),
        (b"{}", 500, "status 500"),
        (outgoing.TooLarge("It sends more than can be read."), 200, "more than can be read"),
        (outgoing.TooSlow("It did not answer in time."), 200, "in time"),
        (outgoing.Unreachable("Nobody is there."), 200, "Nobody"),
        (RuntimeError("a fault of ours"), 200, "failed here"),
    ],
)
def test_whatever_comes_back_is_one_sentence_and_opens_a_turn(asked, monkeypatch, conversation, body, status, says):
    def post(url, **_told):
        if isinstance(body, Exception):
            raise body
        return outgoing.Answer(status, {}, body, url)

    monkeypatch.setattr(outgoing, "post", post)

    assert says in result(asked)["error"]
    assert Action.objects.get().status == "failed"
    conversation.refresh_from_db()
    assert conversation.turn_due_at is not None


def test_a_webhook_of_another_shop_is_not_there(asked, monkeypatch):
    from tests.factories import ShopFactory

    Webhook.objects.update(shop=ShopFactory())

    assert "no webhook" in result(asked)["error"]
