"""The page of the day: who is late, who is next, readers, what is left open, live rows."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from dev.testing import Database
from libs.contracts.booking import DayBooking, DayList, StaffBooking, Stamps
from libs.contracts.times import JST
from services.gateway.lgwan.door.context import CatalogCache, Services
from services.gateway.lgwan.tests.fake_corrections import FakeCorrections
from services.gateway.lgwan.tests.fake_today import FakeToday
from services.gateway.lgwan.tests.fakes import FakeBooking, FakeEligibility, a_booking, today_at
from services.gateway.lgwan.tests.support import Browser, add_staff, log_lines, sitting_at, sql
from services.gateway.lgwan.today.boards import DayBoards
from services.gateway.lgwan.today.dayrows import DayRows, day_of_office
from services.gateway.lgwan.today.scanning import Scanned, read_scan
from services.gateway.web.link import Actor
from services.gateway.web.pages import Pages
from services.gateway.web.testing import words

NOON = datetime(2026, 12, 1, 12, 0, tzinfo=JST)


def booking_of(services: Services) -> FakeBooking:
    assert isinstance(services.booking, FakeBooking)
    return services.booking


def put(services: Services, **fields: object) -> StaffBooking:
    made = a_booking(**fields)
    booking_of(services).kept[made.booking_id] = made
    return made


async def the_day(*bookings: DayBooking, at: datetime = NOON, may_tick: bool = True) -> DayRows:
    catalog = await CatalogCache(FakeBooking()).get()
    found = DayList(office_id="honcho", day=NOON.date(), at=at, bookings=bookings, open=0)
    return day_of_office(found, catalog, may_tick)


def booked(minutes: int, stamps: Stamps | None = None, **fields: object) -> DayBooking:
    """A booking so many minutes after noon."""
    made = a_booking(starts_at=NOON + timedelta(minutes=minutes), **fields)
    return DayBooking(booking=made, stamps=stamps or Stamps())


def came(reception: int, minutes: int, **more: object) -> Stamps:
    arrived_at = NOON + timedelta(minutes=minutes)
    return Stamps.model_validate({"reception": reception, "arrived_at": arrived_at, **more})


def card(prepared: bool | None, **fields: object) -> DayBooking:
    return booked(0, None, **fields).model_copy(update={"prepared": prepared})


def cards(day: DayRows) -> list[str]:
    return [row.card for slot in day.slots for row in slot.rows]


async def test_a_row_says_whether_its_card_is_laid_out_while_somebody_will_ask_for_it() -> None:
    others = [card(False, status=state) for state in ("arrived", "finished", "missed", "cancelled")]
    day = await the_day(card(True), card(False), card(None), *others)
    assert cards(day) == ["ready", "shelf", "", "shelf", "", "", ""]


async def test_where_nobody_lays_out_cards_and_on_past_days_no_row_speaks_of_them() -> None:
    assert cards(await the_day(card(False), card(None))) == ["", ""]
    tomorrow = NOON + timedelta(days=1)
    assert cards(await the_day(card(True), card(False), at=tomorrow)) == ["", ""]


def test_the_page_of_the_day_names_the_cards(desk: Browser, services: Services) -> None:
    for number, ready in (("8K2M470001", True), ("8K2M470002", False)):
        put(services, number=number)
        booking_of(services).day.more[number] = {"prepared": ready}
    text = desk.open("/").text
    assert text.count("カード準備済") == text.count("カード未準備") == 1


async def test_who_has_not_come_when_the_time_has_passed_is_late_and_keeps_the_turn() -> None:
    day = await the_day(booked(-1), booked(0), booked(1))
    assert [row.late for slot in day.slots for row in slot.rows] == [True, False, False]
    assert dict(day.counts)["遅れ"] == 1
    texts = [tick.text for tick in day.slots[0].rows[0].row.ticks]
    assert texts[0] == "受付"


async def test_a_late_person_is_served_next_and_the_others_by_their_time() -> None:
    day = await the_day(
        booked(-60, came(4, -5), status="arrived"),
        booked(-30, came(2, -35), status="arrived"),
        booked(-30, came(1, -40), status="arrived"),
        booked(0, came(3, -10), status="arrived"),
        booked(-15, came(5, -20, called_at=NOON, window=2, calls=1), status="arrived"),
    )
    assert [row.stamps.reception for row in day.next] == [4, 1, 2, 3]
    assert [(row.stamps.reception, row.stamps.window) for row in day.called] == [(5, 2)]
    assert dict(day.counts) == {
        "予約": 5, "受付済": 4, "呼出": 1, "完了": 0, "来庁なし": 0, "遅れ": 1,
    }  # fmt: skip


async def test_a_party_stands_together_and_is_one_turn() -> None:
    family = {"party": UUID(int=7)}
    day = await the_day(
        booked(0, came(1, -10), status="arrived").model_copy(update=family),
        booked(0, came(2, -10), status="arrived"),
        booked(30, came(3, -10), status="arrived").model_copy(update=family),
        booked(30, came(4, -10), status="arrived"),
    )
    shown = [(slot.name, [row.stamps.reception for row in slot.rows]) for slot in day.slots]
    assert shown == [("1200", [1, 3, 2]), ("1230", [4])]
    assert [row.turn for row in day.next] == [(1, 3), (2,), (4,)]


async def test_a_party_that_is_called_is_named_once() -> None:
    family, at = {"party": UUID(int=7)}, {"called_at": NOON, "window": 3, "calls": 1}
    day = await the_day(
        *(booked(0, came(n, -10, **at), status="arrived").model_copy(update=family) for n in (1, 2))
    )
    assert [row.turn for row in day.called] == [(1, 2)]
    assert dict(day.counts)["呼出"] == 2


async def test_only_so_many_of_those_who_wait_are_named() -> None:
    day = await the_day(*(booked(n, came(n + 1, -1), status="arrived") for n in range(11)))
    assert (len(day.next), day.more) == (8, 3)


async def test_the_rows_of_one_time_stand_together_and_the_first_to_come_is_marked() -> None:
    day = await the_day(booked(-15), booked(15), booked(15), booked(30))
    assert [(slot.name, len(slot.rows), slot.begins) for slot in day.slots] == [
        ("1145", 1, False),
        ("1215", 2, True),
        ("1230", 1, False),
    ]


@pytest.mark.parametrize(
    ("days", "texts", "state"),
    [
        (0, ["受付", "交付済", "来庁なし"], "予約済"),
        (1, ["交付済", "来庁なし"], "結果未入力"),
        (-1, [], "予約済"),
    ],
)
async def test_what_can_be_pressed_depends_on_the_day(
    days: int, texts: list[str], state: str
) -> None:
    day = await the_day(booked(0), at=NOON + timedelta(days=days))
    ((row,),) = [slot.rows for slot in day.slots]
    assert [tick.text for tick in row.row.ticks] == texts
    assert row.state == state
    assert bool(row.row.not_done) == bool(texts)


async def test_nothing_is_pressed_on_the_ended_visits_of_a_past_day() -> None:
    day = await the_day(booked(0, status="finished", outcome="collected"), at=NOON + timedelta(1))
    assert day.slots[0].rows[0].row.ticks == ()


async def test_a_called_person_is_finished_or_called_again() -> None:
    stamps = came(1, -10, called_at=NOON, window=4, calls=2)
    day = await the_day(booked(0, stamps, status="arrived"))
    row = day.slots[0].rows[0]
    assert row.state == "呼出 12:00（4番窓口・2回）"
    assert [tick.text for tick in row.row.ticks] == ["交付済", "もう一度呼ぶ", "元に戻す"]


def test_a_person_is_received_called_to_this_window_and_taken_back_step_by_step(
    desk: Browser, services: Services
) -> None:
    desk.client.cookies.set("terminal", "honcho.7")
    desk.open("/")
    assert "受付番号 1番" in words(desk.press("受付").one("div", id="told"))
    page = desk.press("呼出")
    assert "1番→7番窓口" in page.text
    assert booking_of(services).day.of(the_one(services)).window == 7
    states = [words(desk.press("元に戻す").one("div", id="told")) for _ in range(2)]
    assert "受付済" in states[0] and "予約済" in states[1]


def the_one(services: Services) -> StaffBooking:
    return next(iter(booking_of(services).kept.values()))


def scan(desk: Browser, typed: str) -> str:
    page = desk.send("/today/scan", {"number": typed, "office": "honcho"})
    return words(page.one("div", id="told"))


@pytest.mark.parametrize("typed", ["8K2M4-7QX3P", " ８k2m4‐7qx3p ", "予約番号:8K2M47QX3P", "qx3p"])
def test_a_scan_receives_the_person(
    desk: Browser, services: Services, store_of_accounts: Database, typed: str
) -> None:
    desk.open("/")
    assert scan(desk, typed).startswith("受付番号 1番 10:30 カードの交付 は、いま「受付済")
    assert the_one(services).status == "arrived"
    assert log_lines(store_of_accounts)[-1] == "tanaka|booking.arrive|booking|honcho|done"
    assert "受付番号 1番" in scan(desk, "1")
    assert "受付番号 1番" in scan(desk, typed)
    assert len(booking_of(services).calls) == 1


def test_a_scan_by_somebody_who_only_looks_receives_nobody(
    services: Services, store_of_accounts: Database
) -> None:
    add_staff(store_of_accounts, "reader", rights=["bookings.read"])
    with sitting_at(store_of_accounts.url, services) as browser:
        browser.sign_in("reader")
        assert "予約済" in scan(browser, "QX3P")
    assert the_one(services).status == "confirmed"
    assert log_lines(store_of_accounts)[-1] == "reader|booking.scan|booking|honcho|done"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("123456789018", "12桁の番号が入力されました"),
        ("1234 5678 9018", "12桁の番号が入力されました"),
        ("00000-00000", "この番号の予約は見つかりません"),
        ("0000", "この日のこの場所に、その番号の方はいません"),
        ("7", "この日のこの場所に、その番号の方はいません"),
        ("QZ9", "最後の4文字か受付番号でも探せます"),
        ("", "何も入力されていません"),
        ("カジワラ", "続けて生年月日も入力してください"),
    ],
)
def test_what_fits_nobody_says_so_and_is_not_shown_again(
    desk: Browser, typed: str, said: str
) -> None:
    desk.open("/")
    told = scan(desk, typed)
    assert (desk.status, said in told) == (422, True)
    assert len(typed) < 2 or typed not in desk.page.text
    assert desk.page.one("input", id="number").get("aria-invalid") == "true"


def test_the_same_end_of_two_numbers_is_a_choice(desk: Browser, services: Services) -> None:
    other = put(services, number="000000QX3P", starts_at=today_at(11))
    desk.open("/")
    assert "選んでください" in scan(desk, "QX3P")
    assert {one.status for one in booking_of(services).kept.values()} == {"confirmed"}
    desk.press("受付", 1)
    assert booking_of(services).kept[other.booking_id].status == "arrived"


def test_a_number_of_another_day_or_office_says_where_it_belongs(
    desk: Browser, services: Services
) -> None:
    other = put(
        services,
        number="000000QX3P",
        office_id="dainan",
        starts_at=today_at(11) + timedelta(days=1),
    )
    desk.open("/")
    told = scan(desk, "00000-0QX3P")
    assert "大南支所の予約です" in told
    links = [a.get("href") for a in desk.page.one("div", id="told").iter("a")]
    assert links == [f"/bookings/{other.booking_id}"]
    assert booking_of(services).kept[other.booking_id].status == "confirmed"


def test_a_number_of_an_office_of_others_is_as_unknown_as_one_of_nobody(
    services: Services, store_of_accounts: Database
) -> None:
    add_staff(store_of_accounts, "branch", offices=["dainan"])
    with sitting_at(store_of_accounts.url, services) as browser:
        browser.sign_in("branch")
        browser.open("/")
        assert scan(browser, "8K2M4-7QX3P") == scan(browser, "00000-00000")


def test_reading_knows_a_number_its_end_and_a_reception_number() -> None:
    assert read_scan("８Ｋ２Ｍ４ー７ＱＸ３Ｐ") == Scanned(number="8K2M47QX3P")
    assert read_scan("oi3l") == Scanned(ending="0131")
    assert read_scan(" 12番 ") == Scanned(reception=12)
    for typed in ("0", "12345", "QXU3", "QX3PP", "オオイタ ハナコ 1960/4/1", "090-1234-5678"):
        assert read_scan(typed) is None


def test_what_stayed_open_is_counted_and_entered_later(
    desk: Browser, services: Services, store_of_accounts: Database
) -> None:
    old = put(services, starts_at=today_at(9) - timedelta(days=2), number="0000000001")
    page = desk.open("/?office=honcho")
    (link,) = [a for a in page.all("a") if "結果未入力" in words(a)]
    page = desk.open(link.get("href", ""))
    assert "00000-00001" in page.text and "8K2M4-7QX3P" not in page.text
    page = desk.press("来庁なし")
    assert "は、いま「来庁なし」です" in page.text
    assert isinstance(services.corrections, FakeCorrections)
    (asked,) = services.corrections.asked
    assert (asked.status, asked.outcome, asked.reason) == ("missed", None, "omission")
    assert log_lines(store_of_accounts)[-1] == "tanaka|booking.correct|booking|honcho|done"
    assert "結果未入力の予約はありません" in page.text
    assert booking_of(services).kept[old.booking_id].status == "missed"


def test_the_rows_alone_come_with_a_tag_and_not_again_while_nothing_changed(
    desk: Browser, services: Services
) -> None:
    page = desk.open("/")
    board = page.one("div", id="board")
    path, tag = board.get("data-rows", ""), f'"{board.get("data-etag")}"'
    for known in (tag, f"W/{tag}"):
        answer = desk.client.get(path, headers={"if-none-match": known})
        assert (answer.status_code, answer.content) == (304, b"")
    booking_of(services).by_another_terminal(the_one(services).booking_id, "arrived")
    answer = desk.client.get(path, headers={"if-none-match": tag})
    assert answer.status_code == 200 and "<html" not in answer.text
    assert answer.headers["etag"].removeprefix("W/") != tag and "受付済" in answer.text


def test_rows_asked_for_by_the_page_itself_keep_nobody_signed_in(
    desk: Browser, store_of_accounts: Database
) -> None:
    ago = "UPDATE staff_session SET last_seen_at = now() - interval '{} minutes'"
    seen = "SELECT last_seen_at > now() - interval '1 minute' FROM staff_session"
    sql(store_of_accounts, ago.format(29))
    assert desk.client.get("/today/rows").status_code == 200
    assert sql(store_of_accounts, seen) == ["f"]
    sql(store_of_accounts, ago.format(31))
    assert desk.client.get("/today/rows").url.path == "/login"


async def test_rows_are_rendered_once_for_all_terminals_until_something_changes() -> None:
    class Counting(Pages):
        def __init__(self) -> None:
            self.rendered = 0

        def render(self, template: str, values: object) -> str:
            self.rendered += 1
            return f"{template} {self.rendered}"

    bookings, pages = FakeBooking([a_booking()]), Counting()
    boards = DayBoards(FakeToday(bookings), FakeEligibility(), CatalogCache(bookings), pages)
    day = today_at(0).date()
    actor = Actor("sato", frozenset({"bookings.read"}), frozenset({"*"}))
    first = await boards.board(actor, "honcho", day, may_tick=True)
    again = await boards.board(Actor("abe", *_all(actor)), "honcho", day, may_tick=True)
    assert first is again and pages.rendered == 1
    assert (await boards.board(actor, "honcho", day, may_tick=False)).etag != first.etag
    bookings.by_another_terminal(next(iter(bookings.kept)), "missed")
    changed = await boards.board(actor, "honcho", day, may_tick=True)
    assert changed.etag != first.etag and pages.rendered == 3


def _all(actor: Actor) -> tuple[frozenset[str], frozenset[str]]:
    return actor.rights, actor.offices


def test_every_row_has_the_number_of_its_booking(desk: Browser, services: Services) -> None:
    put(services, starts_at=today_at(11), number="0000000001")
    rows = [row.get("id", "") for row in desk.open("/").all("tr") if row.get("id")]
    assert {UUID(row.removeprefix("b-")) for row in rows} == set(booking_of(services).kept)


def test_what_the_counter_has_to_know_about_a_visit_stands_in_its_row(
    desk: Browser, services: Services
) -> None:
    more = {"needs": ["wheelchair", "interpreter"], "language": "vi", "party_size": 3, "cards": 2}
    booking_of(services).day.more["8K2M47QX3P"] = more
    row = words(desk.open("/").one("tbody"))
    for word in ("車いす", "通訳（ベトナム語）", "3人一緒", "カード2枚"):
        assert word in row
    booking_of(services).day.more["8K2M47QX3P"] = more | {"interpreter": "ne"}
    row = words(desk.open("/").one("tbody"))
    assert "通訳（ネパール語）" in row
    assert "通訳（ベトナム語）" not in row
