"""The inbox of a shop that has talked a lot."""
