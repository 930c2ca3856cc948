"""Answers of the staff door: templates with who is signed in and what they may open."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.web.pages import Site
from services.gateway.web.times import clock

from . import words
from .auth import came_from, csrf_token, here
from .context import DoorContext, door_of
from .key_words import keys_of
from .staff import MANAGES, READS_LOG, Staff, StaffSession
from .terminal import Terminal, terminal_of

SITE = Site(
    name="マイナンバーカード予約 窓口",
    home="/",
    help_title="困ったときは",
    help_text="市民課のシステム担当へお知らせください。",
)


@dataclass(frozen=True)
class MenuItem:
    """A page of the menu. What is `seldom` opened stands in a group of its own, so that the menu
    is one line on every desk."""

    text: str
    path: str
    right: str
    seldom: bool = False


MENU = (
    MenuItem("今日", "/", "bookings.read"),
    MenuItem("電話予約", "/phone", "bookings.make"),
    MenuItem("窓口受付", "/walk-in", "bookings.make"),
    MenuItem("予約一覧", "/bookings", "bookings.read"),
    MenuItem("前日準備", "/preparations", "bookings.read"),
    MenuItem("電話する方", "/people-to-call", "bookings.read"),
    MenuItem("枠", "/schedules", "bookings.read"),
    MenuItem("集計", "/counts", "counts.read", seldom=True),
    MenuItem("全国システム障害", "/outages", "schedules.edit", seldom=True),
    MenuItem("まとめ入力", "/entry", "bookings.tick", seldom=True),
    MenuItem("停止時用一覧", "/offline", "bookings.tick", seldom=True),
    MenuItem("待合の表示", "/displays", "calls.read", seldom=True),
    MenuItem("文面", "/texts", "texts.edit", seldom=True),
    MenuItem("来庁日の案内", "/guidances", "texts.edit", seldom=True),
    MenuItem("取込", "/imports", "persons.import", seldom=True),
    MenuItem("設定", "/settings", "deadlines.edit", seldom=True),
    MenuItem("利用者・権限", "/people", MANAGES, seldom=True),
    MenuItem("操作ログ", "/log", READS_LOG, seldom=True),
)


def menu_of(member: Staff) -> tuple[MenuItem, ...]:
    return tuple(item for item in MENU if member.may(item.right))


def _loans(door: DoorContext, member: Staff) -> list[tuple[str, date]]:
    """Where they help, by name, and until when."""
    return [(door.catalog.office(loan.office_id), loan.until) for loan in member.loans]


def _terminal(door: DoorContext, terminal: Terminal | None) -> tuple[str, str] | None:
    """Where this terminal stands: the office and the window; None where nobody has chosen that."""
    return (door.catalog.office(terminal.office_id), terminal.text) if terminal else None


def outages_at(door: DoorContext, member: Staff) -> list[str]:
    """What is stopped at the offices of the member, as sentences."""
    offices = [office for office in door.catalog.offices() if member.serves(office.office_id)]
    found: dict[tuple[datetime, tuple[str, ...]], list[str]] = {}
    for office in offices:
        for one in office.outages:
            found.setdefault((one.since, one.procedure_ids), []).append(office.name)
    return [
        f"全国システム障害のため、ネットの予約を止めています（{'・'.join(names)}。"
        f"{'、'.join(map(door.catalog.procedure, procedures))}、{clock(since)}から）。"
        for (since, procedures), names in found.items()
    ]


def _idle_minutes(door: DoorContext, member: Staff) -> int:
    return int(door.idle.of(member.rights).total_seconds() // 60)


def has_newest(request: Request, tag: str) -> bool:
    """Whether a page has this already; what was packed on its way has a weak tag."""
    return request.headers.get("if-none-match", "").removeprefix("W/") == tag


def answer(
    request: Request, template: str, values: Mapping[str, Any], status: int = 200
) -> Response:
    """A page for whoever is signed in, or for nobody."""
    door = door_of(request)
    session: StaffSession | None = request.scope.get("session")
    frame = {
        "me": session.staff if session else None,
        "menu": menu_of(session.staff) if session else (),
        "path": request.url.path,
        "here": here(request) if request.method == "GET" else came_from(request),
        "words": words,
        "key_lists": keys_of(session.staff) if session else (),
        "names": door.names,
        "loans": _loans(door, session.staff) if session else (),
        "outages": outages_at(door, session.staff) if session else (),
        "trouble": door.troubles.offline if session else "",
        "terminal": _terminal(door, terminal_of(request)) if session else None,
        "has_terminal": session.staff.may("bookings.tick") if session else False,
        "csrf": csrf_token(session) if session else "",
        "key": secrets.token_urlsafe(18),
        "idle_minutes": _idle_minutes(door, session.staff) if session else 0,
    }
    return door.pages.answer(template, {**frame, **values}, status)
