"""What somebody may like to buy next: from what they and others bought, and how often it is bought again."""
