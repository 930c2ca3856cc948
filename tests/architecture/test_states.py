"""The states in which a booking stands have one name, in Python, in pages and in SQL."""

import re

from libs.contracts.booking import BOOKED, STANDING, WITH_RESULT

from .house import files, name_of

SIDE_BY_SIDE = re.compile(r"""["']confirmed["'],\s*["']arrived["']""")
NAMED = "libs/contracts/booking/offer.py"
APART = {"tests", "migrations"}
"""A migration keeps what was written once, and tests say what they expect in words."""


def test_nobody_but_the_contract_lists_the_states_in_which_a_booking_stands() -> None:
    ours = [
        path
        for path in files(".py", ".html")
        if name_of(path).startswith(("libs/", "services/")) and not APART & {*path.parts}
    ]
    assert {name_of(path) for path in ours if SIDE_BY_SIDE.search(path.read_text())} == {NAMED}


def test_each_list_of_states_goes_on_where_the_other_ends() -> None:
    assert STANDING[: len(BOOKED)] == BOOKED
    assert WITH_RESULT[: len(STANDING)] == STANDING
