"""What a flow asks of another system: signed, in time, once for a key however often it is sent."""

import hashlib
import hmac
import json
import logging
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import clock, outgoing, sealing
from chat import actions, languages
from chat.models import Action, Webhook

logger = logging.getLogger(__name__)

KIND = "flow.call"
MOST = 64_000  # bytes of an answer
TRIES = 2  # she waits for it


class Wrong(Exception):
    """What came back cannot be used; the text says why."""


def call(action: Action) -> actions.Outcome:
    """Ask, and let the flow go on with the answer, or with the failure."""
    talk = action.conversation
    with clock.reading(languages.of(talk), talk.shop.zone):
        try:
            return actions.Outcome(_("Here is what came back."), result={"value": _asked(action)}, opens_turn=True)
        except outgoing.Unreachable as why:
            if action.attempts < TRIES:
                raise actions.TryAgain from why
            said = str(why)
        except (outgoing.Failed, Wrong) as why:
            said = str(why)
        except Exception:
            logger.exception("The webhook of action %s failed", action.key)
            said = _("It failed here.")
        text = _("The other system could not be asked just now.")
        return actions.Outcome(text, ok=False, result={"error": said[:300]}, opens_turn=True)


def _asked(action: Action) -> dict[str, Any]:
    told = action.arguments
    hook = Webhook.objects.filter(shop=action.conversation.shop_id, name=told["webhook"]).first()
    if hook is None:
        raise Wrong(_("There is no webhook “%(name)s”.") % {"name": told["webhook"]})
    body = json.dumps(
        {
            "key": str(action.key),
            "flow": told["flow"],
            "step": told["step"],
            "conversation": str(action.conversation.public_id),
            "values": told["values"],
        }
    ).encode()
    moment = str(int(timezone.now().timestamp()))
    headers = {
        "content-type": "application/json",
        "idempotency-key": str(action.key),
        "x-aftersale-time": moment,
        "x-aftersale-signature": signature(hook, moment, body),
    }
    answer = outgoing.post(hook.address, data=body, headers=headers, timeout=float(hook.seconds), max_bytes=MOST)
    if not answer.ok:
        raise Wrong(_("It answered with status %(status)d.") % {"status": answer.status})
    try:
        found = answer.json()
    except ValueError as error:
        raise Wrong(_("It answered something that is not JSON.")) from error
    if not isinstance(found, dict):
        raise Wrong(_("It answered something that is not a JSON object."))
    return found


def signature(hook: Webhook, moment: str, body: bytes) -> str:
    """Over the time and the body, by the secret that both sides know."""
    secret = sealing.unseal(hook.sealed) if hook.sealed else ""
    return "sha256=" + hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()


actions.register(KIND, call, ours=False)
