"""Every shopper in her own language: which one she writes, and what is said in another."""
