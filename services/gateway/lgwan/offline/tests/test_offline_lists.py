"""Lists for an outage: what is in them, who can open them, when they are written, what fails."""

import io
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import msoffcrypto
import openpyxl
import pytest

from dev.testing import Database
from libs.common.database import engine
from libs.common.settings import SettingError, load
from libs.contracts.times import JST
from services.gateway.lgwan.door.context import CatalogCache, Services, Troubles
from services.gateway.lgwan.door.settings import Settings
from services.gateway.lgwan.door.store import opener_of_stores
from services.gateway.lgwan.offline.keeping import MISSING, Keeper
from services.gateway.lgwan.offline.plan import DueLists, due, file_name, is_old, part_name
from services.gateway.lgwan.offline.writing import ListWriter, Share, _write
from services.gateway.lgwan.tests.fake_corrections import FakeCorrections
from services.gateway.lgwan.tests.fakes import (
    OFFICES,
    FakeEligibility,
    a_booking,
    fake_services,
    today_at,
)
from services.gateway.lgwan.tests.support import log_lines
from services.gateway.web.times import now

WORD = "ゆふだけ 2026 桜道"
MORNING, EVENING = time(8), time(18, 30)
DAY = date(2026, 12, 1)
MAIN = "本庁舎1階市民課"


def moment(hour: int, minute: int = 0, day: date = DAY) -> datetime:
    return datetime.combine(day, time(hour, minute), JST)


@pytest.mark.parametrize(
    ("at", "since", "day"),
    [
        (moment(7, 59), moment(18, 30, DAY - timedelta(days=1)), DAY),
        (moment(8), moment(8), DAY),
        (moment(18, 29), moment(8), DAY),
        (moment(18, 30), moment(18, 30), DAY + timedelta(days=1)),
        (moment(23, 59), moment(18, 30), DAY + timedelta(days=1)),
    ],
)
def test_in_the_morning_the_day_itself_is_due_and_in_the_evening_the_next(
    at: datetime, since: datetime, day: date
) -> None:
    assert due(at, MORNING, EVENING) == DueLists(since, day)


def test_a_list_is_old_two_days_after_its_day_and_nothing_else_ever_is() -> None:
    name = file_name("鶴崎支所", DAY)
    assert name == "予約_鶴崎支所_2026-12-01.xlsx"
    assert not is_old(name, DAY + timedelta(days=2))
    assert is_old(name, DAY + timedelta(days=3))
    assert not is_old("申し送り_2026-12-01.xlsx", DAY + timedelta(days=30))
    assert "/" not in file_name("a/b", DAY)


class Scene:
    """A writer over services in memory, with a folder of its own."""

    def __init__(self, folder: Path, database: Database, services: Services) -> None:
        self.folder = folder
        self.services = services
        self.troubles = Troubles()
        assert isinstance(services.corrections, FakeCorrections)
        self.corrections = services.corrections
        self.source = source = engine(database.url, 1)
        self.writer = ListWriter(
            Share(folder, WORD),
            services.corrections,
            services.eligibility,
            CatalogCache(services.booking),
            opener_of_stores(source),
        )
        self.keeper = Keeper(self.writer, self.troubles, MORNING, EVENING)

    def sheet(self, office: str = MAIN, day: date | None = None) -> list[list[str]]:
        """The cells of a list, opened with the password."""
        content = (self.folder / file_name(office, day or now().date())).read_bytes()
        plain = io.BytesIO()
        locked: Any = msoffcrypto.OfficeFile(io.BytesIO(content))
        locked.load_key(password=WORD, verify_password=True)
        locked.decrypt(plain, verify_integrity=True)
        page: Any = openpyxl.load_workbook(plain).active
        self.footer = page.oddFooter.left.text
        return [[str(cell or "") for cell in row] for row in page.iter_rows(values_only=True)]


@pytest.fixture
async def scene(tmp_path: Path, store_of_accounts: Database) -> Any:
    made = Scene(tmp_path, store_of_accounts, fake_services([a_booking()]))
    yield made
    await made.source.dispose()


