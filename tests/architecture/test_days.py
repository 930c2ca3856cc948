"""Days and moments of requests are read in one place, which refuses the ends of the calendar."""

import re
from datetime import date, datetime, timedelta

import pytest
from pydantic import TypeAdapter, ValidationError

from libs.contracts.times import JST, Day, Moment, find_day, parse_day, parse_moment, parse_zoned

from .house import files, name_of

READERS = {
    "libs/contracts/times.py",
    # What we wrote ourselves: sealed rows, sealed cookies, checked searches, names of own files.
    "services/booking/domain/schedules/deltas.py",
    "services/eligibility/vault.py",
    "services/gateway/internet/door/drafts.py",
    "services/gateway/internet/book/routes/procedure.py",
    "services/gateway/internet/calendar/routes/times.py",
    "services/gateway/internet/door/answers.py",
    "services/gateway/lgwan/offline/plan.py",
    "services/gateway/lgwan/lists/searches.py",
    # One of the choices that the page gave.
    "services/gateway/lgwan/schedules/day_forms.py",
    # The operator's command line and settings.
    "libs/common/republish.py",
    "services/booking/__main__.py",
    "services/gateway/lgwan/__main__.py",
    "services/gateway/lgwan/door/settings.py",
}
OUTSIDE = ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"]


def test_no_other_module_reads_a_day_from_a_text() -> None:
    readers = {
        name_of(path)
        for path in files(".py")
        if name_of(path).startswith(("libs/", "services/"))
        and "tests" not in path.parts
        and re.search(r"fromisoformat|strptime", path.read_text())
    }
    assert readers == READERS


@pytest.mark.parametrize("text", [*OUTSIDE, "", "20261201", "2026-W49-2", "2026-13-01", "x"])
def test_what_is_no_day_of_these_centuries_is_refused(text: str) -> None:
    assert find_day(text) is None
    with pytest.raises(ValueError, match=r".+"):
        parse_day(text)


@pytest.mark.parametrize("day", OUTSIDE)
@pytest.mark.parametrize("time", ["T00:00", "T00:00+09:00", "T23:59:59-12:00"])
def test_a_moment_that_would_overflow_is_refused(day: str, time: str) -> None:
    with pytest.raises(ValueError, match="centuries"):
        parse_moment(day + time)
    if time != "T00:00":
        with pytest.raises(ValidationError):
            TypeAdapter(Moment).validate_python(day + time)


def test_every_day_that_is_taken_can_be_reckoned_with() -> None:
    for text in ("1900-01-01", "2199-12-31"):
        day = parse_day(text)
        assert TypeAdapter(Day).validate_python(text) == day == date.fromisoformat(text)
        moment = parse_moment(f"{text}T00:00-12:00")
        assert {(moment + timedelta(days=n)).astimezone(JST) for n in (-400, 400)}
    with pytest.raises(ValueError, match="zone"):
        parse_zoned("2026-12-01T09:00")
    assert parse_zoned("2026-12-01T00:00+00:00") == parse_moment("2026-12-01T09:00")
    assert parse_moment("2026-12-01T09:00") == datetime(2026, 12, 1, 9, tzinfo=JST)
