"""What the admin shows of the talk."""

from chat.admin import talk

__all__ = ["talk"]
