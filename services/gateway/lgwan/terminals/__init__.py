"""この端末の窓口: where a shared terminal stands, chosen once."""
