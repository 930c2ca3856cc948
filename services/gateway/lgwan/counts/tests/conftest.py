"""A file of the figures of an office with a strange name."""

from datetime import date

import pytest

from libs.contracts.reporting import FigureQuery, FigureReport
from services.gateway.lgwan.counts.files import CountsFile
from services.gateway.lgwan.counts.question import CountQuestion
from services.gateway.lgwan.door.context import CatalogIndex
from services.gateway.lgwan.tests.fakes import a_cell


@pytest.fixture
def file() -> CountsFile:
    day = date(2026, 12, 1)
    cell = a_cell("=2+3", "pin", 1, 1, 0, 0, 0, 0, 0)
    report = FigureReport(
        asked=FigureQuery(first=day, last=day),
        step="day",
        as_of=None,
        total=cell.figures,
        cells=(cell,),
    )
    return CountsFile(report, CountQuestion("day", day, day), CatalogIndex({}, {}))