async def test_a_list_has_what_the_counter_needs_and_blanks_to_fill_in(scene: Scene) -> None:
    booking_id = next(iter(scene.corrections.bookings.kept))
    scene.corrections.needs[booking_id] = ("wheelchair", "writing")
    scene.corrections.bookings.kept.card_numbers[booking_id] = "QZX709876"
    assert await scene.writer.write(now().date()) == []
    rows = scene.sheet()
    assert MAIN in rows[0][0]
    assert "現在" in rows[1][0]
    assert rows[3] == [
        "時刻", "受付番号", "予約番号", "製造管理番号", "手続き", "来庁者", "お手伝い",
        "カード", "呼んだ窓口", "受付時刻", "完了時刻", "結果",
    ]  # fmt: skip
    assert rows[4] == [
        "10:30", "", "8K2M4-7QX3P", "QZX-709876", "カードの交付", "本人", "車いす、筆談・手話", "",
        "", "", "", "",
    ]  # fmt: skip
    today = now().date()
    assert scene.footer == f"{today.month}月{today.day}日の業務終了後に廃棄"


async def test_a_list_says_which_cards_are_laid_out(scene: Scene) -> None:
    """The first needs none."""
    kept = scene.corrections.bookings.kept
    for minutes, ready in ((30, True), (60, False)):
        more = a_booking(starts_at=today_at(11) + timedelta(minutes=minutes))
        kept[more.booking_id] = more
        scene.corrections.prepared[more.booking_id] = ready
    await scene.writer.write(now().date())
    assert [row[7] for row in scene.sheet()[4:]] == ["", "準備済", "未準備"]


async def test_where_the_city_marks_its_shelves_the_list_has_them(scene: Scene) -> None:
    kept = scene.corrections.bookings.kept
    kept.shelves = dict.fromkeys(kept, "C-9")
    await scene.writer.write(now().date())
    assert [row[4] for row in scene.sheet()[3:]] == ["保管番号", "C-9"]


async def test_only_who_is_still_to_come_is_on_it_and_an_empty_day_says_so(scene: Scene) -> None:
    kept = scene.corrections.bookings.kept
    for status in ("cancelled", "finished", "missed"):
        more = a_booking(status=status, number=f"0000000{len(kept):03}")
        kept[more.booking_id] = more
    await scene.writer.write(now().date())
    assert len(scene.sheet()) == 5
    assert "予約はありません" in scene.sheet("鶴崎支所")[4][0]


async def test_without_the_password_a_list_is_noise(scene: Scene) -> None:
    await scene.writer.write(now().date())
    content = (scene.folder / file_name(MAIN, now().date())).read_bytes()
    assert b"PK\x03\x04" not in content[:4]
    assert b"8K2M4" not in content
    locked: Any = msoffcrypto.OfficeFile(io.BytesIO(content))
    with pytest.raises(msoffcrypto.exceptions.InvalidKeyError):
        locked.load_key(password="wrong password", verify_password=True)


async def test_every_office_gets_its_list_and_the_log_says_so(
    scene: Scene, store_of_accounts: Database
) -> None:
    await scene.writer.write(now().date())
    assert len(list(scene.folder.iterdir())) == len(OFFICES)
    lines = log_lines(store_of_accounts)
    assert len(lines) == len(OFFICES)
    assert lines[0] == "offline-lists|offline-list.write|office|honcho|done"


async def test_one_office_that_fails_keeps_no_other_from_its_list_and_is_named(
    scene: Scene, store_of_accounts: Database
) -> None:
    scene.corrections.away = {"tsurusaki"}
    await scene.keeper.look_at(today_at(9))
    assert len(list(scene.folder.iterdir())) == len(OFFICES) - 1
    assert "鶴崎支所" in scene.troubles.offline
    assert MISSING._value.get() == 1
    assert "offline-lists|offline-list.write|office|tsurusaki|failed" in log_lines(
        store_of_accounts
    )
    scene.corrections.away = set()
    await scene.keeper.look_at(today_at(9, 1))
    assert (scene.troubles.offline, MISSING._value.get()) == ("", 0)
    assert len(list(scene.folder.iterdir())) == len(OFFICES)


async def test_a_folder_that_is_away_is_said_and_the_next_look_tries_again(scene: Scene) -> None:
    scene.folder.rmdir()
    await scene.keeper.look_at(today_at(9))
    assert "作れていません" in scene.troubles.offline
    scene.folder.mkdir()
    await scene.keeper.look_at(today_at(9, 1))
    assert scene.troubles.offline == ""


async def test_without_booking_the_trouble_is_said(scene: Scene) -> None:
    scene.corrections.bookings.away = True
    await scene.keeper.look_at(today_at(9))
    assert "すべての場所" in scene.troubles.offline
    assert MISSING._value.get() == -1


