"""Changes that are collected before they are applied: they travel in the forms, signed."""

import base64
import hmac
import zlib
from collections.abc import Iterable
from functools import partial
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request

from libs.common.errors import Malformed
from libs.contracts.booking import (
    ClearDay,
    ClearStop,
    PutDay,
    PutSeries,
    PutStop,
    ScheduleStep,
    Series,
)
from services.gateway.lgwan.door.auth import FormData
from services.gateway.lgwan.door.context import CatalogIndex
from services.gateway.lgwan.door.staff import StaffSession
from services.gateway.lgwan.door.unsaved import Unsaved
from services.gateway.web.forms import Form, read_form

FIELD = "steps"
MOST = 50
SUBJECT = "schedules"
"""Under which collected changes are kept when their form came after the end of its session."""
_LONGEST = 32768
_LARGEST = 512 * 1024
_STEPS: TypeAdapter[tuple[ScheduleStep, ...]] = TypeAdapter(tuple[ScheduleStep, ...])

Steps = tuple[ScheduleStep, ...]

read_long_form = partial(read_form, longest=_LONGEST)
"""A form whose hidden fields may be long."""


def written(session: StaffSession, steps: Steps) -> str:
    """The steps as a hidden field; empty where there are none."""
    return sign(session, "steps", _STEPS.dump_json(steps)) if steps else ""


def read(session: StaffSession, form: Form) -> Steps:
    """What `written` made for this session. Raises Malformed for anything else."""
    text = form.typed(FIELD)
    if not text:
        return ()
    try:
        return _STEPS.validate_json(unsign(session, "steps", text))
    except ValidationError:
        raise Malformed("These are no steps.") from None


def keep_steps(_: Request, session: StaffSession, form: FormData) -> Unsaved | None:
    """What was collected, when its form came too late. Raises Malformed."""
    steps = read(session, cast("Form", form))
    return Unsaved(SUBJECT, _STEPS.dump_json(steps).decode(), "/schedules") if steps else None


def kept_steps(content: str | None) -> Steps:
    """The reverse; nothing where an earlier release kept what is no step any more."""
    try:
        return _STEPS.validate_json(content) if content else ()
    except ValidationError:
        return ()


def sign(session: StaffSession, purpose: str, content: bytes) -> str:
    packed = base64.urlsafe_b64encode(zlib.compress(content, 9)).decode()
    return f"{packed}.{_mark(session, purpose, packed)}"


def unsign(session: StaffSession, purpose: str, text: str) -> bytes:
    """Raises Malformed for what this session did not sign for this purpose."""
    packed, _, mark = text.rpartition(".")
    if not hmac.compare_digest(mark.encode(), _mark(session, purpose, packed).encode()):
        raise Malformed("This was not written by a page of this session.")
    return zlib.decompressobj().decompress(base64.urlsafe_b64decode(packed), _LARGEST)


async def steps_of(request: Request, session: StaffSession) -> Steps:
    """What has been collected so far: with a GET there is nothing."""
    return read(session, request.scope["form"]) if request.method == "POST" else ()


def with_steps(steps: Steps, more: Iterable[ScheduleStep]) -> Steps:
    """The steps with some more; what these say anew about the same series or day is left out."""
    more = tuple(more)
    said = {_about(step) for step in more}
    kept = tuple(step for step in steps if _about(step) is None or _about(step) not in said)
    return (*kept, *more)


def series_at(catalog: CatalogIndex, steps: Steps, office_id: str) -> dict[str, Series]:
    """The series of an office as they will be with these steps."""
    office = catalog.offices.get(office_id)
    found = {one.series_id: one for one in office.series} if office else {}
    put = [s for s in steps if isinstance(s, PutSeries) and s.office_id == office_id]
    return {**found, **{step.series.series_id: step.series for step in put}}


def _about(step: ScheduleStep) -> Any:
    if isinstance(step, PutSeries):
        return step.office_id, step.series.series_id
    if isinstance(step, PutDay):
        return step.office_ids, step.day.day
    if isinstance(step, PutStop | ClearStop):
        return "stop", step.stop.day if isinstance(step, PutStop) else step.day
    return (step.office_ids, step.day) if isinstance(step, ClearDay) else None


def _mark(session: StaffSession, purpose: str, packed: str) -> str:
    secret = session.csrf_secret.encode()
    return hmac.digest(secret, f"{purpose}|{packed}".encode(), "sha256").hex()
