"""How far a visit has come: 予約 → 受付 → 呼出 → what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from libs.contracts.booking import HistoryLine, StaffBookingDetail
from services.gateway.lgwan.door.words import NOT_ENTERED
from services.gateway.web.times import local, now, short_clock

Place = Literal["past", "now", "to-come"]
_RECEIVED = ("arrive", "received")
_ENDS = ("finish", "correct", "miss", "cancelled", "stopped")


@dataclass(frozen=True)
class VisitStep:
    """`at` is when it was reached, where that is known."""

    word: str
    place: Place
    at: datetime | None = None

    @property
    def said(self) -> str:
        """10:14 today, 11/18 on another day."""
        if self.at is None:
            return ""
        at = local(self.at)
        return short_clock(at) if at.date() == now().date() else f"{at.month}/{at.day}"


def steps_of(found: StaffBookingDetail, state: str) -> list[VisitStep]:
    """`state` is the word for what it has come to; who did not come or cancelled has no 受付."""
    booking, history = found.booking, found.history
    words: dict[str, datetime | None] = {"予約": booking.booked_at}
    if booking.status in ("arrived", "finished"):
        words |= {"受付": _last(history, _RECEIVED), "呼出": _last(history, ("call",))}
    if state == NOT_ENTERED:
        return _steps({**words, state: None}, len(words))
    if booking.status == "arrived":
        reached = 2 if booking.window else 1
        return _steps({**words, "完了": None}, reached)
    if booking.status == "confirmed":
        return _steps({**words, "受付": None, "呼出": None, "完了": None}, 0)
    return _steps({**words, state: _last(history, _ENDS)}, len(words))


def _steps(words: dict[str, datetime | None], reached: int) -> list[VisitStep]:
    places: list[Place] = ["past", "now", "to-come"]
    return [
        VisitStep(word, places[1 + (n > reached) - (n < reached)], at if n <= reached else None)
        for n, (word, at) in enumerate(words.items())
    ]


def _last(history: Sequence[HistoryLine], what: tuple[str, ...]) -> datetime | None:
    return next((line.at for line in reversed(history) if line.what in what), None)
