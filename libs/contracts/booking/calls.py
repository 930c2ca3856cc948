"""Who is called and who waits, for a screen in the waiting room: numbers and windows, nobody's
name and no booking."""

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


class CallBoard(Contract):
    """GET /v1/staff/calls?office=…: today at one office. `called`: the newest call first,
    CALLS_SHOWN at most; `waiting`: who comes next, WAITING_SHOWN of `waiting_total`. `at` is when
    this was read."""

    office_id: str
    at: AwareDatetime
    called: tuple[CalledNumber, ...]
    waiting: tuple[int, ...]
    waiting_total: int
