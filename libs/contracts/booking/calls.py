"""The windows of a day, who is called to them and who waits: numbers and windows, nobody's name and
no booking."""

from pydantic import AwareDatetime

from libs.common.facts import Contract

CALLS_SHOWN = 6
WAITING_SHOWN = 12


class CalledNumber(Contract):
    """A 受付番号 that was called to a window and is served or expected there. `calls` counts how
    often."""

    reception: int
    window: int
    calls: int


class CounterWindow(Contract):
    """A window that an office has today. `serving` is the 受付番号 of who was called there last and
    is not finished."""

    window: int
    serving: int | None = None


class CounterWindows(Contract):
    """GET /v1/staff/windows?office=…: the windows that people can be called to today, ascending."""

    office_id: str
    windows: tuple[CounterWindow, ...]


class CallBoard(Contract):
    """GET /v1/staff/calls?office=…: today at one office. `called`: the newest call first,
    CALLS_SHOWN at most; `waiting`: who comes next, WAITING_SHOWN of `waiting_total`. `at` is when
    this was read."""

    office_id: str
    at: AwareDatetime
    called: tuple[CalledNumber, ...]
    waiting: tuple[int, ...]
    waiting_total: int
