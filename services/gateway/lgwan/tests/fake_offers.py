"""Settings of offices and procedures in memory: the city's own, with versions and a log."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from libs.contracts.booking import (
    Catalog,
    FieldChange,
    Flat,
    GuidanceChange,
    GuidanceCheck,
    GuidanceList,
    GuidanceRecord,
    GuidanceVersion,
    Office,
    OfficeChange,
    OfficeRecord,
    Procedure,
    ProcedureChange,
    ProcedureRecord,
    SettingChange,
    SettingCheck,
    SettingProblem,
    differences,
    flat_office,
    flat_procedure,
)
from libs.contracts.times import JST
from services.gateway.web.clients import OfferClient
from services.gateway.web.link import Actor, Refused

SEED = Path(__file__).parents[4] / "deploy" / "seed" / "oita.json"
CHANGED_AT = datetime(2026, 11, 20, 14, 5, tzinfo=JST)
WARNED = SettingProblem(field="minutes", code="bookings-keep-length", facts={"count": 12})


class FakeOffers(OfferClient):
    """`problems` and `warnings` are what every check finds; `saved` is what was sent, with who
    sent it and under which key."""

    def __init__(self) -> None:
        city = Catalog.model_validate_json(SEED.read_bytes())
        self.offices = {o.office_id: o.model_copy(update={"version": 1}) for o in city.offices}
        self.procedures = {
            p.procedure_id: p.model_copy(update={"version": 1}) for p in city.procedures
        }
        self.logs: dict[str, list[SettingChange]] = {}
        self.problems: tuple[SettingProblem, ...] = ()
        self.warnings: tuple[SettingProblem, ...] = ()
        self.told: tuple[SettingProblem, ...] = ()
        """Warnings that are true of what is saved."""
        self.saved: list[tuple[str, str, Office | Procedure]] = []
        self.guided: dict[UUID, list[GuidanceVersion]] = {}
        """The states of each guidance, the newest first."""
        self.guidance_check = GuidanceCheck()
        self.guidance_keys: list[str] = []

    async def guidances(self, actor: Actor, past: bool) -> GuidanceList:
        records = [self._guidance(actor, guidance_id) for guidance_id in self.guided]
        shown = tuple(one for one in records if past or not one.ended)
        return GuidanceList(guidances=shown, at=CHANGED_AT)

    async def guidance(self, actor: Actor, guidance_id: str) -> GuidanceRecord:
        if UUID(guidance_id) not in self.guided:
            raise Refused(404, "not-found", {})
        return self._guidance(actor, UUID(guidance_id))

    async def check_guidance(self, actor: Actor, wish: GuidanceChange) -> GuidanceCheck:
        return self.guidance_check

    async def save_guidance(self, actor: Actor, key: str, wish: GuidanceChange) -> GuidanceRecord:
        if problems := self.guidance_check.problems:
            told = [problem.model_dump(mode="json") for problem in problems]
            raise Refused(422, "guidance-refused", {"problems": told})
        guidance_id = wish.guidance_id or UUID(int=len(self.guided) + 1)
        states = self.guided.setdefault(guidance_id, [])
        if wish.version != len(states):
            raise Refused(409, "version-conflict", {})
        own = wish.model_dump(exclude={"guidance_id", "version"})
        state = {**own, "version": len(states) + 1, "by": actor.name, "at": CHANGED_AT}
        states.insert(0, GuidanceVersion.model_validate(state))
        self.guidance_keys.append(key)
        return self._guidance(actor, guidance_id)

    def _guidance(self, actor: Actor, guidance_id: UUID) -> GuidanceRecord:
        states = self.guided[guidance_id]
        serves = "*" in actor.offices or set(states[0].office_ids) <= actor.offices
        return GuidanceRecord(
            **states[0].model_dump(),
            guidance_id=guidance_id,
            days=(),
            may_change=serves,
            history=tuple(states),
        )

    async def office(self, actor: Actor, office_id: str) -> OfficeRecord:
        if office_id not in self.offices or not {"*", office_id} & actor.offices:
            raise Refused(404, "not-found", {})
        log = tuple(self.logs.get(office_id, ()))
        return OfficeRecord(office=self.offices[office_id], warnings=self.told, log=log)

    async def procedure(self, actor: Actor, procedure_id: str) -> ProcedureRecord:
        if "*" not in actor.offices:
            raise Refused(403, "not-allowed", {})
        if procedure_id not in self.procedures:
            raise Refused(404, "not-found", {})
        found, log = self.procedures[procedure_id], tuple(self.logs.get(procedure_id, ()))
        return ProcedureRecord(procedure=found, warnings=self.told, log=log)

    async def check_office(self, actor: Actor, wanted: OfficeChange) -> SettingCheck:
        return SettingCheck(problems=self.problems, warnings=self.warnings)

    async def check_procedure(self, actor: Actor, wanted: ProcedureChange) -> SettingCheck:
        return SettingCheck(problems=self.problems, warnings=self.warnings)

    async def save_office(
        self, actor: Actor, key: str, wanted: OfficeChange, *, new: bool
    ) -> OfficeRecord:
        office_id = "onew" if new else wanted.office_id
        known = None if new else (await self.office(actor, office_id)).office
        version = self._next(office_id, known, wanted.version)
        update = {"office_id": office_id, "version": version}
        saved = Office.model_validate({**wanted.model_dump(), **update})
        self.saved.append((actor.name, key, saved))
        self._log(office_id, actor.name, version, flat_office(known) if known else {},
                  flat_office(saved))  # fmt: skip
        self.offices[office_id] = saved
        return await self.office(actor, office_id)

    async def save_procedure(
        self, actor: Actor, key: str, wanted: ProcedureChange, *, new: bool
    ) -> ProcedureRecord:
        procedure_id = "pnew" if new else wanted.procedure_id
        known = None if new else (await self.procedure(actor, procedure_id)).procedure
        version = self._next(procedure_id, known, wanted.version)
        update = {"procedure_id": procedure_id, "version": version}
        saved = Procedure.model_validate({**wanted.model_dump(), **update})
        self.saved.append((actor.name, key, saved))
        self._log(procedure_id, actor.name, version, flat_procedure(known) if known else {},
                  flat_procedure(saved))  # fmt: skip
        self.procedures[procedure_id] = saved
        return await self.procedure(actor, procedure_id)

    def by_another(self, procedure_id: str, **changes: Any) -> None:
        """Somebody else saves a procedure."""
        known = self.procedures[procedure_id]
        version = known.version + 1
        saved = known.model_copy(update={**changes, "version": version})
        self._log(procedure_id, "suzuki", version, flat_procedure(known), flat_procedure(saved))
        self.procedures[procedure_id] = saved

    def office_by_another(self, office_id: str, **changes: Any) -> None:
        known = self.offices[office_id]
        version = known.version + 1
        saved = known.model_copy(update={**changes, "version": version})
        self._log(office_id, "suzuki", version, flat_office(known), flat_office(saved))
        self.offices[office_id] = saved

    def _next(self, object_id: str, known: Office | Procedure | None, seen: int) -> int:
        if known is None:
            return 1
        if any(step.version > seen for step in self.logs.get(object_id, ())):
            raise Refused(409, "version-conflict", {})
        return known.version + 1

    def _log(self, object_id: str, actor: str, version: int, old: Flat, new: Flat) -> None:
        changes: tuple[FieldChange, ...] = differences(old, new)
        at = CHANGED_AT + timedelta(days=version)
        step = SettingChange(version=version, at=at, actor=actor, changes=changes)
        self.logs.setdefault(object_id, []).insert(0, step)
