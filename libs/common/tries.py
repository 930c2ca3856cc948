"""How often one may be wrong about a number before each further try costs a puzzle, and how slow
it gets for an origin that is wrong about many."""

FREE_TRIES = 5
"""A number and a day, whether anybody has the number or not."""
PATIENCE = 20
"""Wrong tries of an origin a day that nobody notices: families and care homes share an address."""
STEP_SECONDS, LONGEST_SECONDS = 0.1, 3.0


def tries_on_top(tries: int) -> int | None:
    """Wrong tries beyond the free ones; None while one is free."""
    return tries - FREE_TRIES if tries >= FREE_TRIES else None


def delay_seconds(origin_tries: int) -> float:
    """How long an origin waits for its answer, right or wrong. It is never refused."""
    return min(max(origin_tries - PATIENCE, 0) * STEP_SECONDS, LONGEST_SECONDS)
