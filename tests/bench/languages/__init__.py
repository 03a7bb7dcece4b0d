"""How well shoppers are understood in their own languages."""
