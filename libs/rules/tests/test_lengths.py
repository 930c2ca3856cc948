"""How long a visit takes, by office and by day."""

from datetime import date, timedelta

import pytest

from libs.contracts.booking import Length, Procedure, flat_length, flat_procedure, length_from
from libs.contracts.booking import procedure_from as from_flat
from libs.rules.visits import minutes_at, usual_minutes, visit_minutes

APRIL, MAY = date(2027, 4, 1), date(2027, 5, 1)
DAY = timedelta(days=1)
LENGTHS = (
    Length(from_day=APRIL, minutes=20),
    Length(from_day=MAY, minutes=25),
    Length(from_day=APRIL + 10 * DAY, minutes=40, office_id="onan"),
)


def a_procedure(minutes: int = 30, lengths: tuple[Length, ...] = LENGTHS) -> Procedure:
    return Procedure(
        procedure_id="pin", name="pin", plain="pin", group="pin", minutes=minutes, lengths=lengths,
        needs_card=False, outcomes=("done",), visitors=("self",), documents=(), notes=(),
        opens_days_before=60, closes_days_before=0, position=1, version=1,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("office_id", "day", "minutes"),
    [
        ("honcho", APRIL - DAY, 30),
        ("honcho", APRIL, 20),
        ("honcho", MAY - DAY, 20),
        ("honcho", MAY, 25),
        ("onan", APRIL, 20),
        ("onan", APRIL + 10 * DAY, 40),
        ("onan", MAY + 300 * DAY, 40),
    ],
)
def test_the_newest_length_of_the_office_holds_and_else_that_of_all(
    office_id: str, day: date, minutes: int
) -> None:
    assert minutes_at(a_procedure(), office_id, day) == minutes
    both = [a_procedure(), a_procedure(minutes=15, lengths=())]
    assert visit_minutes(both, office_id, day) == minutes + 15


def test_who_looks_today_hears_of_all_lengths_there_are_and_will_be() -> None:
    assert usual_minutes(a_procedure(), APRIL - DAY) == (20, 40)
    assert usual_minutes(a_procedure(), MAY + 30 * DAY) == (25, 40)
    assert usual_minutes(a_procedure(lengths=()), APRIL) == (30, 30)


def test_a_length_is_a_line_of_the_settings_and_back() -> None:
    assert flat_length(LENGTHS[2]) == "2027年4月11日から40分:onan"
    assert [length_from(flat_length(one)) for one in LENGTHS] == list(LENGTHS)
    same = from_flat(flat_procedure(a_procedure()), "pin", 1)
    assert same.lengths == LENGTHS


@pytest.mark.parametrize("text", ["", "2027年2月30日から20分:", "2027年4月1日から20分", "x"])
def test_what_is_no_length_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        length_from(text)
