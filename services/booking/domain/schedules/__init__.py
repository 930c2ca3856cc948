"""How the times of an office are set up, planned and changed: pure rules."""
