"""What is dear is shown by a sample in the ordinary run: whole matrices are for `make soak`."""

from collections import Counter

import pytest

from tests.browser.registry import STATES as CITIZENS
from tests.browser.sample import in_sample
from tests.browser.staff_states import STATES as STAFF

DEAR = {"browser": 10, "windows": 6, "running": 8}
"""By fixture (a page in Chromium, a page in another engine, the whole system): how often the
ordinary run may have a test with it."""
WHOLE = "tests/"
"""The rooms have a `browser` too, which is none: it asks the door in the test's own process."""
STATES_OF_A_PAGE = 2
SAMPLED = {"test_a_page_is_sound_accessible_and_fits", "test_a_staff_page_is_sound_and_accessible"}


def test_no_matrix_of_pages_engines_or_faults_is_whole_in_the_ordinary_run(
    request: pytest.FixtureRequest,
) -> None:
    """Of the tests that this run has collected."""
    often: Counter[tuple[str, str]] = Counter()
    for item in request.session.items:
        if isinstance(item, pytest.Function) and item.originalname not in SAMPLED:
            test = item.nodeid.partition("[")[0]
            if not test.startswith(WHOLE):
                continue
            often.update((fixture, test) for fixture in DEAR if fixture in item.fixturenames)
    assert not {test: n for (fixture, test), n in often.items() if n > DEAR[fixture]}


def test_the_ordinary_run_shows_a_page_in_two_of_its_states_at_most() -> None:
    """On the average: a page has what is special about it in few of them."""
    citizens = in_sample(CITIZENS, lambda state: (state.path, state.template))
    assert len(citizens) <= STATES_OF_A_PAGE * len({(s.path, s.template) for s in CITIZENS})
    staff = in_sample(STAFF, lambda state: state.template)
    assert len(staff) <= STATES_OF_A_PAGE * len({state.template for state in STAFF})
