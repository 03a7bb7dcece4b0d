"""DeepL, by its HTTP interface."""

import re
from typing import Any

from django.conf import settings

from accounts import outgoing
from knowledge.language.engines import Failed, Health

FREE, PAID = "https://api-free.deepl.com", "https://api.deepl.com"
LANGUAGES = frozenset(
    re.findall(r"\w+", "ar bg cs da de el en es et fi fr hu id it ja ko lt lv nb nl pl pt ro ru sk sl sv tr uk zh")
)
TARGETS = {"en": "EN-GB", "pt": "PT-PT"}  # it asks for more of a target than of a source
MOST = 1_000_000  # bytes of an answer
WRONG = {403: "the key is refused", 413: "the text is too long", 429: "too many requests", 456: "the quota is used up"}


class DeepL:
    name = "deepl"

    def version(self) -> str:
        return "deepl 2"

    def serves(self, source: str, target: str) -> bool:
        return {source, target} <= LANGUAGES

    def translate(self, text: str, source: str, target: str, *, seconds: float) -> str:
        told = {"text": [text], "source_lang": source.upper(), "target_lang": TARGETS.get(target, target.upper())}
        said = self._ask("POST", "/v2/translate", json=told, timeout=seconds)
        try:
            return str(said["translations"][0]["text"])
        except (KeyError, IndexError, TypeError) as error:
            raise Failed("DeepL answers something else than a translation") from error

    def health(self) -> Health:
        try:
            said = self._ask("GET", "/v2/usage", timeout=10)
        except Failed as error:
            return Health(False, str(error))
        used, most = (
            said.get(name) if isinstance(said, dict) else None for name in ("character_count", "character_limit")
        )
        return Health(True, f"it answers; {used} of {most} characters used")

    def _ask(self, method: str, path: str, **more: Any) -> Any:
        key = settings.DEEPL_KEY
        base = settings.DEEPL_URL or (FREE if key.endswith(":fx") else PAID)
        headers = {"authorization": f"DeepL-Auth-Key {key}", "accept": "application/json"}
        try:
            answer = outgoing.request(method, f"{base.rstrip('/')}{path}", headers=headers, max_bytes=MOST, **more)
            if not answer.ok:
                raise Failed(f"DeepL: {WRONG.get(answer.status, answer.status)}")
            return answer.json()
        except (outgoing.Failed, ValueError) as error:
            raise Failed(f"DeepL: {error}") from error


def make() -> DeepL | None:
    return DeepL() if settings.DEEPL_KEY else None
