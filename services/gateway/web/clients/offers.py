"""booking, as staff call it about settings of offices and procedures, and 来庁日の案内."""

from libs.contracts.booking import (
    GuidanceChange,
    GuidanceCheck,
    GuidanceList,
    GuidanceRecord,
    OfficeChange,
    OfficeRecord,
    ProcedureChange,
    ProcedureRecord,
    SettingCheck,
)
from services.gateway.web.link import Actor, Link


class OfferClient:
    """What may be seen and changed is decided there, by the actor's rights and offices."""

    def __init__(self, link: Link) -> None:
        self._link = link

    async def office(self, actor: Actor, office_id: str) -> OfficeRecord:
        return await self._link.get(actor, f"/v1/staff/offices/{office_id}", OfficeRecord)

    async def procedure(self, actor: Actor, procedure_id: str) -> ProcedureRecord:
        return await self._link.get(actor, f"/v1/staff/procedures/{procedure_id}", ProcedureRecord)

    async def check_office(self, actor: Actor, wanted: OfficeChange) -> SettingCheck:
        return await self._link.post(actor, "/v1/staff/checks/office", SettingCheck, body=wanted)

    async def check_procedure(self, actor: Actor, wanted: ProcedureChange) -> SettingCheck:
        return await self._link.post(actor, "/v1/staff/checks/procedure", SettingCheck, body=wanted)

    async def save_office(
        self, actor: Actor, key: str, wanted: OfficeChange, *, new: bool
    ) -> OfficeRecord:
        path = "/v1/staff/offices" + ("" if new else f"/{wanted.office_id}")
        return await self._link.post(actor, path, OfficeRecord, key=key, body=wanted)

    async def guidances(self, actor: Actor, past: bool) -> GuidanceList:
        query = {"past": "1"} if past else {}
        return await self._link.get(actor, "/v1/staff/guidances", GuidanceList, query)

    async def guidance(self, actor: Actor, guidance_id: str) -> GuidanceRecord:
        return await self._link.get(actor, f"/v1/staff/guidances/{guidance_id}", GuidanceRecord)

    async def check_guidance(self, actor: Actor, wish: GuidanceChange) -> GuidanceCheck:
        return await self._link.post(actor, "/v1/staff/checks/guidance", GuidanceCheck, body=wish)

    async def save_guidance(self, actor: Actor, key: str, wish: GuidanceChange) -> GuidanceRecord:
        path = "/v1/staff/guidances"
        return await self._link.post(actor, path, GuidanceRecord, key=key, body=wish)

    async def save_procedure(
        self, actor: Actor, key: str, wanted: ProcedureChange, *, new: bool
    ) -> ProcedureRecord:
        path = "/v1/staff/procedures" + ("" if new else f"/{wanted.procedure_id}")
        return await self._link.post(actor, path, ProcedureRecord, key=key, body=wanted)
