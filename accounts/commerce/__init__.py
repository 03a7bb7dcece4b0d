"""What was bought: the one reader of orders and products, how they come in, and what may be done with them.

orders      who has which orders, and everything an answer may say of them
catalogue   products by id, stock number, or the words people use
rules       whether something may be done with an order
changes     doing it, once
importing   a whole shop out of files
"""

from accounts.commerce import catalogue, facts, orders, rules, wishes
from accounts.commerce.rules import Allowed, Refused, may, may_each

__all__ = ["Allowed", "Refused", "catalogue", "facts", "may", "may_each", "orders", "rules", "wishes"]
