"""Outages of the national system in memory, over the bookings of a fake."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID, uuid4

from libs.contracts.booking import (
    Outage,
    OutageCount,
    OutageList,
    OutagePreview,
    OutageRequest,
    StaffBooking,
    counter_offices,
)
from libs.contracts.times import JST
from services.gateway.web.clients import SchedulesClient
from services.gateway.web.link import Actor, Refused
from services.gateway.web.times import now


def serves(actor: Actor, office_id: str) -> bool:
    return bool({"*", office_id} & counter_offices(actor))


class FakeOutages(SchedulesClient):
    """`kept_outages` are those there were, the newest first."""

    bookings: dict[UUID, StaffBooking]
    calls: list[tuple[str, str, str]]
    kept_outages: list[Outage]

    async def outages(self, actor: Actor) -> OutageList:
        mine = [o for o in self.kept_outages if any(serves(actor, one) for one in o.office_ids)]
        return OutageList(outages=tuple(mine))

    async def preview_outage(self, actor: Actor, request: OutageRequest) -> OutagePreview:
        self._check(actor, "schedules.edit", request.office_ids)
        counts = tuple(self._met(office, request.procedure_ids) for office in request.office_ids)
        running = any(
            o.ended_at is None and {*request.office_ids} <= {*o.office_ids}
            for o in self.kept_outages
        )
        return OutagePreview(offices=counts, running=running)

    async def start_outage(self, actor: Actor, key: str, request: OutageRequest) -> Outage:
        found = await self.preview_outage(actor, request)
        self.calls.append(("outage.start", actor.name, key))
        started = Outage(
            outage_id=uuid4(),
            office_ids=request.office_ids,
            procedure_ids=request.procedure_ids,
            last_day=now().date() + timedelta(days=request.tomorrow),
            started_at=now(),
            started_by=actor.name,
            waiting=sum(count.waiting for count in found.offices),
            to_come=sum(count.today for count in found.offices),
            may_end=True,
        )
        self.kept_outages.insert(0, started)
        return started

    async def end_outage(self, actor: Actor, key: str, outage_id: UUID) -> Outage:
        for n, outage in enumerate(self.kept_outages):
            if outage.outage_id == outage_id:
                self._check(actor, "schedules.edit", outage.office_ids)
                self.calls.append(("outage.end", actor.name, key))
                update = {"ended_at": now(), "ended_by": actor.name, "may_end": False}
                self.kept_outages[n] = outage.model_copy(update=update)
                return self.kept_outages[n]
        raise Refused(404, "not-found", {})

    def _met(self, office_id: str, procedures: tuple[str, ...]) -> OutageCount:
        today = [
            b for b in self.bookings.values()
            if b.office_id == office_id and b.procedure_id in procedures
            and b.starts_at.astimezone(JST).date() == now().date()
        ]  # fmt: skip
        return OutageCount(
            office_id=office_id,
            waiting=sum(b.status == "arrived" for b in today),
            today=sum(b.status == "confirmed" for b in today),
        )

    def _check(self, actor: Actor, right: str, offices: Iterable[str]) -> None:
        if right not in actor.rights:
            raise Refused(403, "not-allowed", {})
        if not all(serves(actor, office) for office in offices):
            raise Refused(404, "not-found", {})
