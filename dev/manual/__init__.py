"""`make manual`: the operating manual for staff, from docs/manual to one PDF."""
