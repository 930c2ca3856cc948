"""How often one may be wrong about a booking before each further try costs a puzzle."""

FREE_TRIES = 5
"""For one booking number on one day, whether anybody has it or not."""


def tries_on_top(tries: int) -> int | None:
    """Wrong tries beyond the free ones; None while one is free."""
    return tries - FREE_TRIES if tries >= FREE_TRIES else None
