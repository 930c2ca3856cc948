"""A new booking, step by step."""
