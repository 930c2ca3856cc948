"""今日・ここで受け付ける: where booking allows it, and what stands in the way, in words."""

from dataclasses import dataclass
from typing import Any

from libs.contracts.booking import HereRefusal, HistoryLine, StaffBookingDetail
from services.gateway.lgwan.counter.rows import row_of
from services.gateway.lgwan.door.context import CatalogIndex

RECEIVED, UNDONE = "received", "undo"
REFUSED: dict[HereRefusal, str] = {
    "card-elsewhere": "カードがほかの場所にあるため、今日・ここでは受け付けられません。",
    "not-eligible": "カードの受け取りの準備ができていないため、今日・ここでは受け付けられません。",
}
PAST = (
    "この予約の日は過ぎています。今日来られた方は、この予約の結果を入力してから"
    "「予約のない方を受け付ける」で受け付けてください。"
)


@dataclass(frozen=True)
class Here:
    """`offices` are those that can receive the person now, with their names. Where there are none,
    `why` may say what stands in the way."""

    offices: tuple[tuple[str, str], ...] = ()
    why: str = ""


def here_of(found: StaffBookingDetail, catalog: CatalogIndex, at: str = "") -> Here:
    """What booking said, the booking's own office first; only the office `at` where a page is about
    one."""
    own = found.booking.office_id
    offers = [one for one in found.here if at in ("", one.office_id)]
    offers.sort(key=lambda one: one.office_id != own)
    free = tuple((o.office_id, catalog.office(o.office_id)) for o in offers if o.refused is None)
    reasons = [REFUSED[one.refused] for one in offers if one.refused]
    return Here(free, reasons[0] if reasons and not free else "")


def newer_of(found: StaffBookingDetail, catalog: CatalogIndex) -> dict[str, Any]:
    """For parts/newer.html: that the person has another booking although the card was handed over,
    and which, as far as one may see it."""
    newer = found.newer
    seen = newer.booking if newer else None
    return {
        "has_newer": newer is not None,
        "newer": row_of(seen, catalog, may_tick=False) if seen else None,
    }


def came_from(history: tuple[HistoryLine, ...]) -> HistoryLine | None:
    """How the booking stood before it was received here, while that was its last step but for
    taking it back, which did not bring it to its old time again."""
    if has_returned(history):
        return None
    steps = history[:-1] if history and history[-1].what == UNDONE else history
    return steps[-2] if len(steps) > 1 and steps[-1].what == RECEIVED else None


def has_returned(history: tuple[HistoryLine, ...]) -> bool:
    """Whether the last step, 元に戻す, brought the booking to another time or office."""
    if len(history) < 2 or history[-1].what != UNDONE:
        return False
    before, now = history[-2:]
    return (before.office_id, before.starts_at) != (now.office_id, now.starts_at)
