"""Coming from another helpdesk: its customers, tickets with what was said, and articles."""
