"""Orders, when hands die, and when somebody lies, guesses or asks for what is not hers."""
