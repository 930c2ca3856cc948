"""全国システム障害: what stops where, whom it meets, and what those may do."""

from datetime import date
from uuid import UUID

from pydantic import AwareDatetime, Field

from libs.common.facts import Contract


class OutageRequest(Contract):
    """POST /v1/staff/outages (key): booking online stops for these procedures at these offices, who
    waits there gets the outcome `outage`, and who comes until the end of today, or of tomorrow
    (`tomorrow`), is told. Answered with an Outage: where all of it has stopped already, with that
    one. POST /v1/staff/outages/preview answers with an OutagePreview, and changes nothing.
    """

    office_ids: tuple[str, ...] = Field(min_length=1)
    procedure_ids: tuple[str, ...] = Field(min_length=1)
    tomorrow: bool = False


class OutageCount(Contract):
    """Of one office. `waiting` get the outcome; `partly` wait for something else as well and stay;
    `today` and `tomorrow` are still to come; `mailed` of all of them have an address, the others
    are called."""

    office_id: str
    waiting: int = 0
    partly: int = 0
    today: int = 0
    tomorrow: int = 0
    mailed: int = 0


class OutagePreview(Contract):
    """`tomorrow` is counted whether it is asked for or not."""

    offices: tuple[OutageCount, ...]
    running: bool
    """Whether all of it has stopped already."""


class Outage(Contract):
    """`last_day` is the last day whose visits it meets. `waiting` got the outcome, `to_come` were
    to come; `rebooked` of both have another time by now. `may_end`: the caller serves all of its
    offices."""

    outage_id: UUID
    office_ids: tuple[str, ...]
    procedure_ids: tuple[str, ...]
    last_day: date
    started_at: AwareDatetime
    started_by: str
    ended_at: AwareDatetime | None = None
    ended_by: str | None = None
    waiting: int = 0
    to_come: int = 0
    rebooked: int = 0
    may_end: bool = False


class OutageList(Contract):
    """GET /v1/staff/outages: those that touch an office of the caller, the newest first."""

    outages: tuple[Outage, ...]
