from tickets.admin import promises, rules, work

__all__ = ["promises", "rules", "work"]
