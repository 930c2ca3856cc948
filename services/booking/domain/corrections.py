"""What came of a visit, as it is put right on any later day."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from libs.common.errors import Malformed
from libs.contracts.booking import Procedure, StaffResultChange, Stamps, Status, Tick
from libs.contracts.times import JST, day_of

from .problems import WrongState
from .standing import is_possible
from .ticks import after_tick
from .visits import outcomes_of

REASONS = {
    "mistake": "押し間違い",
    "omission": "入力もれ",
    "later": "後から判明",
    "outage": "システム停止中の記録",
}
"""In the history of a booking, as staff read it."""


def check_correctable(status: Status, starts_at: datetime, now: datetime) -> None:
    """Visits of today and of any day before; a cancelled one has no result. Raises WrongState."""
    if not is_possible("correct", status, starts_at, now):
        raise WrongState("There is no result to correct.")


def check_times(ask: StaffResultChange, starts_at: datetime, now: datetime) -> None:
    """Raises Malformed."""
    for name in ("arrived_at", "finished_at"):
        at: datetime | None = getattr(ask, name)
        if at and (ask.status != "finished" or at > now or day_of(at) != day_of(starts_at)):
            raise Malformed("A time is on the day of the visit and has passed.", fields=[name])
    if ask.arrived_at and ask.finished_at and ask.finished_at < ask.arrived_at:
        raise Malformed("Nobody leaves before they come.", fields=["finished_at"])


def corrected(
    ask: StaffResultChange, stamps: Stamps, first: Procedure, further: Mapping[str, Procedure]
) -> Stamps:
    """The stamps of a visit with this result; the 受付番号 stays. Raises WrongState."""
    nothing: dict[str, object] = {"arrived_at": None, "finished_at": None, "outcomes": {}}
    uncalled = {"called_at": None, "window": None, "calls": 0}
    if ask.status != "finished":
        if ask.outcome or ask.outcomes:
            raise WrongState("Only what is finished has an outcome.")
        return stamps.model_copy(update={**nothing, **uncalled})
    after_tick("finish", "confirmed", ask.outcome, first.outcomes)
    tick = Tick(version=ask.version, outcome=ask.outcome, outcomes=ask.outcomes)
    times = {"arrived_at": ask.arrived_at, "finished_at": ask.finished_at}
    return stamps.model_copy(update={**times, "outcomes": outcomes_of(tick, further)})


def why(ask: StaffResultChange) -> str:
    """入力もれ（受付 10:05、完了 10:40）"""
    times: Sequence[tuple[str, datetime | None]] = (
        ("受付", ask.arrived_at),
        ("完了", ask.finished_at),
    )
    wording = "、".join(f"{name} {at.astimezone(JST):%H:%M}" for name, at in times if at)
    return REASONS[ask.reason] + (f"（{wording}）" if wording else "")
