"""Books tables."""
