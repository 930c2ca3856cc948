"""How a visit goes on at the counter: what each tick stamps, and what taking it back leaves."""

from collections.abc import Mapping
from datetime import datetime

from libs.contracts.booking import Outcome, Procedure, Stamps, Status, Tick

from .problems import WindowNeeded, WrongState
from .ticks import NOT_DONE, UNDO


def after_undo(status: Status, stamps: Stamps | None) -> Status:
    """The state before the last tick: a call is taken back before 受付, and a visit that ended
    without 受付 was only booked. Raises WrongState."""
    if status not in UNDO:
        raise WrongState("There is nothing to take back.")
    if status == "arrived" and stamps and stamps.called_at:
        return status
    if status == "finished" and stamps and not stamps.arrived_at:
        return "confirmed"
    return UNDO[status]


def undone(stamps: Stamps, before: Status) -> Stamps:
    """The stamps without those of the last tick. The 受付番号 stays."""
    if before == "finished":
        return stamps.model_copy(update={"finished_at": None, "outcomes": {}})
    if stamps.called_at:
        return stamps.model_copy(update={"called_at": None, "window": None, "calls": 0})
    return stamps.model_copy(update={"arrived_at": None})


def window_of(ask: Tick, stamps: Stamps | None) -> int:
    """The window that calls; who is called again without one, where they were called before. Raises
    WindowNeeded."""
    window = ask.window or (stamps.window if stamps else None)
    if window is None:
        raise WindowNeeded("Which window calls?")
    return window


def called(stamps: Stamps, window: int, at: datetime) -> Stamps:
    update = {"called_at": at, "window": window, "calls": stamps.calls + 1}
    return stamps.model_copy(update=update)


def outcomes_of(ask: Tick, further: Mapping[str, Procedure]) -> dict[str, Outcome]:
    """The outcome of each further procedure of the visit. Raises WrongState where one is missing
    or does not belong to its procedure."""
    if not ask.outcomes and ask.outcome in NOT_DONE:
        return dict.fromkeys(further, ask.outcome)
    if set(ask.outcomes) != set(further):
        raise WrongState("Each procedure of the visit needs an outcome.")
    for procedure_id, outcome in ask.outcomes.items():
        if outcome not in (*further[procedure_id].outcomes, *NOT_DONE):
            raise WrongState("This outcome does not belong to the procedure.")
    return dict(ask.outcomes)
