"""What reporting answers: what became of the bookings of some days."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date
from typing import get_args

from libs.common.assertion import EVERY_OFFICE, Caller
from libs.common.errors import NotAllowed, Problem
from libs.contracts.booking import counter_offices
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
from libs.contracts.times import day_of

from .figure_store import step_of
from .store import Store


async def report(store: Store, asked: FigureQuery, offices: Iterable[str]) -> FigureReport:
    """The figures that are asked for, at `offices` (ids, or EVERY_OFFICE among them)."""
    wanted = list(offices)
    cuts, newest_at = await store.cuts(asked, wanted)
    mails = await store.mail_counts(asked, wanted)
    office_names, procedure_names = await store.office_names(), await store.procedure_names()
    [total] = cuts.pop("total") or [FigureGroup(figures=Figures())]
    moments = [at for at in (newest_at, mails["newest_at"]) if at]
    in_order = _Order(office_names, procedure_names)
    return FigureReport(
        asked=asked,
        step=step_of(asked),
        as_of=max(moments, default=None),
        total=total.figures,
        office_names=in_order.named("office_id", cuts["offices"]),
        procedure_names=in_order.named("procedure_id", cuts["procedures"]),
        mails_sent=mails["sent"],
        mails_failed=mails["failed"],
        offices_known=bool(office_names),
        **{name: tuple(sorted(groups, key=in_order)) for name, groups in cuts.items()},
    )


class NotOver(Problem):
    """The month goes on, or has not begun: nothing can be confirmed yet."""

    slug = "not-over"


async def close_month(store: Store, caller: Caller, month: date) -> MonthClosing:
    """月次確定: keep the figures of a month as they are. Whoever does it again changes nothing.
    Raises NotAllowed for whoever sees a part of the offices alone, NotOver."""
    if EVERY_OFFICE not in counter_offices(caller):
        raise NotAllowed("The figures of a month are those of all offices.")
    if last_day(month) >= day_of(await store.now()):
        raise NotOver("This month is not over.")
    groups = {basis: await _cells(store, month, basis, [EVERY_OFFICE]) for basis in get_args(Basis)}
    await store.close_month(month, caller.actor, groups)
    kept = await store.closed_month(month)
    assert kept, "it was just closed"
    return kept.closing


async def closed_month(store: Store, caller: Caller, month: date, basis: Basis) -> ClosedMonth:
    """What was kept of a month, and what it is now, at the offices of the caller."""
    offices = counter_offices(caller)
    kept = await store.closed_month(month)
    now = await _cells(store, month, basis, offices)
    return ClosedMonth(
        month=month,
        basis=basis,
        closing=kept.closing if kept else None,
        kept=tuple(
            group
            for group in (kept.groups[basis] if kept else ())
            if EVERY_OFFICE in offices or group.office_id in offices
        ),
        now=now,
        open_visits=sum(group.figures.waiting + group.figures.arrived for group in now),
    )


async def _cells(
    store: Store, month: date, basis: Basis, offices: Iterable[str]
) -> tuple[FigureGroup, ...]:
    asked = FigureQuery(first=month, last=last_day(month), basis=basis)
    return (await report(store, asked, offices)).cells


def last_day(month: date) -> date:
    """Of the month that begins on this day."""
    return month.replace(day=monthrange(month.year, month.month)[1])


class _Order:
    """The city's order of offices and procedures; one whose name has not come in stands last."""

    def __init__(self, offices: Sequence[CountedName], procedures: Sequence[CountedName]) -> None:
        self._named = {"office_id": offices, "procedure_id": procedures}
        self._places = {
            kind: {one.id: place for place, one in enumerate(names)}
            for kind, names in self._named.items()
        }

    def __call__(self, group: FigureGroup) -> tuple[object, ...]:
        numbers = (group.hour, group.window, group.lead)
        return (
            *self._place("office_id", group.office_id),
            *self._place("procedure_id", group.procedure_id),
            group.period.toordinal() if group.period else 0,
            *(-1 if number is None else number for number in numbers),
            ("web", "phone", "counter").index(group.channel) if group.channel else 0,
        )

    def _place(self, kind: str, found: str | None) -> tuple[int, str]:
        return (self._places[kind].get(found or "", len(self._places[kind])), found or "")

    def named(self, kind: str, groups: Iterable[FigureGroup]) -> tuple[CountedName, ...]:
        """Those that are counted, in order; without a name the id stands for it."""
        names = {one.id: one for one in self._named[kind]}
        counted = [getattr(group, kind) for group in sorted(groups, key=self)]
        return tuple(names.get(each, CountedName(id=each, name=each)) for each in counted)
