"""全国システム障害: a chief with a hall of waiting people, and what all screens say meanwhile."""

from collections.abc import Iterator

import pytest

from dev.testing import Database
from libs.contracts.booking import OfficeOutage
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.tests.fake_schedules import FakeSchedules
from services.gateway.lgwan.tests.fakes import FakeBooking, a_booking, today_at
from services.gateway.lgwan.tests.fakes.city import procedures
from services.gateway.lgwan.tests.filling import Filling
from services.gateway.lgwan.tests.support import ORIGIN, Browser, add_staff, log_lines
from services.gateway.web.testing import words
from services.gateway.web.times import now

CHECK, START = "始める前に確かめる", "障害の対応を始める"
END = "障害を終えて、ネットの予約を再開する"
PAGE = "/outages"


@pytest.fixture
def services(services: Services) -> Iterator[Services]:
    booking = services.booking
    assert isinstance(booking, FakeBooking)
    booking.kept.clear()
    for n in range(40):
        one = a_booking(status="arrived", number=f"8K2M47{n:04}", starts_at=today_at(9))
        booking.kept[one.booking_id] = one
    to_come = a_booking(number="8K2M479999", starts_at=today_at(16))
    booking.kept[to_come.booking_id] = to_come
    yield services


@pytest.fixture
def clerk(desk: Browser) -> Filling:
    return Filling(desk)


def main(clerk: Filling) -> str:
    return words(clerk.page.one("main"))


def stopped(services: Services) -> FakeSchedules:
    assert isinstance(services.schedules, FakeSchedules)
    return services.schedules


def test_forty_who_wait_are_counted_before_and_after_one_press(
    clerk: Filling, services: Services, store_of_accounts: Database
) -> None:
    clerk.open(PAGE)
    clerk.press(CHECK, {"office": ["honcho"]})
    assert "お待ちの40人を「完了できず（システム障害）」にします" in main(clerk)
    assert "これから来る1人" in main(clerk)
    assert not stopped(services).kept_outages
    clerk.press(START)
    assert "お待ちの40人を「完了できず（システム障害）」にしました" in main(clerk)
    (outage,) = stopped(services).kept_outages
    assert outage.office_ids == ("honcho",)
    clerk.press(END)
    assert "障害を終えました" in main(clerk)
    assert stopped(services).kept_outages[0].ended_by
    lines = [line for line in log_lines(store_of_accounts) if "outage" in line]
    assert lines == [f"tanaka|outage.{what}|outage|honcho|done" for what in ("start", "end")]


def test_what_needs_the_national_system_is_chosen_and_an_application_goes_on(
    clerk: Filling, services: Services
) -> None:
    booking = services.booking
    assert isinstance(booking, FakeBooking)
    paper = {"procedure_id": "application", "name": "カードの申請", "outcomes": ("applied",)}
    booking.more_procedures = (next(iter(procedures())).model_copy(update=paper),)
    clerk.open(PAGE)
    boxes = {
        str(box.get("value")): "checked" in box.attrib
        for box in clerk.page.all("input", name="procedure")
    }
    assert boxes == {"issuance": True, "pin": True, "certificate": True, "application": False}
    clerk.press(CHECK)
    assert "カードの申請は、そのまま続けます" in main(clerk)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"office": []}, "場所を、1つ以上選んでください"),
        ({"procedure": []}, "止める手続きを、1つ以上選んでください"),
        ({"office": ["nowhere"]}, "場所を、1つ以上選んでください"),
    ],
)
def test_nothing_is_stopped_without_a_place_and_a_procedure(
    desk: Browser, clerk: Filling, services: Services, typed: dict[str, list[str]], says: str
) -> None:
    clerk.open(PAGE)
    clerk.press(CHECK, typed)
    assert (desk.status, says in main(clerk)) == (422, True)
    assert not stopped(services).kept_outages


def test_what_is_stopped_stands_on_every_page_and_on_the_screen_of_the_waiting_room(
    desk: Browser, services: Services
) -> None:
    booking = services.booking
    assert isinstance(booking, FakeBooking)
    outage = OfficeOutage(procedure_ids=("issuance",), since=now(), last_day=now().date())
    booking.outages["honcho"] = (outage,)
    desk.open(PAGE)
    told = words(desk.open("/bookings").all("p", role="status")[0])
    assert (
        "全国システム障害のため、ネットの予約を止めています（本庁舎1階市民課。カードの交付" in told
    )
    desk.open("/displays")
    token = desk.send("/displays", {"office": "honcho", "theme": "dark"}).field("token")
    desk.client.post(
        "/display",
        data={"token": token, "csrf": desk.page.field("csrf")},
        headers={"origin": ORIGIN, "referer": ORIGIN + "/"},
    )
    assert "カードの交付の手続きができません" in desk.client.get("/display").text
    assert "カードの交付の手続きができません" in desk.client.get("/display/calls").text


def test_only_who_sets_up_times_and_ticks_may(
    browser: Browser, store_of_accounts: Database
) -> None:
    rights = ("bookings.read", "schedules.edit")
    add_staff(store_of_accounts, "sato", rights=rights, offices=("honcho",))
    browser.sign_in("sato")
    assert browser.client.get(PAGE).status_code == 403