async def test_lists_are_written_once_a_morning_and_once_an_evening(scene: Scene) -> None:
    asked = scene.corrections.bookings.queries
    await scene.keeper.look_at(today_at(0, 5))
    first = len(asked)
    await scene.keeper.look_at(today_at(7, 59))
    assert (first, len(asked)) == (len(OFFICES), first)
    tomorrow = now().date() + timedelta(days=1)
    await scene.keeper.look_at(today_at(23, 59))
    assert (scene.folder / file_name(MAIN, tomorrow)).is_file()


async def test_what_another_process_wrote_since_it_was_due_is_not_written_again(
    scene: Scene,
) -> None:
    await scene.writer.write(now().date())
    asked = len(scene.corrections.bookings.queries)
    another = Keeper(scene.writer, Troubles(), MORNING, EVENING)
    await another.look_at(today_at(0, 5))
    assert len(scene.corrections.bookings.queries) == asked
    for path in scene.folder.iterdir():
        os.utime(path, (0, 0))
    yet_another = Keeper(scene.writer, Troubles(), MORNING, EVENING)
    await yet_another.look_at(today_at(0, 6))
    assert len(scene.corrections.bookings.queries) == 2 * asked


async def test_without_card_numbers_a_list_is_written_all_the_same_and_tried_again(
    scene: Scene,
) -> None:
    kept = scene.corrections.bookings.kept
    kept.card_numbers[next(iter(kept))] = "QZX709876"
    assert isinstance(scene.services.eligibility, FakeEligibility)
    scene.services.eligibility.away = True
    await scene.keeper.look_at(today_at(9))
    assert scene.sheet()[4][2:4] == ["8K2M4-7QX3P", ""]
    assert MAIN in scene.troubles.offline
    scene.services.eligibility.away = False
    await scene.keeper.look_at(today_at(9, 1))
    assert scene.sheet()[4][3] == "QZX-709876"
    assert scene.troubles.offline == ""
    assert {(who, use) for who, use, _ in scene.services.eligibility.opened} == {
        ("offline-lists", "outage")
    }


async def test_old_lists_are_removed_and_other_files_stay(scene: Scene) -> None:
    old = scene.folder / file_name(MAIN, now().date() - timedelta(days=3))
    kept = scene.folder / file_name(MAIN, now().date() - timedelta(days=2))
    other = scene.folder / "連絡網.xlsx"
    for path in (old, kept, other):
        path.write_bytes(b"x")
    await scene.keeper.look_at(today_at(9))
    assert (old.exists(), kept.exists(), other.exists()) == (False, True, True)


@pytest.mark.parametrize("word", ["", "short"])
def test_a_folder_without_a_good_password_is_refused_at_the_start(word: str) -> None:
    environment = {
        **dict.fromkeys(("PORT", "OPS_PORT"), "1"),
        "AMQP_URL": "amqp://x",
        "DATABASE_URL": "postgresql://x",
        **dict.fromkeys(("DOOR_PRIVATE_KEY", "LOG_KEY"), "A" * 43 + "="),
        **dict.fromkeys(
            ("BOOKING_URL", "ELIGIBILITY_URL", "NOTIFY_URL", "REPORTING_URL", "PUBLIC_URL"),
            "http://x",
        ),
        "OFFLINE_EVENING": "9:05",
    }
    assert load(Settings, environment).offline_evening == time(9, 5)
    with pytest.raises(SettingError, match="OFFLINE_PASSWORD"):
        load(Settings, {**environment, "OFFLINE_DIR": "/x", "OFFLINE_PASSWORD": word})


def test_two_that_write_the_same_list_at_once_leave_one_whole(tmp_path: Path) -> None:
    path = tmp_path / file_name(MAIN, DAY)
    contents = [letter * 2_000_000 for letter in (b"a", b"b", b"c")]
    with ThreadPoolExecutor(len(contents)) as several:
        for _ in range(10):
            list(several.map(lambda content: _write(path, content), contents))
            assert path.read_bytes() in contents
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


async def test_what_somebody_left_half_written_is_removed_after_a_while(scene: Scene) -> None:
    whole = scene.folder / file_name(MAIN, DAY)
    old, new, foreign, older = (
        scene.folder / part_name(whole.name),
        scene.folder / part_name(whole.name),
        scene.folder / "申し送り.part",
        whole.with_suffix(".part"),
    )
    for part in (old, new, foreign, older):
        part.touch()
    for part in (old, foreign, older):
        os.utime(part, (0, 0))
    await scene.writer.remove_old(DAY)
    assert set(scene.folder.iterdir()) == {new, foreign}
