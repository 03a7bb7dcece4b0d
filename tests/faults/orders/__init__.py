"""What is said of orders when somebody lies, guesses or asks for what is not hers."""
