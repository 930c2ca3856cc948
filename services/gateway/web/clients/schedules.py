"""booking, as staff call it about the times of offices and the bookings that changes displace."""

from collections.abc import Mapping
from datetime import date
from typing import Literal
from uuid import UUID

from libs.contracts.booking import (
    AppliedChange,
    AppliedChangeList,
    CallNote,
    Displaced,
    DisplacedAnswer,
    DisplacedCall,
    DisplacedList,
    NationalStopList,
    Outage,
    OutageList,
    OutagePreview,
    OutageRequest,
    PeopleToCall,
    PersonToCall,
    ScheduleApply,
    ScheduleChange,
    SchedulePlan,
    ScheduleWeek,
)
from services.gateway.web.link import Actor, Link

BULK_SECONDS = 30.0
"""Nine offices × three months are planned and written at once."""

Answer = Literal["accept", "keep"]
_PATH, _OUTAGES = "/v1/staff/schedules", "/v1/staff/outages"


class SchedulesClient:
    """`key` is the idempotency key of the form that was sent."""

    def __init__(self, link: Link) -> None:
        self._link = link

    async def week(self, actor: Actor, office_id: str, week: date) -> ScheduleWeek:
        query = {"office": office_id, "week": week.isoformat()}
        return await self._link.get(actor, f"{_PATH}/week", ScheduleWeek, query)

    async def plan(self, actor: Actor, change: ScheduleChange) -> SchedulePlan:
        """Raises Refused `bad-schedule`, with `faults`."""
        return await self._link.post(
            actor, f"{_PATH}/plan", SchedulePlan, body=change, seconds=BULK_SECONDS
        )

    async def apply(self, actor: Actor, key: str, request: ScheduleApply) -> AppliedChange:
        """Raises Refused `plan-changed`, with the new `plan`."""
        return await self._link.post(
            actor, f"{_PATH}/apply", AppliedChange, key=key, body=request, seconds=BULK_SECONDS
        )

    async def stops(self, actor: Actor) -> NationalStopList:
        return await self._link.get(actor, "/v1/staff/stops", NationalStopList)

    async def outages(self, actor: Actor) -> OutageList:
        return await self._link.get(actor, _OUTAGES, OutageList)

    async def preview_outage(self, actor: Actor, request: OutageRequest) -> OutagePreview:
        return await self._link.post(actor, f"{_OUTAGES}/preview", OutagePreview, body=request)

    async def start_outage(self, actor: Actor, key: str, request: OutageRequest) -> Outage:
        return await self._link.post(
            actor, _OUTAGES, Outage, key=key, body=request, seconds=BULK_SECONDS
        )

    async def end_outage(self, actor: Actor, key: str, outage_id: UUID) -> Outage:
        path = f"{_OUTAGES}/{outage_id}/end"
        return await self._link.post(actor, path, Outage, key=key, seconds=BULK_SECONDS)

    async def changes(self, actor: Actor, office_id: str) -> AppliedChangeList:
        query = {"office": office_id} if office_id else {}
        return await self._link.get(actor, f"{_PATH}/changes", AppliedChangeList, query)

    async def undo(self, actor: Actor, key: str, change_id: UUID) -> AppliedChange:
        """Raises Refused `cannot-undo`, with `why`."""
        return await self._link.post(
            actor,
            f"{_PATH}/changes/{change_id}/undo",
            AppliedChange,
            key=key,
            seconds=BULK_SECONDS,
        )

    async def displaced(self, actor: Actor, query: Mapping[str, str]) -> DisplacedList:
        return await self._link.get(actor, "/v1/staff/displaced", DisplacedList, query)

    async def call(
        self, actor: Actor, key: str, booking_id: UUID, request: DisplacedCall
    ) -> Displaced:
        path = f"/v1/staff/displaced/{booking_id}/call"
        return await self._link.post(actor, path, Displaced, key=key, body=request)

    async def answer(
        self, actor: Actor, key: str, booking_id: UUID, answer: Answer, request: DisplacedAnswer
    ) -> Displaced:
        path = f"/v1/staff/displaced/{booking_id}/{answer}"
        return await self._link.post(actor, path, Displaced, key=key, body=request)

    async def people_to_call(self, actor: Actor, query: Mapping[str, str]) -> PeopleToCall:
        return await self._link.get(actor, "/v1/staff/people-to-call", PeopleToCall, query)

    async def note_call(
        self, actor: Actor, key: str, booking_id: UUID, note: CallNote
    ) -> PersonToCall:
        path = f"/v1/staff/people-to-call/{booking_id}"
        return await self._link.post(actor, path, PersonToCall, key=key, body=note)
