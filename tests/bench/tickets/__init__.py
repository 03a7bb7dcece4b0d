"""Tickets of a shop that has had many, and beside another ticket system."""
