"""Flows as people write them: YAML, read strictly and checked, each fault with its line."""
