"""The configured language model as a translator: told to add nothing, and what it says is checked like any other."""

from django.conf import settings

from knowledge import llm
from knowledge.language.engines import Failed, Health


class Model:
    name = "model"

    def version(self) -> str:
        return f"model {settings.CHAT_MODEL}"

    def serves(self, source: str, target: str) -> bool:
        return bool(settings.CHAT_MODEL)

    def translate(self, text: str, source: str, target: str, *, seconds: float) -> str:
        said = llm.translated(text, source, target, model=llm.get_llm(), seconds=seconds)
        if not said:
            raise Failed("the language model gave nothing")
        return said

    def health(self) -> Health:
        try:
            self.translate("Good morning.", "en", "es", seconds=10)
        except Failed as error:
            return Health(False, str(error))
        return Health(True, f"{settings.CHAT_MODEL} answers")


def make() -> Model | None:
    return Model() if settings.CHAT_MODEL else None
