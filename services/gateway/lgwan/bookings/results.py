"""What came of a visit, as a form asks for it and as it is typed."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Final

from libs.contracts.booking import (
    StaffBooking,
    StaffResult,
    StaffResultChange,
    Status,
)
from libs.contracts.times import JST
from libs.rules.folding import fold
from libs.rules.personal_numbers import redacted
from services.gateway.lgwan.door.context import CatalogIndex
from services.gateway.lgwan.door.words import CORRECTION_REASONS, NOT_DONE, STATUS, outcome_words
from services.gateway.web.forms import Form
from services.gateway.web.times import local, now

NO_RESULT: Final = "confirmed"
MISSED: Final = "missed"
NONE_YET = (NO_RESULT, "まだ結果なし（予約済に戻す）")
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):?([0-5][0-9])")
NO_CHOICE = "結果を選んでください。"
NO_OTHER = "もう1つの手続きの結果も選んでください。"
NO_REASON = "訂正する理由を選んでください。"
NO_TIME = "時刻は、10:05 のように入力してください。"
FUTURE = "まだ来ていない時刻です。"
BACKWARDS = "完了の時刻が、受付の時刻より前になっています。"
NO_VISIT = "来庁していないときは、時刻を空欄にしてください。"


@dataclass(frozen=True)
class TypedResult:
    """The fields of one visit, as typed: `result` is an outcome, MISSED or NO_RESULT."""

    result: str = ""
    others: dict[str, str] = field(default_factory=dict)
    arrived: str = ""
    finished: str = ""

    @property
    def fields(self) -> dict[str, str]:
        """As a form sends them."""
        others = {f"result-{one}": chosen for one, chosen in self.others.items()}
        return {"result": self.result, "arrived": self.arrived, "finished": self.finished, **others}

    @property
    def is_empty(self) -> bool:
        return not (self.result or self.arrived or self.finished or any(self.others.values()))


def choices(procedure_id: str, catalog: CatalogIndex) -> list[tuple[str, str]]:
    """The outcomes that a procedure can have: (code, words)."""
    known = catalog.procedures.get(procedure_id)
    good = [one for one in (known.outcomes if known else ()) if one not in NOT_DONE]
    return [(one, outcome_words(one)) for one in (*good, *NOT_DONE)]


def without_visit(booking: StaffBooking) -> list[tuple[str, str]]:
    """来庁なし as a choice, but of whom an outage met."""
    return [] if booking.in_outage else [(MISSED, STATUS[MISSED])]


def read_typed(form: Form, booking: StaffBooking, mark: str = "") -> TypedResult:
    """`mark` tells the fields of one booking from those of others in the same form."""
    return TypedResult(
        result=form.get(f"result{mark}"),
        others={one: form.get(f"result-{one}{mark}") for one in booking.also},
        arrived=redacted(form.typed(f"arrived{mark}").strip()),
        finished=redacted(form.typed(f"finished{mark}").strip()),
    )


def as_kept(kept: StaffResult) -> TypedResult:
    """The fields of a form as the visit stands."""
    stamps, finished = kept.stamps, kept.status == "finished"
    result = kept.outcome or "" if finished else MISSED if kept.status == MISSED else ""
    return TypedResult(
        result=result,
        others=dict(stamps.outcomes),
        arrived=_clock(stamps.arrived_at),
        finished=_clock(stamps.finished_at),
    )


def _clock(at: datetime | None) -> str:
    return f"{local(at):%H:%M}" if at else ""


@dataclass(frozen=True)
class ReadResult:
    """`ask` is None where something is wrong; `errors` by field."""

    ask: StaffResultChange | None
    errors: dict[str, str]


def read_result(
    typed: TypedResult, booking: StaffBooking, version: int, reason: str, catalog: CatalogIndex
) -> ReadResult:
    """`version` is the one that the form was shown with."""
    errors: dict[str, str] = {}
    day = local(booking.starts_at).date()
    status = _status(typed, booking, catalog, errors)
    arrived = _time(typed.arrived, "arrived", day, errors)
    finished = _time(typed.finished, "finished", day, errors)
    if arrived and finished and finished < arrived:
        errors.setdefault("finished", BACKWARDS)
    if status in (MISSED, NO_RESULT) and (arrived or finished):
        errors["arrived" if arrived else "finished"] = NO_VISIT
    if reason not in CORRECTION_REASONS:
        errors["reason"] = NO_REASON
    if errors:
        return ReadResult(None, errors)
    done = status == "finished"
    ask = {
        "version": version,
        "status": status,
        "outcome": typed.result if done else None,
        "outcomes": typed.others if done else {},
        "arrived_at": arrived,
        "finished_at": finished,
        "reason": reason,
    }
    return ReadResult(StaffResultChange.model_validate(ask), {})


def _status(
    typed: TypedResult, booking: StaffBooking, catalog: CatalogIndex, errors: dict[str, str]
) -> Status | None:
    if typed.result == MISSED:
        return "missed"
    if typed.result == NO_RESULT:
        return "confirmed"
    if typed.result not in dict(choices(booking.procedure_id, catalog)):
        errors["result"] = NO_CHOICE
    for one, chosen in typed.others.items():
        if chosen not in dict(choices(one, catalog)):
            errors[f"result-{one}"] = NO_OTHER
    return "finished"


def _time(text: str, name: str, day: date, errors: dict[str, str]) -> datetime | None:
    if not text:
        return None
    found = _TIME.fullmatch(fold(text))
    if not found:
        errors[name] = NO_TIME
        return None
    at = datetime.combine(day, time(int(found[1]), int(found[2])), JST)
    if at > now():
        errors[name] = FUTURE
    return at
