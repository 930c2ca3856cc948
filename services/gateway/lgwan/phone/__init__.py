"""Booking for others: by phone, and for somebody at the counter."""
