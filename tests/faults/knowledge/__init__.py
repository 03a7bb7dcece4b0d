"""What the shop knows, under fire; docs/reliability.md says what is done and what must hold."""
