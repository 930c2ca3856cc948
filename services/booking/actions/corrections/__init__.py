"""What staff put right about a booking."""
