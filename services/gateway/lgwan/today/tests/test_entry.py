"""まとめ入力: the results of a day, typed from the paper of an outage in one go."""

from datetime import timedelta

from dev.testing import Database
from libs.contracts.booking import NewerBooking, StaffBooking
from services.gateway.lgwan.bookings.tests.test_corrections import corrections_of
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.lists.tests.test_list import booking_of
from services.gateway.lgwan.tests.fakes import a_booking, today_at
from services.gateway.lgwan.tests.support import Browser, add_staff, log_lines, sitting_at, sql
from services.gateway.web.testing import Page
from services.gateway.web.times import now

YESTERDAY = timedelta(days=1)
PATH = f"/entry?office=honcho&day={(now() - YESTERDAY).date()}"


def of_yesterday(services: Services, *hours: int, **more: object) -> list[StaffBooking]:
    """Bookings of yesterday, one at each hour."""
    made = [
        a_booking(starts_at=today_at(hour) - YESTERDAY, number=f"8K2M47QX{hour:02}", **more)
        for hour in hours
    ]
    booking_of(services).kept.update({one.booking_id: one for one in made})
    return made


def filled(page: Page, **typed: str) -> dict[str, str]:
    """The table as it was shown, with what somebody typed; a-0 stands for the field a-0."""
    hidden = [f for f in page.all("input", type="hidden") if f.get("name") not in ("csrf", "key")]
    fields = {f.get("name", ""): f.get("value", "") for f in hidden}
    return {**fields, "reason": "outage", **{n.replace("_", "-"): v for n, v in typed.items()}}


def test_the_rows_that_were_filled_in_are_entered_with_their_real_times(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    first, second, third = of_yesterday(services, 9, 10, 11)
    page = desk.open(PATH)
    page = desk.send(
        "/entry",
        filled(page, arrived_0="905", finished_0="09:40", result_0="collected", result_2="missed"),
    )
    assert "2件を入力しました" in page.text
    asked = corrections_of(services).asked
    assert [one.status for one in asked] == ["finished", "missed"]
    assert asked[0].arrived_at == today_at(9, 5) - YESTERDAY
    assert {one.reason for one in asked} == {"outage"}
    kept = booking_of(services).kept
    states = [kept[one.booking_id].status for one in (first, second, third)]
    assert states == ["finished", "confirmed", "missed"]
    assert log_lines(store_of_accounts)[-3:] == [
        "tanaka|booking.correct|booking|honcho|done",
        "tanaka|booking.correct|booking|honcho|done",
        "tanaka|entry.save|office|honcho|done",
    ]


def test_a_row_that_is_wrong_says_so_and_keeps_no_other_from_being_entered(
    desk: Browser, services: Services
) -> None:
    of_yesterday(services, 9, 10)
    page = desk.open(PATH)
    page = desk.send(
        "/entry", filled(page, arrived_0="25:00", result_0="collected", result_1="collected")
    )
    assert desk.status == 422
    assert "1件を入力しました。1件は入力できませんでした" in page.text
    assert "10:05 のように" in page.text
    assert page.field("arrived-0") == "25:00"
    assert len(corrections_of(services).asked) == 1


def test_the_same_form_sent_again_enters_nothing_twice(desk: Browser, services: Services) -> None:
    of_yesterday(services, 9)
    page = desk.open(PATH)
    form = {**filled(page, result_0="collected"), "key": page.field("key")}
    form["csrf"] = page.field("csrf")
    for _ in range(2):
        page = desk.send("/entry", form)
        assert "1件を入力しました" in page.text
    assert len(corrections_of(services).asked) == 1


def test_what_somebody_else_entered_meanwhile_is_said_and_not_overwritten(
    desk: Browser, services: Services
) -> None:
    (booking,) = of_yesterday(services, 9)
    page = desk.open(PATH)
    booking_of(services).by_another_terminal(booking.booking_id, "missed")
    page = desk.send("/entry", filled(page, result_0="collected"))
    assert desk.status == 422
    assert "ほかの端末で変更されました" in page.text
    assert "いま：来庁なし" in page.text
    assert not corrections_of(services).asked


def test_a_row_says_where_the_person_of_a_handed_over_card_has_booked_again(
    desk: Browser, services: Services
) -> None:
    first, second = of_yesterday(services, 9, 10)
    for one in (first, second):
        booking_of(services).newer[one.booking_id] = NewerBooking(booking=None)
    page = desk.open(PATH)
    page = desk.send("/entry", filled(page, result_0="collected", result_1="missed"))
    assert page.text.count("この方の予約がもう1件残っています") == 1
    assert f"/bookings/{first.booking_id}" in [a.get("href") for a in page.all("a")]


def test_every_procedure_of_a_visit_has_its_own_result(desk: Browser, services: Services) -> None:
    of_yesterday(services, 9, also=("pin",))
    page = desk.open(PATH)
    page = desk.send("/entry", filled(page, result_0="collected"))
    assert desk.status == 422
    page = desk.send("/entry", {**filled(page, result_0="collected"), "result-pin-0": "done"})
    assert corrections_of(services).asked[0].outcomes == {"pin": "done"}


def test_a_whole_morning_fits_into_one_form(desk: Browser, services: Services) -> None:
    for minute in range(60):
        one = a_booking(starts_at=today_at(9, minute) - YESTERDAY, number=f"8K2M47Q{minute:03}")
        booking_of(services).kept[one.booking_id] = one
    page = desk.open(PATH)
    results = {f"result_{n}": "collected" for n in range(60)}
    page = desk.send("/entry", filled(page, **results))
    assert "60件を入力しました" in page.text


def test_a_booking_of_another_day_or_office_cannot_be_slipped_in(
    desk: Browser, services: Services
) -> None:
    of_yesterday(services, 9)
    today = next(iter(booking_of(services).kept.values()))
    page = desk.open(PATH)
    form = filled(page, result_0="collected")
    desk.send("/entry", {**form, "id-0": str(today.booking_id)})
    assert not corrections_of(services).asked
    desk.send("/entry", {**form, "id-0": "x"})
    assert desk.status == 400


def test_only_offices_of_the_account_and_no_day_to_come_can_be_chosen(
    desk: Browser, store_of_accounts: Database
) -> None:
    sql(store_of_accounts, "UPDATE staff SET offices = '{tsurusaki}'")
    tomorrow = (now() + YESTERDAY).date()
    page = desk.open(f"/entry?office=honcho&day={tomorrow}")
    office = page.one("select", id="office")
    assert [option.get("value") for option in office.iter("option")] == ["tsurusaki"]
    assert page.one("input", id="day").get("value") == now().date().isoformat()


def test_entering_needs_the_right_to_tick(store_of_accounts: Database, services: Services) -> None:
    add_staff(store_of_accounts, "viewer", ("bookings.read",))
    with sitting_at(store_of_accounts.url, services) as browser:
        browser.sign_in("viewer")
        browser.open("/entry")
        assert browser.status == 403
