"""How the times of offices are changed: planned, applied, taken back, and nobody lost."""
