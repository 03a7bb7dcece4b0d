"""What was bought: the one reader of orders and products, how they come in, and what may be done with them."""

from accounts.commerce import catalogue, facts, orders

__all__ = ["catalogue", "facts", "orders"]
