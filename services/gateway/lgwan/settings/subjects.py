"""Offices and procedures as the pages of settings treat them alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from libs.contracts.booking import (
    Flat,
    Office,
    Procedure,
    SettingChange,
    SettingCheck,
    SettingProblem,
    flat_office,
    flat_procedure,
    office_from,
    procedure_from,
)
from services.gateway.lgwan.door.context import CatalogIndex
from services.gateway.web.clients import OfferClient
from services.gateway.web.link import Actor

from .fields import SettingForm
from .offices import new_office, office_sheet
from .procedures import new_procedure, procedure_sheet

NEW = "new"


@dataclass(frozen=True)
class KeptSetting:
    """An object as it is saved. `shown` is what citizens see."""

    object_id: str
    shown: Office | Procedure
    values: Flat
    version: int = 0
    warnings: Sequence[SettingProblem] = ()
    log: Sequence[SettingChange] = ()

    @property
    def name(self) -> str:
        return self.shown.name


class Subject(Protocol):
    """What one kind of object has of its own. An id of NEW is an object to be made."""

    kind: str
    path: str
    word: str

    def sheet(self, catalog: CatalogIndex, object_id: str) -> SettingForm: ...
    def blank(self, catalog: CatalogIndex) -> KeptSetting: ...
    def made(self, values: Flat, object_id: str, version: int) -> Office | Procedure: ...
    async def see(self, client: OfferClient, actor: Actor, object_id: str) -> KeptSetting: ...
    async def check(
        self, client: OfferClient, actor: Actor, values: Flat, object_id: str
    ) -> SettingCheck: ...
    async def save(
        self, client: OfferClient, actor: Actor, key: str, values: Flat, object_id: str,
        version: int,
    ) -> KeptSetting: ...  # fmt: skip


class Offices:
    kind, path, word = "office", "/settings/offices", "場所"

    def sheet(self, _: CatalogIndex, __: str) -> SettingForm:
        return office_sheet()

    def blank(self, catalog: CatalogIndex) -> KeptSetting:
        last = max((office.position for office in catalog.offices.values()), default=0)
        return _kept_office(new_office(last + 1))

    def made(self, values: Flat, object_id: str, version: int) -> Office:
        return office_from(values, "" if object_id == NEW else object_id, version)

    async def see(self, client: OfferClient, actor: Actor, object_id: str) -> KeptSetting:
        found = await client.office(actor, object_id)
        return _kept_office(found.office, found.warnings, found.log)

    async def check(
        self, client: OfferClient, actor: Actor, values: Flat, object_id: str
    ) -> SettingCheck:
        wanted = office_from(values, "" if object_id == NEW else object_id, 0)
        return await client.check_office(actor, wanted)

    async def save(
        self, client: OfferClient, actor: Actor, key: str, values: Flat, object_id: str,
        version: int,
    ) -> KeptSetting:  # fmt: skip
        wanted = office_from(values, object_id, version)
        done = await client.save_office(actor, key, wanted, new=object_id == NEW)
        return _kept_office(done.office, done.warnings, done.log)


class Procedures:
    kind, path, word = "procedure", "/settings/procedures", "手続き"

    def sheet(self, catalog: CatalogIndex, object_id: str) -> SettingForm:
        own_id = "" if object_id == NEW else object_id
        return procedure_sheet(catalog.procedures.values(), own_id, catalog.offices.values())

    def blank(self, catalog: CatalogIndex) -> KeptSetting:
        last = max((procedure.position for procedure in catalog.procedures.values()), default=0)
        return _kept_procedure(new_procedure(last + 1))

    def made(self, values: Flat, object_id: str, version: int) -> Procedure:
        return procedure_from(values, "" if object_id == NEW else object_id, version)

    async def see(self, client: OfferClient, actor: Actor, object_id: str) -> KeptSetting:
        found = await client.procedure(actor, object_id)
        return _kept_procedure(found.procedure, found.warnings, found.log)

    async def check(
        self, client: OfferClient, actor: Actor, values: Flat, object_id: str
    ) -> SettingCheck:
        wanted = procedure_from(values, "" if object_id == NEW else object_id, 0)
        return await client.check_procedure(actor, wanted)

    async def save(
        self, client: OfferClient, actor: Actor, key: str, values: Flat, object_id: str,
        version: int,
    ) -> KeptSetting:  # fmt: skip
        wanted = procedure_from(values, object_id, version)
        done = await client.save_procedure(actor, key, wanted, new=object_id == NEW)
        return _kept_procedure(done.procedure, done.warnings, done.log)


def _kept_office(
    office: Office,
    warnings: Sequence[SettingProblem] = (),
    log: Sequence[SettingChange] = (),
) -> KeptSetting:
    values = flat_office(office)
    return KeptSetting(office.office_id or NEW, office, values, office.version, warnings, log)


def _kept_procedure(
    procedure: Procedure,
    warnings: Sequence[SettingProblem] = (),
    log: Sequence[SettingChange] = (),
) -> KeptSetting:
    values = flat_procedure(procedure)
    return KeptSetting(
        procedure.procedure_id or NEW, procedure, values, procedure.version, warnings, log
    )
