"""What statements write by themselves: every column by its name, and facts as the contract says."""

import importlib
import json
import pkgutil
from dataclasses import fields
from typing import get_args
from uuid import uuid4

from libs.common.statements import Statement
from libs.contracts.booking import CellsChanged
from services.booking import store
from services.booking.domain.booking import Booking
from services.booking.tables import metadata

from .city import City, at

MODULES = [
    importlib.import_module(f"{store.__name__}.{module.name}")
    for module in pkgutil.iter_modules(store.__path__)
]
STATEMENTS = {
    f"{module.__name__.rpartition('.')[2]}.{name}": value
    for module in MODULES
    for name, value in vars(module).items()
    if isinstance(value, Statement)
}
OF_THE_DATABASE = {"erased_at"}
"""Columns of a booking that nobody but the statement of erasing writes."""
EMPTY_IN_OLD_ROWS = {"former_keys"}
"""Lists that bookings of an earlier release do not have."""


def test_a_booking_has_the_columns_of_its_table() -> None:
    columns = {column.name: column for column in metadata.tables["booking"].columns}
    assert {field.name for field in fields(Booking)} == columns.keys() - OF_THE_DATABASE
    for field in fields(Booking):
        if field.name not in EMPTY_IN_OLD_ROWS:
            may_be_none = type(None) in get_args(field.type)
            assert may_be_none is columns[field.name].nullable, field.name


async def test_every_named_statement_fits_the_tables(city: City) -> None:
    assert {"bookings._ADD", "claims.CLAIM"} <= STATEMENTS.keys()
    async with city.pool.acquire() as connection:
        for name, statement in STATEMENTS.items():
            prepared = await connection.prepare(statement.text)
            assert len(prepared.get_parameters()) == len(statement.names), name


async def test_the_fact_that_claiming_writes_is_one_of_the_contract(city: City) -> None:
    await city.hold(uuid4(), at(10))
    for body in await city.facts(CellsChanged.name):
        fact = CellsChanged.model_validate_json(body)
        by_contract = json.loads(fact.model_dump_json(exclude_defaults=True))
        assert json.loads(body).keys() <= CellsChanged.model_fields.keys()
        assert fact.runs
        assert json.loads(body).keys() == by_contract.keys()
        for run, same in zip(json.loads(body)["runs"], by_contract["runs"], strict=True):
            assert run.keys() == same.keys()
