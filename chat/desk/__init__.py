"""What helps an agent while she writes."""
