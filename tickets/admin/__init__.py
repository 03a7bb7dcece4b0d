from tickets.admin import promises, work

__all__ = ["promises", "work"]
