"""What knowledge keeps about people: who wrote a revision, and what somebody asked in vain."""

from accounts.privacy import harmless, personal, register
from knowledge import gaps
from knowledge.language import memory

register("knowledge.Category", harmless("name", "slug", "description"))
register("knowledge.Tag", harmless("name"))
register("knowledge.Article", harmless("external_id", "slug", "language"))
register("knowledge.Revision", harmless("author", "title", "body", "hash"))  # the team's words, not a customer's
register("knowledge.Picture", harmless("description", "file"))
register("knowledge.Vote", harmless("voter"))  # a keyed hash
register("knowledge.Recipe", harmless("stamp", "engine"))
register("knowledge.Chunk", harmless("heading", "hash", "language"))
register("knowledge.Vector", harmless("language"))
register("knowledge.TitleVector", harmless("hash"))
register("knowledge.Term", harmless("term", "language"))
register("knowledge.Word", harmless("spelling", "slips"))
register("knowledge.Gap", harmless("language"))
register("knowledge.GapQuestion", personal("customer", "text"), export=gaps.export, erase=gaps.forget)
register("knowledge.Measurement", harmless("figures", "kind"))
register("knowledge.Translator", harmless("engine", "goes_out"))
register("knowledge.GlossaryTerm", harmless("source", "target", "source_language", "target_language"))
register(
    "knowledge.Phrase",
    personal("customer", "source", "target"),
    harmless("hash", "by", "stamp", "author", "recipe", "source_language", "target_language"),
    export=memory.export,
    erase=memory.forget,
)
