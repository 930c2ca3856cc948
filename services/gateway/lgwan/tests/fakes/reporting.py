"""Reporting in memory: the figures of whatever days are asked for."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from libs.contracts.reporting import (
    Basis,
    ClosedMonth,
    CountedName,
    FigureGroup,
    FigureQuery,
    FigureReport,
    Figures,
    MonthClosing,
)
from services.gateway.web.clients import ReportingClient
from services.gateway.web.link import Actor, Refused

from .city import today_at

WAITED = {"waits": 10, "wait_seconds": 3600, "median_wait": 300, "high_wait": 1020}
_SUMMED = tuple(n for n, f in Figures.model_fields.items() if f.annotation is int)


class FakeReporting(ReportingClient):
    """At the main office ten people were called for their cards, nobody for anything else."""

    def __init__(self) -> None:
        self.offices_known = True
        self.asked: list[FigureQuery] = []
        self.closed: dict[date, tuple[FigureGroup, ...]] = {}
        waited = {**WAITED, "longest_wait": 1260, "serves": 8, "serve_seconds": 4800}
        undone = {"papers": 1, "moves": 3, "moves_by_staff": 1, "cancelled_by_staff": 1}
        self.cells = [
            a_cell("honcho", "issuance", 24, 9, 2, 8, 1, 1, 3, **waited, **undone, people=27),
            a_cell("honcho", "pin", 9, 4, 1, 3, 0, 0, 1, procedures=14),
            a_cell("tsurusaki", "issuance", 12, 5, 1, 4, 0, 1, 1),
        ]

    async def report(self, actor: Actor, asked: FigureQuery) -> FigureReport:
        self.asked.append(asked)
        cells = [
            cell
            for cell in self.cells
            if asked.office in (None, cell.office_id)
            and asked.procedure in (None, cell.procedure_id)
        ]
        month = (asked.last - asked.first).days > 61
        total = added(cells)
        return FigureReport(
            asked=asked,
            step="month" if month else "day",
            as_of=today_at(9, 41),
            total=total,
            cells=tuple(cells),
            offices=_summed(cells, "office_id"),
            procedures=_summed(cells, "procedure_id"),
            periods=tuple(_periods(asked, total, month=month)) if cells else (),
            hours=tuple(FigureGroup(hour=hour, figures=total) for hour in (9, 10)) if cells else (),
            windows=(FigureGroup(office_id="honcho", window=2, figures=total),) if cells else (),
            channels=(FigureGroup(channel="web", figures=total),) if cells else (),
            leads=(FigureGroup(lead=1, figures=total),) if cells else (),
            office_names=(CountedName(id="honcho", name="本庁舎1階市民課"),),
            mails_sent=41,
            mails_failed=2,
            offices_known=self.offices_known,
        )

    async def closed_month(self, actor: Actor, month: date, basis: Basis) -> ClosedMonth:
        kept = self.closed.get(month)
        closing = MonthClosing(month=month, at=today_at(8, 45), closed_by="tanaka")
        return ClosedMonth(
            month=month,
            basis=basis,
            closing=closing if kept is not None else None,
            kept=kept or (),
            now=tuple(self.cells),
            open_visits=7,
        )

    async def close_month(self, actor: Actor, month: date) -> MonthClosing:
        if month >= today_at(9).date().replace(day=1):
            raise Refused(409, "not-over", {})
        self.closed.setdefault(month, tuple(self.cells))
        return MonthClosing(month=month, at=today_at(8, 45), closed_by=actor.name)


def a_cell(office_id: str, procedure_id: str, *counts: int, **more: int) -> FigureGroup:
    """`counts` are booked, waiting, arrived, finished, unfinished, missed, cancelled."""
    names = ("bookings", "waiting", "arrived", "finished", "unfinished", "missed", "cancelled")
    figures = {
        "people": counts[0],
        "procedures": counts[0],
        **dict(zip(names, counts, strict=True)),
    }
    values = Figures.model_validate({**figures, **more})
    return FigureGroup(office_id=office_id, procedure_id=procedure_id, figures=values)


def added(cells: Sequence[FigureGroup]) -> Figures:
    """Sums; of the waits those of the first who has any."""
    waited = [c.figures for c in cells if c.figures.waits][:1]
    waits = {name: getattr(waited[0], name) if waited else None for name in _WAITS}
    sums = {name: sum(getattr(c.figures, name) for c in cells) for name in _SUMMED}
    return Figures.model_validate({**sums, **waits})


_WAITS = ("median_wait", "high_wait", "longest_wait")


def _summed(cells: Sequence[FigureGroup], name: str) -> tuple[FigureGroup, ...]:
    keys = dict.fromkeys(getattr(cell, name) for cell in cells)
    return tuple(
        FigureGroup.model_validate(
            {name: key, "figures": added([c for c in cells if getattr(c, name) == key])}
        )
        for key in keys
    )


def _periods(asked: FigureQuery, total: Figures, *, month: bool) -> Iterable[FigureGroup]:
    days = [asked.first + timedelta(days=n) for n in range((asked.last - asked.first).days + 1)]
    wanted = [day for day in days if day.day == 1] if month else days
    return [FigureGroup(period=day, figures=total) for day in wanted[:31]]
