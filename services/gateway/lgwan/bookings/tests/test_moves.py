"""Moving a booking to another time or office."""

from datetime import datetime, timedelta

import pytest

from dev.testing import Database
from services.gateway.lgwan.door.context import Services
from services.gateway.lgwan.lists.tests.test_list import booking_of, the_one
from services.gateway.lgwan.tests.fakes import today_at
from services.gateway.lgwan.tests.support import Browser, add_staff, log_lines, sitting_at, sql
from services.gateway.web.testing import Page, words
from services.gateway.web.times import now

from .test_corrections import choices, compared, corrections_of, moved_by_suzuki, page_of

AHEAD = timedelta(days=7)


def path_of(services: Services) -> str:
    return page_of(services, "/move")


def offered(page: Page) -> list[str]:
    return [choice.get("value", "") for choice in page.all("input", name="to")]


def fields(page: Page, **more: str) -> dict[str, str]:
    return {**{name: page.field(name) for name in ("version", "office", "from")}, **more}


def moved(services: Services) -> tuple[str, datetime]:
    return the_one(services).office_id, the_one(services).starts_at


def test_the_free_times_of_two_weeks_are_a_plain_form_and_one_is_taken(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    assert "日時・場所を変更" in desk.open(page_of(services)).text
    page = desk.open(path_of(services))
    times = offered(page)
    assert len(times) == 6 * 10
    page = desk.send(path_of(services), fields(page, to=times[-1]))
    assert "に変更しました" in page.text
    office, at = times[-1].split("|")
    assert moved(services) == (office, datetime.fromisoformat(at))
    assert log_lines(store_of_accounts)[-1] == "tanaka|booking.move|booking|honcho|done"


def test_another_office_and_another_fortnight_are_shown_on_demand(
    desk: Browser, services: Services
) -> None:
    first = (now() + AHEAD).date()
    page = desk.open(f"{path_of(services)}?office=dainan&from={first}")
    times = offered(page)
    assert {value.split("|")[0] for value in times} == {"dainan"}
    assert min(value.split("|")[1] for value in times) >= first.isoformat()
    nav = [words(a) for a in page.one("nav", **{"aria-label": "期間"}).iter("a")]
    assert nav == ["前の2週間", "次の2週間"]
    desk.send(path_of(services), fields(page, to=times[0]))
    assert the_one(services).office_id == "dainan"


def test_days_that_have_passed_are_not_looked_at(desk: Browser, services: Services) -> None:
    page = desk.open(f"{path_of(services)}?from=2020-01-06")
    assert page.field("from") == now().date().isoformat()


def test_nothing_chosen_is_said(desk: Browser, services: Services) -> None:
    page = desk.open(path_of(services))
    page = desk.send(path_of(services), fields(page))
    assert desk.status == 422
    assert "変更先の時間を選んでください" in page.text


@pytest.mark.parametrize(
    ("slug", "says"),
    [
        ("slot-full", "先に埋まりました"),
        ("not-offered", "もう受け付けていません"),
        ("one-window", "同じ法定代理人の方がほかの方の窓口にいます"),
    ],
)
def test_a_time_that_went_meanwhile_is_said_with_what_is_free_now(
    desk: Browser, services: Services, store_of_accounts: Database, slug: str, says: str
) -> None:
    page = desk.open(path_of(services))
    corrections_of(services).refusal = slug
    page = desk.send(path_of(services), fields(page, to=offered(page)[0]))
    assert desk.status == 422
    assert says in page.text and offered(page)
    assert the_one(services).version == 1
    assert log_lines(store_of_accounts)[-1] == f"tanaka|booking.move|booking||{slug}"


def test_a_card_that_lies_elsewhere_is_said_in_place_of_times(
    desk: Browser, services: Services
) -> None:
    corrections_of(services).no_cards = {"dainan"}
    page = desk.open(f"{path_of(services)}?office=dainan")
    assert "カードのある場所でだけ" in page.text
    assert not offered(page)


def test_two_who_move_one_booking_see_both_times(desk: Browser, services: Services) -> None:
    page = desk.open(path_of(services))
    choice = offered(page)[-1]
    moved_by_suzuki(services)
    page = desk.send(path_of(services), fields(page, to=choice))
    assert desk.status == 409
    assert compared(page)["場所"] == ("本庁舎1階市民課", "鶴崎支所", True)
    assert compared(page)["日時"][2]
    assert choices(page)[-1] == "自分の変更をもう一度行う"
    again = {name: page.field(name) for name in ("version", "to")}
    desk.send(path_of(services), again)
    assert moved(services) == ("honcho", datetime.fromisoformat(choice.split("|")[1]))


def test_only_offices_within_reach_are_offered(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    sql(store_of_accounts, "UPDATE staff SET offices = '{honcho,dainan}'")
    page = desk.open(f"{path_of(services)}?office=tsurusaki")
    options = page.one("select", id="office").iter("option")
    assert [option.get("value") for option in options] == ["honcho", "dainan"]
    assert {value.split("|")[0] for value in offered(page)} == {"honcho"}


@pytest.mark.parametrize("choice", ["honcho", "honcho|x", "|2027-01-01T10:00", "honcho|2027-01-01"])
def test_what_is_no_choice_of_the_form_is_refused(
    desk: Browser, services: Services, choice: str
) -> None:
    page = desk.open(path_of(services))
    desk.send(path_of(services), fields(page, to=choice))
    assert desk.status == 400


def test_what_is_over_cannot_be_moved(desk: Browser, services: Services) -> None:
    booking_of(services).by_another_terminal(the_one(services).booking_id, "arrived")
    assert "日時・場所を変更" not in desk.open(page_of(services)).text


def test_moving_needs_its_right(store_of_accounts: Database, services: Services) -> None:
    add_staff(store_of_accounts, "viewer", ("bookings.read",))
    with sitting_at(store_of_accounts.url, services) as browser:
        browser.sign_in("viewer")
        browser.open(path_of(services))
        assert browser.status == 403
    assert the_one(services).starts_at == today_at(10, 30)


def test_a_visit_of_a_past_day_has_no_other_times(desk: Browser, services: Services) -> None:
    corrections_of(services).over = True
    page = desk.open(page_of(services, "/move"))
    assert desk.status == 200 and "日が過ぎているため、変更できません" in page.text
    assert not page.all("input", name="to")
