"""What the counter stamps on a visit: when somebody came, was called, was done."""

from pydantic import AwareDatetime, Field

from libs.common.facts import Contract

from .offer import Outcome


class Stamps(Contract):
    """What the counter stamped on a booking. Calling is a stamp, not a state: it can be repeated.

    `reception` is the 受付番号 of the day and office; it stays when 受付 is taken back and done
    again. `window` is where the person was called to last. `outcomes` are those of the further
    procedures of the visit, by procedure; the first one's is the booking's own.
    """

    reception: int | None = None
    arrived_at: AwareDatetime | None = None
    called_at: AwareDatetime | None = None
    window: int | None = None
    calls: int = 0
    finished_at: AwareDatetime | None = None
    outcomes: dict[str, Outcome] = Field(default_factory=dict)
