"""How fast orders are found among a million, how fast a shop comes in, and whether actions end as a policy says."""
