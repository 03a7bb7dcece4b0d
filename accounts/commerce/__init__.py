"""What was bought: the one reader of orders and products, and everything that may be done with them."""

from accounts.commerce import catalogue, facts, orders

__all__ = ["catalogue", "facts", "orders"]
