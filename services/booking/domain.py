"""The counter's rules: which times are offered, who is the same person, what may follow what."""

import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar

from libs.common.errors import Problem
from libs.contracts.booking import CELL_MINUTES, Outcome, Procedure, Series, Status
from libs.contracts.times import JST, day_of

EXTENSIONS = 10
EXTENSION_MINUTES = 5
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_NUMBER_LENGTH = 10
_LOOKALIKES = str.maketrans("ILO", "110")


class SlotFull(Problem):
    """Every window that could take this visit is taken."""

    slug = "slot-full"


class NotOffered(Problem):
    """No such start time, or outside the days in which it can be booked."""

    slug = "not-offered"


class NotEligible(Problem):
    """Nothing says that this person may collect a card now."""

    slug = "not-eligible"


class CardElsewhere(Problem):
    """The card lies at another office."""

    slug = "card-elsewhere"


class AlreadyBooked(Problem):
    """The person has an active booking of this kind. Says neither where nor when."""

    slug = "already-booked"


class HoldExpired(Problem):
    """The session holds no time, or no longer."""

    slug = "hold-expired"


class NoMoreExtensions(Problem):
    slug = "no-more-extensions"


class Busy(Problem):
    """Others are at the same times just now; nothing was decided."""

    slug = "busy"


class TooLate(Problem):
    """The deadline for doing this oneself has passed."""

    slug = "too-late"


class NotActive(Problem):
    """The booking is cancelled or over."""

    slug = "not-active"


class WrongState(Problem):
    """This tick does not follow from the state the booking is in."""

    slug = "wrong-state"


class VersionConflict(Problem):
    """Somebody else changed the booking since it was shown."""

    slug = "version-conflict"


@dataclass(frozen=True)
class Visit:
    """A start time that may be asked for: `starts` are its cells, `windows` where it may be."""

    procedure: Procedure
    office_id: str
    starts: tuple[datetime, ...]
    windows: tuple[int, ...]

    @property
    def starts_at(self) -> datetime:
        return self.starts[0]


def plan_visit(
    procedure: Procedure, series: Iterable[Series], office_id: str, starts_at: datetime
) -> Visit:
    """The cells and windows of a visit at `starts_at`. Raises NotOffered."""
    windows = sorted({w for s in series if offers(s, procedure, starts_at) for w in s.windows})
    if not windows:
        raise NotOffered("There is no such start time for this procedure.")
    cells = range(procedure.minutes // CELL_MINUTES)
    starts = tuple(starts_at + timedelta(minutes=CELL_MINUTES * n) for n in cells)
    return Visit(procedure, office_id, starts, tuple(windows))


def offers(series: Series, procedure: Procedure, starts_at: datetime) -> bool:
    """Whether `series` has this start time and the visit ends before it closes."""
    local = starts_at.astimezone(JST)
    opens = datetime.combine(local.date(), series.opens, JST)
    closes = datetime.combine(local.date(), series.closes, JST)
    ends = local + timedelta(minutes=procedure.minutes)
    return (
        procedure.procedure_id in series.procedure_ids
        and local.weekday() in series.weekdays
        and series.valid_from <= local.date() <= series.valid_until
        and opens <= local
        and ends <= closes
        and (local - opens) % timedelta(minutes=series.unit_minutes) == timedelta(0)
    )


def check_period(procedure: Procedure, starts_at: datetime, now: datetime) -> None:
    """Raises NotOffered outside the days in which `procedure` can be booked."""
    ahead = (day_of(starts_at) - day_of(now)).days
    if starts_at <= now or not procedure.closes_days_before <= ahead <= procedure.opens_days_before:
        raise NotOffered("This day cannot be booked at the moment.")


def may_change(procedure: Procedure, status: Status, starts_at: datetime, now: datetime) -> bool:
    """Whether the citizen may still move the booking to another time."""
    ahead = (day_of(starts_at) - day_of(now)).days
    return may_cancel(status, starts_at, now) and ahead >= procedure.changes_days_before


def may_cancel(status: Status, starts_at: datetime, now: datetime) -> bool:
    """Cancelling is open until the appointment starts: a freed time helps somebody."""
    return status == "confirmed" and starts_at > now


@dataclass(frozen=True)
class TickRule:
    """A tick leads from one of `sources` to `target`."""

    sources: tuple[Status, ...]
    target: Status


TICKS: dict[str, TickRule] = {
    "arrive": TickRule(("confirmed",), "arrived"),
    "finish": TickRule(("confirmed", "arrived"), "finished"),
    "miss": TickRule(("confirmed",), "missed"),
}
UNDO: dict[Status, Status] = {"arrived": "confirmed", "finished": "arrived", "missed": "confirmed"}
NOT_DONE: tuple[Outcome, ...] = ("papers", "identity", "outage")


def after_tick(
    tick: str, status: Status, outcome: Outcome | None, allowed: tuple[Outcome, ...]
) -> Status:
    """The state after `tick`. Raises WrongState, also for an outcome the procedure has not."""
    if tick == "undo":
        if status not in UNDO:
            raise WrongState("There is nothing to take back.")
        return UNDO[status]
    rule = TICKS[tick]
    if status not in rule.sources:
        raise WrongState("The booking is in another state by now.")
    if (tick == "finish") != (outcome is not None):
        raise WrongState("Finishing needs an outcome, and nothing else has one.")
    if outcome is not None and outcome not in (*allowed, *NOT_DONE):
        raise WrongState("This outcome does not belong to the procedure.")
    return rule.target


def new_number() -> str:
    """A booking number: ten random characters that cannot be mistaken for each other."""
    return "".join(secrets.choice(_CROCKFORD) for _ in range(_NUMBER_LENGTH))


def normal_number(typed: str) -> str:
    """A booking number as people type it, in the form it is kept in."""
    folded = unicodedata.normalize("NFKC", typed).upper()
    return "".join(filter(str.isalnum, folded)).translate(_LOOKALIKES)


class PersonKey:
    """Who is the same person within a group of procedures. Never by e-mail, phone or address:
    families share them."""

    CARD: ClassVar[str] = "card"
    NAME: ClassVar[str] = "name"

    @classmethod
    def parts_of_card(cls, card_key: str) -> tuple[str, ...]:
        return cls.CARD, card_key

    @classmethod
    def parts_of_name(cls, kana: str, born: date) -> tuple[str, ...]:
        return cls.NAME, normal_kana(kana), born.isoformat()


def normal_kana(typed: str) -> str:
    """A name's kana for comparison only: full-width katakana without blanks."""
    folded = "".join(unicodedata.normalize("NFKC", typed).split())
    return "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in folded)
