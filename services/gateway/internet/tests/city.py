"""A small city for tests: two offices, three procedures, a clock that stands still."""

from datetime import date, datetime, time, timedelta
from typing import Any

from libs.contracts.booking import (
    BOOKED_UNTIL,
    BoardSnapshot,
    Catalog,
    CellRun,
    CellsChanged,
    Office,
    Procedure,
    Series,
    VisitorRule,
    WindowDay,
)
from libs.contracts.times import JST
from services.gateway.internet.offer.board import Board
from services.gateway.internet.offer.catalog import CatalogView

TODAY = date(2026, 12, 1)
MORNING = 9 * 12
"""The cell of 9:00."""


class Clock:
    """Tells the time that the test sets."""

    def __init__(self) -> None:
        self.time = datetime(2026, 12, 1, 8, 0, tzinfo=JST)

    def __call__(self) -> datetime:
        return self.time

    def pass_minutes(self, minutes: int) -> None:
        self.time += timedelta(minutes=minutes)


def series(**changes: Any) -> Series:
    values: dict[str, Any] = {
        "series_id": "s1",
        "procedure_ids": ("issuance",),
        "weekdays": (0, 1, 2, 3, 4),
        "opens": time(9),
        "closes": time(12),
        "unit_minutes": 30,
        "windows": (1, 2),
        "valid_from": date(2026, 1, 1),
        "valid_until": date(2027, 3, 31),
    }
    return Series(**{**values, **changes})


def office(office_id: str = "honcho", *lines: Series, **changes: Any) -> Office:
    names = {"honcho": "本庁舎1階市民課", "tsurusaki": "鶴崎支所"}
    values: dict[str, Any] = {
        "office_id": office_id,
        "name": names.get(office_id, office_id),
        "kana": "カナ",
        "address": "大分市荷揚町2番31号",
        "phone": "097-534-6111",
        "series": lines or (series(), PIN_SERIES),
        "position": 1,
        "version": 1,
    }
    return Office(**{**values, **changes})


def procedure(procedure_id: str = "issuance", **changes: Any) -> Procedure:
    values: dict[str, Any] = {
        "procedure_id": procedure_id,
        "name": "マイナンバーカードの交付",
        "plain": "はがきが届いたので、カードを受け取る",
        "group": "issuance",
        "minutes": 30,
        "needs_card": True,
        "outcomes": ("collected",),
        "visitors": ("self", "guardian", "proxy"),
        "rules": (
            VisitorRule(visitor="guardian", documents=("法定代理人の本人確認書類",)),
            VisitorRule(visitor="proxy", phone_reason="代理の方には書類をご案内します。"),
        ),
        "documents": ("交付通知書（はがき）", "本人確認書類"),
        "notes": ("時間に余裕をもってお越しください。",),
        "opens_days_before": 45,
        "closes_days_before": 1,
        "position": 1,
        "version": 1,
    }
    return Procedure(**{**values, **changes})


PIN_SERIES = series(series_id="s2", procedure_ids=("pin", "cert"), unit_minutes=15)
PIN = procedure(
    "pin",
    name="暗証番号の再設定・変更",
    plain="暗証番号を忘れた、変えたい",
    group="pin",
    minutes=15,
    needs_card=False,
    outcomes=("done",),
    visitors=("self", "guardian", "proxy"),
    documents=("マイナンバーカード",),
    notes=(),
    position=2,
    rules=(VisitorRule(visitor="proxy", documents=("委任状",)),),
)
CERT = procedure(
    "cert",
    name="電子証明書の更新",
    plain="電子証明書を更新する",
    group="cert",
    minutes=15,
    needs_card=False,
    outcomes=("done",),
    visitors=("self", "guardian", "proxy"),
    documents=("マイナンバーカード",),
    notes=(),
    position=3,
    rules=(VisitorRule(visitor="proxy", documents=("照会書兼回答書",)),),
    asks_inquiry=True,
)


def catalog(*, offices: tuple[Office, ...] = (), procedures: tuple[Procedure, ...] = ()) -> Catalog:
    return Catalog(
        offices=offices or (office(), office("tsurusaki", position=2)),
        procedures=procedures or (procedure(), PIN, CERT),
    )


def loaded_catalog(clock: Clock | None = None, **parts: Any) -> CatalogView:
    view = CatalogView(clock or Clock())
    view.load(catalog(**parts))
    return view


def snapshot(
    office_id: str = "honcho", days: int = 60, windows: tuple[int, ...] = (1, 2)
) -> BoardSnapshot:
    """Every window open from 9 to 12, nothing taken, each cell in version 1."""
    lines = [
        WindowDay(
            window_id=window, day=TODAY + timedelta(days=offset), runs=((MORNING, 36, 1, 0.0),)
        )
        for offset in range(days)
        for window in windows
    ]
    return BoardSnapshot(office_id=office_id, days=tuple(lines))


def loaded_board() -> Board:
    board = Board()
    for office_id in ("honcho", "tsurusaki"):
        board.load(snapshot(office_id))
    return board


def taken(
    at: datetime,
    *,
    window: int = 1,
    cells: int = 6,
    version: int = 2,
    until: float = BOOKED_UNTIL,
    office_id: str = "honcho",
) -> CellsChanged:
    """A visit of `cells` cells from `at` on, as booking announces it."""
    run = CellRun(window_id=window, starts_at=at, versions=(version,) * cells, taken_until=until)
    return CellsChanged(office_id=office_id, runs=(run,))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A time in December 2026."""
    return datetime(2026, 12, day, hour, minute, tzinfo=JST)
