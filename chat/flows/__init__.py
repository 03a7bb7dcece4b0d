"""Talks of more than one turn, about an order, a change to one, or a product. They decide and write nothing."""
