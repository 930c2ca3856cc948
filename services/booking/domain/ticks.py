"""What may follow what at the counter."""

from collections.abc import Collection
from dataclasses import dataclass

from libs.contracts.booking import BOOKED, STANDING, Outcome, Status

from .problems import WrongState


@dataclass(frozen=True)
class TickRule:
    """A tick leads from one of `sources` to `target`."""

    sources: tuple[Status, ...]
    target: Status


TICKS: dict[str, TickRule] = {
    "arrive": TickRule(BOOKED, "arrived"),
    "call": TickRule(("arrived",), "arrived"),
    "finish": TickRule(STANDING, "finished"),
    "miss": TickRule(BOOKED, "missed"),
}
UNDO: dict[Status, Status] = {"arrived": "confirmed", "finished": "arrived", "missed": "confirmed"}
NOT_DONE: tuple[Outcome, ...] = ("papers", "identity", "outage")


def after_tick(
    tick: str, status: Status, outcome: Outcome | None, allowed: Collection[Outcome]
) -> Status:
    """The state after `tick`. Raises WrongState, also for an outcome the procedure has not. What
    taking one back leads to is in visits.py."""
    rule = TICKS[tick]
    if status not in rule.sources:
        raise WrongState("The booking is in another state by now.")
    if (tick == "finish") != (outcome is not None):
        raise WrongState("Finishing needs an outcome, and nothing else has one.")
    if outcome is not None and outcome not in (*allowed, *NOT_DONE):
        raise WrongState("This outcome does not belong to the procedure.")
    return rule.target
