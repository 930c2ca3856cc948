"""電話する方: whom no mail reaches, or whom the city has taken a time or a service from."""

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime

from libs.common.facts import Contract

from .schedules import CallResult

CallReason = Literal["displaced", "reminder", "mail", "outage"]
"""The time was closed by the city / tomorrow's reminder did not arrive / another mail did not
arrive / the visit ended with システム障害 and there is no new booking."""


class PersonToCall(Contract):
    """A booking whose citizen has to be called, for all of these reasons. `until` is when a call
    comes too late, or the time that is held for them is given up; none for an outage."""

    booking_id: UUID
    number: str
    office_id: str
    procedure_id: str
    starts_at: AwareDatetime
    reasons: tuple[CallReason, ...]
    since: AwareDatetime
    until: AwareDatetime | None
    language: str
    phone: str | None
    kana: str | None
    called: CallResult | None
    called_at: AwareDatetime | None
    called_by: str | None


class PeopleToCall(Contract):
    """GET /v1/staff/people-to-call?office=…&all=1: the most urgent first, at most 500 of `total`.
    Without `all`, those who were not reached yet."""

    people: tuple[PersonToCall, ...]
    total: int


class CallNote(Contract):
    """POST /v1/staff/people-to-call/{booking_id}: 済 or 不在, for all reasons at once."""

    result: CallResult
