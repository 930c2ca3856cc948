"""申し送り: who may write what, for which days, and what is never kept."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from uuid import uuid4

import pytest

from dev.testing import Database
from libs.common.database import engine
from services.gateway.lgwan.door.store import OpenStore, opener_of_stores
from services.gateway.lgwan.notes.notes import NOTES_MOST, read_body, wrong_body
from services.gateway.lgwan.notes.store import NoteStore, Written
from services.gateway.lgwan.tests.support import Browser, add_staff, log_lines, sql
from services.gateway.lgwan.tidy import forget_what_is_over
from services.gateway.web.times import now

BODY = "午後は2番窓口の端末が使えません。\n車いすの方は1番へ。"


@asynccontextmanager
async def opener_of(database: Database, connections: int = 1) -> AsyncIterator[OpenStore]:
    source = engine(database.url, connections)
    try:
        yield opener_of_stores(source)
    finally:
        await source.dispose()


def today() -> date:
    return now().date()


def write(
    desk: Browser, body: str = BODY, office: str = "honcho", first: int = 0, days: int = 0
) -> None:
    """A note that holds from `first` days ahead on, for so many days more."""
    desk.open(f"/notes?office={office}")
    begin = today() + timedelta(days=first)
    fields = {
        "office": office,
        "body": body,
        "day": begin.isoformat(),
        "until": (begin + timedelta(days=days)).isoformat(),
    }
    desk.send("/notes", fields)


def notes_in(database: Database) -> list[str]:
    """What they say, each on one line."""
    return sql(database, "SELECT replace(body, chr(10), ' ') FROM handover_note")


def path_of_note(database: Database) -> str:
    return "/notes/" + sql(database, "SELECT note_id FROM handover_note")[0]


def test_a_note_stands_on_top_of_its_days_with_its_author(
    desk: Browser, store_of_accounts: Database
) -> None:
    write(desk, first=1, days=2)
    assert "申し送りを書きました" in desk.page.text
    assert "車いすの方は1番へ" not in desk.open("/").text
    for ahead, there in ((1, True), (3, True), (4, False)):
        day = today() + timedelta(days=ahead)
        text = desk.open(f"/?day={day.isoformat()}").text
        assert ("車いすの方は1番へ" in text) == there
        assert ("田中・" in text) == there
    assert log_lines(store_of_accounts)[-1] == "tanaka|note.add|note|honcho|done"


def test_by_itself_a_note_holds_until_the_end_of_the_day_that_is_shown(desk: Browser) -> None:
    day = (today() + timedelta(days=3)).isoformat()
    page = desk.open(f"/notes?office=honcho&day={day}")
    assert (page.field("day"), page.field("until")) == (day, day)
    page = desk.open("/notes?day=2020-01-06")
    assert page.field("until") == today().isoformat()


def test_a_note_is_of_one_office(desk: Browser) -> None:
    write(desk, office="tsurusaki")
    assert "車いすの方は1番へ" not in desk.open("/?office=honcho").text
    assert "車いすの方は1番へ" in desk.open("/?office=tsurusaki").text


def test_the_same_form_sent_twice_is_one_note(desk: Browser, store_of_accounts: Database) -> None:
    page = desk.open("/notes")
    day = today().isoformat()
    form = {"office": "honcho", "body": "一度だけ", "day": day, "until": day}
    form |= {"csrf": page.field("csrf"), "key": page.field("key")}
    for _ in range(2):
        desk.send("/notes", form)
        assert desk.status == 200
    assert len(notes_in(store_of_accounts)) == 1


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("", "申し送りを入力してください"),
        ("あ" * 501, "500文字以内"),
        ("1234 5678 9018", "マイナンバーはこの予約では使いません"),
        ("折り返し ０９０－１２３４－５６７８ へ", "電話番号は書けません"),
        ("(097)534-6111", "電話番号は書けません"),
        ("+81 90 1234 5678", "電話番号は書けません"),
        ("taro＠example.jp へ", "メールアドレスは書けません"),
        ("ABC-123456 の方", "製造管理番号は書けません"),
    ],
)
def test_personal_data_and_too_much_are_refused(
    desk: Browser, store_of_accounts: Database, body: str, told: str
) -> None:
    write(desk, body)
    assert desk.status == 422
    assert told in desk.page.text
    assert notes_in(store_of_accounts) == []
    assert log_lines(store_of_accounts)[-1].endswith("|not-saved")


@pytest.mark.parametrize(
    "body",
    [
        "8K2M4-7QX3P の方は10時30分",
        "2026/12/01 09:00から10:30まで 2番",
        "12月1日と12月2日、10:00 11:00 12:00は混みます",
        "あ" * 500,
        "窓口1・2・3・4・5・6・7・8・9",
    ],
)
def test_what_colleagues_write_is_taken(body: str) -> None:
    assert wrong_body(read_body(body)) == ""


def test_what_was_typed_is_kept_but_for_twelve_digits(desk: Browser) -> None:
    write(desk, "連絡は0975346111")
    assert "連絡は0975346111" in desk.html
    write(desk, "番号は1234-5678-9018")
    assert "5678" not in desk.html


@pytest.mark.parametrize(
    ("first", "until", "told"),
    [
        (-2, -1, "今日より前の日にはできません"),
        (0, 31, "今日から30日後までにしてください"),
        (5, 4, "「いつまで」は、「いつから」と同じ日か"),
    ],
)
def test_days_must_be_ahead_and_not_far(desk: Browser, first: int, until: int, told: str) -> None:
    desk.open("/notes")
    days = {
        name: (today() + timedelta(days=n)).isoformat()
        for name, n in (("day", first), ("until", until))
    }
    assert told in desk.send("/notes", {"office": "honcho", "body": BODY, **days}).text
    assert desk.status == 422


def test_a_day_that_is_none_is_asked_for_again(desk: Browser) -> None:
    desk.open("/notes")
    page = desk.send("/notes", {"office": "honcho", "body": BODY, "day": "x", "until": ""})
    assert page.text.count("日付を入力してください") >= 2


def test_a_note_is_changed_and_removed(desk: Browser, store_of_accounts: Database) -> None:
    write(desk)
    path = path_of_note(store_of_accounts)
    page = desk.open(path)
    days = {name: page.field(name) for name in ("day", "until")}
    desk.send(path, {"version": page.field("version"), "body": "直りました。", **days})
    assert "申し送りを変更しました" in desk.page.text
    assert notes_in(store_of_accounts) == ["直りました。"]
    desk.send(f"{path}/delete", {})
    assert "申し送りを削除しました" in desk.page.text
    assert notes_in(store_of_accounts) == []
    lines = log_lines(store_of_accounts)[-2:]
    assert lines == [
        "tanaka|note.change|note|honcho|done",
        "tanaka|note.delete|note|honcho|done",
    ]
    assert desk.send(f"{path}/delete", {}).text.count("もうありません") == 1


def test_what_a_colleague_changed_meanwhile_is_shown_and_not_overwritten(
    desk: Browser, store_of_accounts: Database
) -> None:
    write(desk)
    path = path_of_note(store_of_accounts)
    page = desk.open(path)
    days = {name: page.field(name) for name in ("day", "until")}
    mine = {"version": page.field("version"), "body": "私の文", **days}
    sql(store_of_accounts, "UPDATE handover_note SET body = '同僚の文', version = 2")
    page = desk.send(path, mine)
    assert desk.status == 409
    assert "同僚の文" in page.text and "私の文" in desk.html
    assert notes_in(store_of_accounts) == ["同僚の文"]
    desk.send(path, {**mine, "version": page.field("version")})
    assert notes_in(store_of_accounts) == ["私の文"]


def test_a_change_sent_twice_is_done_once(desk: Browser, store_of_accounts: Database) -> None:
    write(desk)
    path = path_of_note(store_of_accounts)
    page = desk.open(path)
    form = {name: page.field(name) for name in ("day", "until", "version", "csrf", "key")}
    for _ in range(2):
        desk.send(path, {**form, "body": "直りました。"})
        assert "申し送りを変更しました" in desk.page.text
    assert sql(store_of_accounts, "SELECT version FROM handover_note") == ["2"]


def test_other_offices_notes_are_neither_read_nor_touched(
    desk: Browser, store_of_accounts: Database
) -> None:
    write(desk)
    path = path_of_note(store_of_accounts)
    rights = ["bookings.read", "bookings.tick"]
    add_staff(store_of_accounts, "branch", rights=rights, offices=["tsurusaki"])
    desk.sign_in("branch")
    for wanted in ("/", "/?office=honcho", "/notes?office=honcho"):
        assert "車いすの方は1番へ" not in desk.open(wanted).text
    for foreign in (path, "/notes/00000000-0000-0000-0000-000000000001"):
        assert "もうありません" in desk.open(foreign).text
        assert desk.status == 404
        desk.send(f"{foreign}/delete", {})
        assert desk.status == 404
        day = today().isoformat()
        desk.send(foreign, {"version": "1", "body": "x", "day": day, "until": day})
        assert desk.status == 404
    assert notes_in(store_of_accounts) == [BODY.replace("\n", " ")]


def test_writing_for_another_office_is_refused(
    browser: Browser, store_of_accounts: Database
) -> None:
    rights = ["bookings.read", "bookings.tick"]
    add_staff(store_of_accounts, "branch", rights=rights, offices=["tsurusaki"])
    browser.sign_in("branch")
    browser.open("/notes")
    day = today().isoformat()
    browser.send("/notes", {"office": "honcho", "body": BODY, "day": day, "until": day})
    assert browser.status == 404
    assert notes_in(store_of_accounts) == []


def test_who_may_only_look_reads_notes_and_writes_none(
    desk: Browser, store_of_accounts: Database
) -> None:
    write(desk)
    add_staff(store_of_accounts, "reader", rights=["bookings.read"])
    desk.sign_in("reader")
    page = desk.open("/")
    assert "車いすの方は1番へ" in page.text
    assert "申し送りを書く" not in page.text
    desk.open("/notes")
    assert desk.status == 403


def test_there_is_an_end_to_how_many_notes_an_office_has(
    desk: Browser, store_of_accounts: Database
) -> None:
    for n in range(NOTES_MOST):
        write(desk, f"{n}番目")
    write(desk, "一つ多い")
    assert desk.status == 422
    assert "20件までです" in desk.page.text
    write(desk, "ほかの場所", office="tsurusaki")
    assert len(notes_in(store_of_accounts)) == NOTES_MOST + 1


async def test_a_note_whose_last_day_is_over_is_absent_and_soon_forgotten(
    store_of_accounts: Database,
) -> None:
    for ago in (1, 0):
        sql(
            store_of_accounts,
            "INSERT INTO handover_note (note_id, office_id, first_day, last_day, body, written_by)"
            f" SELECT gen_random_uuid(), 'honcho', d, d, '{ago}日前', 'tanaka'"
            f" FROM (SELECT (now() AT TIME ZONE 'Asia/Tokyo')::date - {ago} AS d) AS days",
        )
    async with opener_of(store_of_accounts) as opener:
        async with opener(NoteStore) as store:
            day = await store.today()
            assert [one.body for one in await store.notes_at(["*"], "honcho")] == ["0日前"]
            assert await store.notes_on(["*"], "honcho", day - timedelta(days=1)) == []
        await forget_what_is_over(opener)
    assert notes_in(store_of_accounts) == ["0日前"]


async def test_of_ten_who_write_at_once_only_as_many_as_there_is_room_for_do(
    store_of_accounts: Database,
) -> None:
    sql(
        store_of_accounts,
        "INSERT INTO handover_note (note_id, office_id, first_day, last_day, body, written_by)"
        " SELECT gen_random_uuid(), 'honcho', d, d, 'x', 'tanaka'"
        " FROM (SELECT (now() AT TIME ZONE 'Asia/Tokyo')::date AS d) AS days,"
        f" generate_series(1, {NOTES_MOST - 3})",
    )

    async def one(opener: OpenStore) -> bool:
        async with opener(NoteStore) as store:
            written = Written(today(), today(), "y")
            return await store.add_note(uuid4(), "honcho", written, "tanaka")

    async with opener_of(store_of_accounts, 10) as opener:
        done = await asyncio.gather(*(one(opener) for _ in range(10)))
    assert sorted(done) == [False] * 7 + [True] * 3
