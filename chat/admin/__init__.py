"""What the admin shows of the talk, and where the assistant is taught and switched."""

from chat.admin import flows, intents, personas, talk, versions

__all__ = ["flows", "intents", "personas", "talk", "versions"]
