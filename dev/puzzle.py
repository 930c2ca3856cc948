"""Solving the puzzle of libs.common.work, as the page's script does it in a browser."""

from itertools import count

from libs.common.work import fits


def solve(challenge: str) -> str:
    """The answer to `challenge`."""
    parts, bits, _, _, seal = challenge.split(".")
    numbers = (
        next(number for number in count() if fits(seal, part, number, int(bits)))
        for part in range(int(parts))
    )
    return f"{challenge}~{'-'.join(map(str, numbers))}"
