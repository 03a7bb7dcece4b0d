"""How light our pages are, and how still."""
