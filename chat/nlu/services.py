"""How Rasa, Dialogflow, Wit.ai and Microsoft's CLU are asked, and what they answer. One interface, one class each."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import quote, unquote, urlencode, urlsplit

from django.utils.translation import gettext as _

from accounts.outgoing import Answer

WIT = "20240304"  # the version of its answers
CLU = "2023-04-01"
SHORT = {"dialogflow": 256, "wit": 280}  # signs that they take
Named = tuple[str, str, int, int]
Told = tuple[str, float, list[Named]]


class Wrong(Exception):
    """The system answered something that its kind does not; the text says what."""


@dataclass(frozen=True)
class Question:
    method: str
    url: str
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


class Service(Protocol):
    def __init__(self, base: str, token: str) -> None: ...

    def question(self, text: str, *, language: str, talk: str) -> Question: ...

    def told(self, answer: Any) -> Told: ...


class _At:
    def __init__(self, base: str, token: str) -> None:
        self.base, self.token = base, token

    @property
    def bearer(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"} if self.token else {}


class Rasa(_At):
    def question(self, text: str, *, language: str, talk: str) -> Question:
        token = f"?{urlencode({'token': self.token})}" if self.token else ""
        return Question("POST", f"{self.base}/model/parse{token}", {"text": text})

    def told(self, answer: Any) -> Told:
        named = [(e["entity"], e["value"], e["start"], e["end"]) for e in answer.get("entities", [])]
        intent = answer["intent"]
        return intent["name"] or "", intent["confidence"], named


class Dialogflow(_At):
    """The address ends in the agent: /v2/projects/NAME/agent"""

    def question(self, text: str, *, language: str, talk: str) -> Question:
        asked = {"text": text[: SHORT["dialogflow"]], "languageCode": language}
        url = f"{self.base}/sessions/{quote(talk)}:detectIntent"
        return Question("POST", url, {"queryInput": {"text": asked}}, self.bearer)

    def told(self, answer: Any) -> Told:
        found = answer["queryResult"]
        intent = found.get("intent", {})
        name = "" if intent.get("isFallback") else intent.get("displayName", "")
        return name, found.get("intentDetectionConfidence", 0.0), []


class Wit(_At):
    def question(self, text: str, *, language: str, talk: str) -> Question:
        query = urlencode({"v": WIT, "q": text[: SHORT["wit"]]})
        return Question("GET", f"{self.base}/message?{query}", headers=self.bearer)

    def told(self, answer: Any) -> Told:
        none: dict[str, Any] = {"name": "", "confidence": 0.0}
        first = answer["intents"][0] if answer["intents"] else none
        found = [each for several in answer.get("entities", {}).values() for each in several]
        named = [(e["name"].removeprefix("wit$"), e.get("value", e["body"]), e["start"], e["end"]) for e in found]
        return first["name"], first["confidence"], named


class Clu(_At):
    """The address ends in the project and its deployment: /PROJECT/DEPLOYMENT"""

    def question(self, text: str, *, language: str, talk: str) -> Question:
        base, _slash, deployment = self.base.rpartition("/")
        base, _slash, project = base.rpartition("/")
        said = {"id": "1", "participantId": "1", "text": text, "language": language}
        parameters = {
            "projectName": unquote(project),
            "deploymentName": unquote(deployment),
            "stringIndexType": "UnicodeCodePoint",
        }
        body = {"kind": "Conversation", "analysisInput": {"conversationItem": said}, "parameters": parameters}
        url = f"{base}/language/:analyze-conversations?api-version={CLU}"
        return Question("POST", url, body, {"ocp-apim-subscription-key": self.token})

    def told(self, answer: Any) -> Told:
        found = answer["result"]["prediction"]
        sure = {each["category"]: each["confidenceScore"] for each in found["intents"]}
        named = [(e["category"], e["text"], e["offset"], e["offset"] + e["length"]) for e in found.get("entities", [])]
        return found["topIntent"] or "", sure.get(found["topIntent"], 0.0), named


KINDS: dict[str, type[Service]] = {"rasa": Rasa, "dialogflow": Dialogflow, "wit": Wit, "clu": Clu}


def of(address: str) -> Service:
    """The service of an address such as rasa+https://:token@nlu.example.com"""
    url = urlsplit(address)
    kind, _plus, scheme = url.scheme.partition("+")
    if kind not in KINDS:
        raise Wrong(_("There is no “%(kind)s”; there are %(kinds)s.") % {"kind": kind, "kinds": ", ".join(KINDS)})
    host = url.netloc.rpartition("@")[2]
    return KINDS[kind](f"{scheme}://{host}{url.path.rstrip('/')}", unquote(url.password or ""))


def read(service: Service, answer: Answer) -> Told:
    """What it took the text for; Wrong where the answer has another shape."""
    if not answer.ok:
        raise Wrong(_("It answered with status %(status)d.") % {"status": answer.status})
    try:
        intent, confidence, named = service.told(answer.json())
        return str(intent), min(1.0, max(0.0, float(confidence))), list(_plain(named))
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise Wrong(_("It answered something that cannot be read.")) from error


def _plain(named: list[Named]) -> Iterator[Named]:
    for kind, value, start, end in named:
        if isinstance(value, str | int | float):
            yield str(kind).casefold(), str(value), int(start), int(end)
