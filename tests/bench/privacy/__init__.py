"""Personal help: how well it guesses, and what its promises cost."""
