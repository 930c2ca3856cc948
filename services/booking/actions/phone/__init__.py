"""What members of staff book for others, by phone and at the counter."""
