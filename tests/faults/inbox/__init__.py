"""Twenty agents and two thousand who wait; docs/reliability.md says what is done and what must hold."""
