"""The end of a visit for several procedures: an outcome for each, and the way there."""

import pytest

from dev.testing import Database
from libs.contracts.booking import StaffBooking
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.tests.fakes import FakeBooking, a_booking
from services.gateway.lgwan.tests.support import Browser, log_lines
from services.gateway.web.testing import words


@pytest.fixture
def booking(services: Services) -> StaffBooking:
    kept = kept_by(services)
    kept.clear()
    made = a_booking(also=("pin",))
    kept[made.booking_id] = made
    return made


def kept_by(services: Services) -> dict[object, StaffBooking]:
    assert isinstance(services.booking, FakeBooking)
    return services.booking.kept  # type: ignore[return-value]


def test_a_visit_for_several_procedures_leads_to_its_own_form(
    desk: Browser, booking: StaffBooking
) -> None:
    for path in ("/", f"/bookings/{booking.booking_id}"):
        page = desk.open(path)
        pressed = {words(b) for b in page.all("button", name="tick")}
        assert "交付済" not in pressed and "書類不足" in pressed
        (link,) = [a for a in page.all("a") if words(a) == "結果を入力"]
        assert link.get("href") == f"/bookings/{booking.booking_id}/outcome"


def test_each_procedure_gets_its_outcome_and_the_row_is_marked(
    desk: Browser, booking: StaffBooking, services: Services, store_of_accounts: Database
) -> None:
    page = desk.open(f"/bookings/{booking.booking_id}/outcome")
    offered = [[o.get("value") for o in one.iter("option")] for one in page.all("select")]
    not_done = ["papers", "identity", "outage"]
    assert offered == [["", "collected", *not_done], ["", "done", *not_done]]
    chosen = {"outcome-1": "collected", "outcome-2": "papers", "version": "1", "back": "/"}
    page = desk.send(f"/bookings/{booking.booking_id}/outcome", chosen)
    assert kept_by(services)[booking.booking_id].outcome == "collected"
    told = page.one("p", **{"data-row": f"b-{booking.booking_id}"})
    assert "交付済・完了できず（書類不足）" in words(told)
    assert log_lines(store_of_accounts)[-1] == "tanaka|booking.finish|booking|honcho|done"


@pytest.mark.parametrize("second", ["", "x", "123456789018"])
def test_a_missing_outcome_is_asked_for_and_nothing_is_done(
    desk: Browser, booking: StaffBooking, services: Services, second: str
) -> None:
    desk.open(f"/bookings/{booking.booking_id}/outcome")
    chosen = {"outcome-1": "collected", "outcome-2": second, "version": "1", "back": "/"}
    page = desk.send(f"/bookings/{booking.booking_id}/outcome", chosen)
    assert desk.status == 422
    assert "暗証番号再設定・変更の結果を選んでください" in page.text
    (first, _) = page.all("select")
    assert [o.get("value") for o in first.iter("option") if o.get("selected") is not None] == [
        "collected"
    ]
    assert kept_by(services)[booking.booking_id].status == "confirmed"


def test_what_another_terminal_changed_meanwhile_is_not_overwritten(
    desk: Browser, booking: StaffBooking, services: Services
) -> None:
    desk.open(f"/bookings/{booking.booking_id}/outcome")
    assert isinstance(services.booking, FakeBooking)
    services.booking.by_another_terminal(booking.booking_id, "missed")
    chosen = {"outcome-1": "collected", "outcome-2": "done", "version": "1", "back": "/"}
    page = desk.send(f"/bookings/{booking.booking_id}/outcome", chosen)
    assert desk.status == 409
    assert page.heading == "ほかの端末で、先に変更されていました"
