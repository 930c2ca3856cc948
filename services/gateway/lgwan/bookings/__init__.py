"""One booking: its page, and all that staff change about it."""
