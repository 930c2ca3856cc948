"""What is offered is kept whole; new days are opened, past ones forgotten, the doors are told."""

from datetime import timedelta
from pathlib import Path

from libs.contracts.booking import (
    Catalog,
    CellsChanged,
    LaterAddress,
    Length,
    OfficeText,
    Procedure,
    ProcedurePublished,
    ProcedureText,
    VisitorRule,
)
from services.booking.actions.catalog import catalog, register
from services.booking.actions.laying_out import lay_out

from .city import DAY, City, at

SEED = Path(__file__).parents[3] / "deploy" / "seed" / "oita.json"
FIELDS = {n: f for n, f in Procedure.model_fields.items() if n != "version" and not f.is_required()}


async def test_new_days_are_opened_once_and_the_doors_are_told(city: City) -> None:
    await city.shift_clock(at(8))
    opened = await lay_out(city.desk.open_store, 3)
    assert opened == 2 * 2 * 8 * 96
    told = [CellsChanged.model_validate_json(body) for body in await city.facts(CellsChanged.name)]
    assert {(fact.office_id, fact.many) for fact in told} == {("here", True), ("there", True)}
    assert await lay_out(city.desk.open_store, 3) == 0


async def test_cells_of_past_days_are_forgotten_and_their_bookings_stay(city: City) -> None:
    await city.booked(at(10))
    await city.shift_clock(at(0, day=DAY + timedelta(days=1)))
    async with city.desk.open_store() as store:
        await store.catalog.prune_cells()
    assert await city.pool.fetchval("SELECT min(starts_at) FROM cell") == at(
        9, day=DAY + timedelta(days=1)
    )
    assert await city.pool.fetchval("SELECT count(*) FROM booking") == 1


EVERYTHING = Procedure(
    procedure_id="all",
    name="すべて",
    plain="すべて",
    group="all",
    minutes=20,
    lengths=(Length(from_day=DAY, minutes=40),),
    needs_card=True,
    outcomes=("applied", "collected"),
    visitors=("proxy", "self"),
    documents=("書類",),
    notes=("お願い",),
    opens_days_before=45,
    closes_days_before=3,
    changes_days_before=2,
    position=7,
    version=0,
    rules=(VisitorRule(visitor="proxy", documents=("委任状",), phone_reason="お電話ください。"),),
    any_office=True,
    email="required",
    phone="optional",
    asks_needs=False,
    asks_inquiry=True,
    asks_cards=True,
    joins="max",
    party_limit=2,
    online="paused",
    hidden=True,
    texts={"en": ProcedureText(name="Everything", visitors=(VisitorRule(visitor="self"),))},
)


async def test_every_setting_of_a_procedure_is_kept_and_told(city: City) -> None:
    defaults = {name: f.get_default(call_default_factory=True) for name, f in FIELDS.items()}
    assert [name for name, value in defaults.items() if getattr(EVERYTHING, name) == value] == []
    assert await register(city.desk.open_store, Catalog(offices=(), procedures=(EVERYTHING,))) == 1
    saved = EVERYTHING.model_copy(update={"version": 1})
    assert saved in (await catalog(city.desk.open_store)).procedures
    told = (await city.facts(ProcedurePublished.name))[-1]
    assert ProcedurePublished.model_validate_json(told).procedure == saved


async def test_a_changed_setting_is_a_new_version(city: City) -> None:
    changed = EVERYTHING.model_copy(update={"email": "off"})
    for procedure in (EVERYTHING, changed):
        await register(city.desk.open_store, Catalog(offices=(), procedures=(procedure,)))
    kept = (await catalog(city.desk.open_store)).procedures
    assert changed.model_copy(update={"version": 2}) in kept


async def test_the_citys_own_offer_is_registered_once(city: City) -> None:
    wanted = Catalog.model_validate_json(SEED.read_bytes())
    words = {"en": OfficeText(name="Main office", address="2-31 Niage-machi")}
    offices = (wanted.offices[0].model_copy(update={"texts": words}), *wanted.offices[1:])
    move = LaterAddress(from_day=DAY, address="大分市新町1番1号", texts={"en": "1-1 Shinmachi"})
    closed = offices[1].model_copy(update={"later": (move,), "hidden": True})
    offices = (offices[0], closed, *offices[2:])
    wanted = wanted.model_copy(update={"offices": offices})
    assert await register(city.desk.open_store, wanted) == len((*offices, *wanted.procedures))
    assert await register(city.desk.open_store, wanted) == 0
    kept = {office.office_id: office for office in (await catalog(city.desk.open_store)).offices}
    assert kept[offices[0].office_id].texts == words
    known = {"version": 1, "closures": kept[closed.office_id].closures}
    assert kept[closed.office_id] == closed.model_copy(update=known)


def test_the_citys_procedures_say_what_each_visitor_brings_or_why_to_call() -> None:
    procedures = Catalog.model_validate_json(SEED.read_bytes()).procedures
    for procedure in procedures:
        assert tuple(rule.visitor for rule in procedure.rules) == procedure.visitors
        silent = [r.visitor for r in procedure.rules if not (r.documents or r.phone_reason)]
        assert silent == ["self"]
    phone_only = {p.procedure_id for p in procedures if p.rule("proxy").phone_reason}
    assert phone_only == {"issuance", "application_at_office", "application_at_issue", "pin"}
    assert [p.procedure_id for p in procedures if p.asks_inquiry] == ["certificate"]
    assert [p.procedure_id for p in procedures if p.asks_cards] == ["renewal"]
