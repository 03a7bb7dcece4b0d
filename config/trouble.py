class Trouble(Exception):
    """What stands in the way, in one sentence that says what to do."""
