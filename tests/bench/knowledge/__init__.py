"""How fast and how well the shop's knowledge is found, indexed and answered from."""
