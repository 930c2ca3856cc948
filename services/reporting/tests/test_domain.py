"""Days are Oita's days, and every booking stands in one column."""

from datetime import UTC, date, datetime
from typing import get_args

import pytest

from libs.contracts.booking import Outcome, Status
from libs.contracts.times import day_of
from services.reporting.domain import Standing, standing


def test_the_day_begins_at_midnight_in_oita_and_not_in_greenwich() -> None:
    assert day_of(datetime(2026, 11, 30, 14, 59, tzinfo=UTC)) == date(2026, 11, 30)
    assert day_of(datetime(2026, 11, 30, 15, 0, tzinfo=UTC)) == date(2026, 12, 1)


def test_every_status_and_outcome_of_the_contract_has_a_column() -> None:
    columns = set()
    for status in get_args(Status):
        for outcome in (None, *get_args(Outcome)):
            columns.add(standing(status, outcome))
    assert columns == set(get_args(Standing))


@pytest.mark.parametrize("outcome", ["papers", "identity", "outage"])
def test_a_visit_in_vain_is_unfinished(outcome: str) -> None:
    assert standing("finished", outcome) == "unfinished"


@pytest.mark.parametrize("outcome", ["collected", "done", "applied"])
def test_a_visit_that_worked_is_finished(outcome: str) -> None:
    assert standing("finished", outcome) == "finished"


def test_a_status_nobody_told_us_about_is_refused() -> None:
    with pytest.raises(ValueError, match="no column"):
        standing("vanished", None)
