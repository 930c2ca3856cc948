"""How far a visit has come, in words that need no colour."""

from datetime import timedelta

import pytest

from libs.contracts.booking import HistoryLine, StaffBookingDetail, Status
from services.gateway.lgwan.bookings.steps import steps_of
from services.gateway.lgwan.tests.fakes import a_booking, today_at


def a_visit(status: Status, *what: str, window: int | None = None) -> StaffBookingDetail:
    booking = a_booking(status=status, window=window, booked_at=today_at(9) - timedelta(days=9))
    lines = tuple(
        HistoryLine(
            version=n, at=today_at(10, n), actor="x", what=one, status=status, starts_at=today_at(9)
        )
        for n, one in enumerate(what, 1)
    )
    return StaffBookingDetail(booking=booking, kana=None, history=lines)


@pytest.mark.parametrize(
    ("visit", "state", "told"),
    [
        (
            a_visit("confirmed"),
            "予約済",
            ["now 予約", "to-come 受付", "to-come 呼出", "to-come 完了"],
        ),
        (
            a_visit("arrived", "arrive"),
            "受付済",
            ["past 予約", "now 受付 10:01", "to-come 呼出", "to-come 完了"],
        ),
        (
            a_visit("arrived", "received", "call", window=3),
            "受付済",
            ["past 予約", "past 受付 10:01", "now 呼出 10:02", "to-come 完了"],
        ),
        (
            a_visit("finished", "arrive", "call", "finish"),
            "交付済",
            ["past 予約", "past 受付 10:01", "past 呼出 10:02", "now 交付済 10:03"],
        ),
        (a_visit("missed", "miss"), "来庁なし", ["past 予約", "now 来庁なし 10:01"]),
        (a_visit("cancelled", "cancelled"), "取消", ["past 予約", "now 取消 10:01"]),
        (a_visit("confirmed"), "結果未入力", ["past 予約", "now 結果未入力"]),
    ],
)
def test_a_visit_is_past_at_and_before_its_steps(
    visit: StaffBookingDetail, state: str, told: list[str]
) -> None:
    steps = steps_of(visit, state)
    first, *others = [f"{one.place} {one.word} {one.said}".strip() for one in steps]
    day = visit.booking.booked_at
    assert [first.removesuffix(f" {day.month}/{day.day}"), *others] == told
