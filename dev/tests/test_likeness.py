"""What the comparison of two kinds of answers would see."""

import random

import pytest

from dev.likeness import assert_alike


@pytest.mark.parametrize(("count", "share"), [(300, 0.5), (10_000, 0.1)])
def test_a_difference_of_this_share_of_the_spread_would_be_seen(count: int, share: float) -> None:
    """Times as they are measured, with a long tail; the spread of these is 0.77 milliseconds."""
    draw = random.Random(7)
    pairs = [(draw.lognormvariate(0, 0.56), draw.lognormvariate(0, 0.56)) for _ in range(count)]
    assert_alike(pairs)
    with pytest.raises(AssertionError):
        assert_alike([(a + share * 0.77, b) for a, b in pairs])
