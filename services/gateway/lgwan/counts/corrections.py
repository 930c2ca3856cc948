"""What was put right after a month was confirmed: each figure as it was kept, and as it is now."""

from collections.abc import Iterator
from dataclasses import dataclass

from libs.contracts.reporting import ClosedMonth, Figures
from services.gateway.lgwan.door.context import CatalogIndex

from .columns import MAIN, MORE


@dataclass(frozen=True)
class FigureCorrection:
    office: str
    procedure: str
    column: str
    kept: str
    now: str


def corrections_of(closed: ClosedMonth, catalog: CatalogIndex) -> tuple[FigureCorrection, ...]:
    """Nothing while nobody confirmed the month."""
    return tuple(_differences(closed, catalog)) if closed.closing else ()


def _differences(closed: ClosedMonth, catalog: CatalogIndex) -> Iterator[FigureCorrection]:
    kept = {(g.office_id or "", g.procedure_id or ""): g.figures for g in closed.kept}
    now = {(g.office_id or "", g.procedure_id or ""): g.figures for g in closed.now}
    for office, procedure in dict.fromkeys((*now, *kept)):
        before = kept.get((office, procedure), Figures())
        after = now.get((office, procedure), Figures())
        for column in (*MAIN, *MORE):
            if column.value(before) != column.value(after):
                yield FigureCorrection(
                    catalog.office(office),
                    catalog.procedure(procedure),
                    column.heading,
                    column.text(before),
                    column.text(after),
                )
