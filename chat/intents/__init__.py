"""What a shopper wants, by what the shop taught: a classifier as a plain library."""
