"""What `make k8s-smoke` makes of what it saw, without a cluster."""

import csv

from dev.cluster.arrows import arrows
from dev.cluster.load import Watch
from dev.cluster.matrix import SILENT, differences
from dev.cluster.trial import PEOPLE, people, persons_file


def test_an_event_is_told_by_what_failed_and_by_the_longest_silence() -> None:
    watch = Watch()
    watch.asked = [(1.0, "citizens", True), (11.0, "citizens", False), (12.0, "board", True)]
    watch.booked = [(9.0, "A"), (12.5, "B"), (14.0, "C"), (30.0, "D")]
    assert watch.between(10.0, 20.0) == {
        "requests": 2,
        "failed_citizens": 1,
        "failed_calendars": 0,
        "failed_board": 0,
        "bookings": 2,
        "longest_without_a_booking_seconds": 6.0,
    }


def test_the_matrix_notices_a_way_too_many_and_one_too_few() -> None:
    drawn = {arrow for arrow in arrows() if arrow[0] not in SILENT}
    assert differences(drawn) == []
    wrong = drawn - {("notify", "postgres", 5432)} | {("internet", "postgres", 5432)}
    assert differences(wrong) == [
        "internet reaches postgres at 5432",
        "notify cannot reach postgres at 5432",
    ]


def test_whoever_books_in_a_trial_was_imported() -> None:
    rows = list(csv.reader(persons_file().decode("cp932").splitlines()))[1:]
    assert [row[0] for row in rows] == [card for card, _ in people()]
    assert len(rows) == PEOPLE
