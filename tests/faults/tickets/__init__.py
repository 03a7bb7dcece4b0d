"""Tickets: their clocks against a slow judge, and many hands at once."""
