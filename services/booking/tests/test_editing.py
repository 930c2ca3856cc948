"""Members of staff change offices and procedures: versions, the log, the doors, the seed."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from libs.common.assertion import Caller
from libs.common.errors import KeyReused, NotAllowed, NotFound
from libs.contracts.booking import (
    SEED,
    Catalog,
    OfficeChange,
    OfficePublished,
    OfficeRecord,
    ProcedureChange,
    ProcedurePublished,
    ProcedureRecord,
)
from services.booking.actions import editing
from services.booking.actions.catalog import catalog, register
from services.booking.domain import SettingRefused, VersionConflict

from .city import PROCEDURES, City, at, office

CHIEF = Caller("lgwan", "kakaricho", frozenset({editing.SETTINGS}), frozenset({"*"}))
HERE = Caller("lgwan", "sato", frozenset({editing.SETTINGS}), frozenset({"here"}))
WHOLE = {"name": "本庁舎", "kana": "ほんちょうしゃ", "address": "2番31号", "phone": "097-534-6111"}


async def seen_office(city: City, office_id: str = "here") -> OfficeRecord:
    return await editing.see_office(city.desk, CHIEF, office_id)


async def seen_procedure(city: City, procedure_id: str = "slow") -> ProcedureRecord:
    return await editing.see_procedure(city.desk, CHIEF, procedure_id)


async def change_office(
    city: City, caller: Caller = CHIEF, key: str = "", version: int | None = None, **changes: Any
) -> OfficeRecord:
    known = (await seen_office(city)).office.model_dump()
    wanted = OfficeChange.model_validate({**known, **WHOLE, **changes})
    if version is not None:
        wanted = wanted.model_copy(update={"version": version})
    return await editing.change_office(city.desk, caller, key or str(uuid4()), wanted)


async def change_procedure(
    city: City, caller: Caller = CHIEF, key: str = "", **changes: Any
) -> ProcedureRecord:
    known = (await seen_procedure(city)).procedure.model_dump()
    wanted = ProcedureChange.model_validate({**known, **changes})
    return await editing.change_procedure(city.desk, caller, key or str(uuid4()), wanted)


async def test_an_office_is_changed_told_and_logged_and_keeps_its_times(city: City) -> None:
    before = (await seen_office(city)).office
    done = await change_office(city, HERE)
    assert done.office.model_dump() == {**before.model_dump(), **WHOLE, "version": 2}
    told = OfficePublished.model_validate_json((await city.facts(OfficePublished.name))[-1])
    assert told.office == done.office
    step = done.log[0]
    assert (step.version, step.actor) == (2, "sato")
    assert ("name", "here", "本庁舎") in [(c.field, c.old, c.new) for c in step.changes]
    assert [one.actor for one in done.log] == ["sato", SEED]
    await city.hold(uuid4(), at(10))


async def test_a_procedure_is_changed_told_and_logged(city: City) -> None:
    done = await change_procedure(city, minutes=20, rules=({"visitor": "self"},))
    assert (done.procedure.minutes, done.procedure.version) == (20, 2)
    told = ProcedurePublished.model_validate_json((await city.facts(ProcedurePublished.name))[-1])
    assert told.procedure == done.procedure
    [change] = done.log[0].changes
    assert (change.field, change.old, change.new) == ("minutes", 30, 20)
    held = await city.hold(uuid4(), at(10))
    assert held.minutes == 20


async def test_the_same_request_twice_is_one_change(city: City) -> None:
    for _ in range(2):
        done = await change_procedure(city, key="k" * 16, minutes=20, version=1)
    assert done.procedure.version == 2
    assert len(await city.facts(ProcedurePublished.name)) == len(PROCEDURES) + 1
    with pytest.raises(KeyReused):
        await change_procedure(city, key="k" * 16, minutes=25)
    for _ in range(2):
        placed = await change_office(city, key="k" * 16, version=1)
    assert placed.office.version == 2


async def test_what_changes_nothing_is_no_new_version(city: City) -> None:
    done = await change_procedure(city)
    assert done.procedure.version == 1
    assert len(done.log) == 1


async def test_the_second_of_two_is_told_and_overwrites_nothing(city: City) -> None:
    await change_procedure(city, minutes=20)
    with pytest.raises(VersionConflict):
        await change_procedure(city, minutes=25, version=1)
    assert (await seen_procedure(city)).procedure.minutes == 20
    await change_office(city)
    with pytest.raises(VersionConflict):
        await change_office(city, version=1, name="別の名前")
    assert (await seen_office(city)).office.name == "本庁舎"


async def test_one_of_many_at_the_same_moment_changes_a_procedure(city: City) -> None:
    done = await asyncio.gather(
        *(change_procedure(city, minutes=5 * n, version=1) for n in range(1, 9)),
        return_exceptions=True,
    )
    assert len([one for one in done if isinstance(one, ProcedureRecord)]) <= 2
    assert [type(one) for one in done if isinstance(one, BaseException)] == [VersionConflict] * 7
    assert (await seen_procedure(city)).procedure.version == 2


async def test_new_times_alone_are_no_conflict_for_the_address(city: City) -> None:
    """The version of an office rises with its series too."""
    async with city.desk.open_store() as store:
        [here, _] = await store.catalog.offices()
        await store.catalog.save_office(here.model_copy(update={"version": 5}))
    done = await change_office(city, version=1)
    assert done.office.version == 6


async def test_what_cannot_be_is_refused_with_the_reasons_and_nothing_is_saved(city: City) -> None:
    with pytest.raises(SettingRefused) as refused:
        await change_procedure(city, minutes=12, closes_days_before=90)
    assert [(p["field"], p["code"]) for p in refused.value.facts["problems"]] == [
        ("minutes", "minutes"),
        ("closes_days_before", "closes-before-it-opens"),
    ]
    assert (await seen_procedure(city)).procedure.version == 1
    with pytest.raises(SettingRefused):
        await change_office(city, address="")
    check = await editing.check_procedure(
        city.desk, CHIEF, ProcedureChange.model_validate({**PROCEDURES[0].model_dump(),
                                                          "minutes": 12}))  # fmt: skip
    assert [one.code for one in check.problems] == ["minutes"]


async def test_bookings_to_come_are_counted_and_keep_their_length(city: City) -> None:
    for hour in (10, 11, 12):
        await city.booked(at(hour))
    await city.cancel(await city.booked(at(13)))
    done = await change_procedure(city, minutes=20)
    counts = {w.code: w.facts.get("count") for w in done.warnings}
    assert counts["bookings-keep-length"] == 3
    assert await city.pool.fetchval("SELECT min(minutes) FROM booking") == 30
    with pytest.raises(SettingRefused) as refused:
        await change_procedure(city, group="pin")
    [problem] = refused.value.facts["problems"]
    assert problem == {"field": "group", "code": "has-bookings", "facts": {"count": 3}}


async def test_a_hidden_procedure_keeps_its_bookings_and_takes_no_new_ones(city: City) -> None:
    booked = await city.booked(at(10))
    done = await change_procedure(city, hidden=True)
    assert [(w.code, w.facts) for w in done.warnings] == [("bookings-stay", {"count": 1})]
    assert (await city.cancel(booked)).status == "cancelled"


async def test_somebody_of_one_office_changes_that_one_only(city: City) -> None:
    elsewhere = (await seen_office(city, "there")).office
    wanted = OfficeChange.model_validate(elsewhere.model_dump())
    nowhere = wanted.model_copy(update={"office_id": "nowhere"})
    for unknown in (wanted, nowhere):
        with pytest.raises(NotFound):
            await editing.see_office(city.desk, HERE, unknown.office_id)
        with pytest.raises(NotFound):
            await editing.change_office(city.desk, HERE, str(uuid4()), unknown)
        with pytest.raises(NotFound):
            await editing.check_office(city.desk, HERE, unknown)
    with pytest.raises(NotAllowed):
        await editing.add_office(city.desk, HERE, str(uuid4()), wanted)
    with pytest.raises(NotAllowed):
        await editing.see_procedure(city.desk, HERE, "slow")
    with pytest.raises(NotAllowed):
        await change_procedure(city, HERE, minutes=20)


async def test_a_new_office_and_a_new_procedure_are_added_once(city: City) -> None:
    place = OfficeChange.model_validate({**office("x", 1).model_dump(), **WHOLE})
    what = ProcedureChange.model_validate({**PROCEDURES[2].model_dump(), "group": ""})
    for _ in range(2):
        added = await editing.add_office(city.desk, CHIEF, "a" * 16, place)
        made = await editing.add_procedure(city.desk, CHIEF, "b" * 16, what)
    assert (added.office.version, added.office.series) == (1, ())
    assert made.procedure.group == made.procedure.procedure_id
    kept = await catalog(city.desk.open_store)
    assert len(kept.offices) == 3
    assert len(kept.procedures) == len(PROCEDURES) + 1
    assert made.log[0].changes[0].old is None


async def test_what_staff_changed_outlives_the_next_start(city: City) -> None:
    """The file is registered at every start. Once the city has changed anything, it only adds."""
    newer = PROCEDURES[1].model_copy(update={"minutes": 60})
    missing = PROCEDURES[1].model_copy(update={"procedure_id": "later"})
    renamed = office("here", 8).model_copy(update={"name": "市の名前"})
    file = Catalog(offices=(renamed,), procedures=(newer,))
    assert await register(city.desk.open_store, file) == 2
    await change_procedure(city, name="市が付けた名前")
    file = Catalog(
        offices=(office("here", 8), office("third", 8)),
        procedures=(PROCEDURES[1].model_copy(update={"minutes": 10}), missing),
    )
    assert await register(city.desk.open_store, file) == 2
    kept = await catalog(city.desk.open_store)
    procedures = {p.procedure_id: p for p in kept.procedures}
    assert (procedures["slow"].name, procedures["slow"].minutes) == ("市が付けた名前", 60)
    assert "later" in procedures
    offices = {o.office_id: o for o in kept.offices}
    assert offices["here"].name == "市の名前"
    assert "third" in offices
