"""Flows under shoppers who answer, mistake, correct themselves, ask something else, and leave."""
