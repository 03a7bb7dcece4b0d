"""LibreTranslate: a server of the shop's own, or one it pays for."""

from typing import Any

from django.conf import settings

from accounts import outgoing
from knowledge.language.engines import Failed, Health

MOST = 1_000_000  # bytes of an answer
WRONG = {
    400: "it does not have this pair",
    403: "the key is refused, or the quota is used up",
    429: "too many requests",
}


class LibreTranslate:
    name = "libretranslate"

    def version(self) -> str:
        return f"libretranslate {settings.LIBRETRANSLATE_URL}"

    def serves(self, source: str, target: str) -> bool:
        return bool(settings.LIBRETRANSLATE_URL)  # which pairs it has only it knows; it says so when it is asked

    def translate(self, text: str, source: str, target: str, *, seconds: float) -> str:
        told = {"q": text, "source": source, "target": target, "format": "text"}
        if settings.LIBRETRANSLATE_KEY:
            told["api_key"] = settings.LIBRETRANSLATE_KEY
        said = self._ask("POST", "/translate", json=told, timeout=seconds)
        if not isinstance(said, dict) or not isinstance(said.get("translatedText"), str):
            raise Failed("LibreTranslate answers something else than a translation")
        return str(said["translatedText"])

    def health(self) -> Health:
        try:
            said = self._ask("GET", "/languages", timeout=10)
        except Failed as error:
            return Health(False, str(error))
        codes = (
            sorted(str(each.get("code")) for each in said if isinstance(each, dict)) if isinstance(said, list) else []
        )
        return Health(bool(codes), f"it answers; languages {', '.join(codes)}")

    def _ask(self, method: str, path: str, **more: Any) -> Any:
        try:
            answer = outgoing.request(
                method, f"{settings.LIBRETRANSLATE_URL.rstrip('/')}{path}", max_bytes=MOST, **more
            )
            if not answer.ok:
                raise Failed(f"LibreTranslate: {WRONG.get(answer.status, answer.status)}")
            return answer.json()
        except (outgoing.Failed, ValueError) as error:
            raise Failed(f"LibreTranslate: {error}") from error


def make() -> LibreTranslate | None:
    return LibreTranslate() if settings.LIBRETRANSLATE_URL else None
