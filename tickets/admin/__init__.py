from tickets.admin import work

__all__ = ["work"]
