"""What a change would do: worked out from what stands, to be shown or carried out."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

from libs.contracts.booking import (
    Proposed,
    SchedulePlan,
    ScheduleStep,
)
from libs.contracts.times import day_of
from libs.rules.closures import NO_STOPS, Stops
from libs.rules.masks import moment_of
from libs.rules.timetable import Timetable
from services.booking.domain.schedules.impact import (
    Impact,
    Standing,
    impact_of,
    touched_days,
)
from services.booking.domain.schedules.layout import Layout
from services.booking.domain.schedules.plans import OfficeDraft, plan_of_office
from services.booking.domain.schedules.proposals import Free, propose
from services.booking.domain.schedules.steps import Tables
from services.booking.store import Store
from services.booking.store.schedules import Span
from services.booking.store.timetables import Run, runs_on

PLANNED_DAYS = 366


@dataclass(frozen=True)
class ScheduleDraft:
    """A change, not yet made. `tables` are those of all offices afterwards."""

    now: datetime
    tables: Tables
    offices: Sequence[OfficeDraft]
    laid_out_until: date

    @property
    def stops(self) -> Stops:
        """The same at all offices."""
        return next((table.stops for table in self.tables.values()), NO_STOPS)

    @property
    def first_day(self) -> date:
        return min(
            (office.days[0] for office in self.offices if office.days), default=day_of(self.now)
        )

    @property
    def last_day(self) -> date:
        return max(
            (office.days[-1] for office in self.offices if office.days), default=day_of(self.now)
        )

    @property
    def affected(self) -> list[Standing]:
        several = [b for office in self.offices for b in office.impact.affected]
        return sorted(several, key=lambda b: (b.starts_at, b.office_id, b.window_id))


async def drafted(
    store: Store, before: Tables, after: Tables, offices: Sequence[str], lock: bool = False
) -> ScheduleDraft:
    """Work out the change of `offices`; with `lock`, nobody can do anything about it meanwhile.
    Whoever does so just now is not waited for long: then this transaction gives way."""
    now = await store.now()
    today, laid = day_of(now), await store.timetables.opened_until() or day_of(now)
    last = today + timedelta(days=PLANNED_DAYS)
    days = {
        office_id: touched_days(before[office_id], after[office_id], today, last)
        for office_id in offices
    }
    if lock:
        await store.schedules.lock_closing(span_of(days, laid), _runs(after, days, laid))
    tied = await store.catalog.tied_procedures()
    drafts = [
        await _office(store, before[office_id], after[office_id], days[office_id], tied, lock)
        for office_id in sorted(offices)
    ]
    return ScheduleDraft(now, after, drafts, laid)


def runs_of_draft(draft: ScheduleDraft) -> tuple[Span, list[Run]]:
    """The days of a draft that are laid out, and what is open on them afterwards."""
    days = {office.office_id: office.days for office in draft.offices}
    return span_of(days, draft.laid_out_until), _runs(draft.tables, days, draft.laid_out_until)


def span_of(days: Mapping[str, Sequence[date]], laid_out_until: date) -> Span:
    """The laid-out days of the offices. Where offices differ, the days of all are looked at."""
    every = sorted({day for several in days.values() for day in several if day <= laid_out_until})
    if not every:
        every = [laid_out_until + timedelta(days=1)]
    begin, end = moment_of(every[0], 0), moment_of(every[-1] + timedelta(days=1), 0)
    return Span(sorted(days), every, begin, end)


async def free_places(store: Store, draft: ScheduleDraft) -> Free:
    """What is free at all offices after the change, until the last day that is laid out."""
    layouts = {office_id: Layout(table) for office_id, table in draft.tables.items()}
    end = moment_of(draft.laid_out_until + timedelta(days=1), 0)
    taken = await store.cells.taken(layouts, draft.now, end)
    free = Free(layouts, taken, draft.now, draft.laid_out_until)
    for other in await store.schedules.other_children(draft.affected):
        free.keep(other, other.starts_at)
    return free


async def plan_of(
    store: Store, draft: ScheduleDraft, steps: Sequence[ScheduleStep]
) -> SchedulePlan:
    """The draft as it is shown."""
    affected = draft.affected
    free = await free_places(store, draft) if affected else None
    places = propose(free, affected) if free else []
    proposed = {
        b.booking_id: Proposed(office_id=place.office_id, starts_at=place.starts_at)
        for b, place in zip(affected, places, strict=True)
        if place
    }
    return SchedulePlan(
        seen=seen(draft, steps),
        offices=tuple(plan_of_office(office, proposed) for office in draft.offices),
        first_day=draft.first_day,
        last_day=draft.last_day,
    )


def seen(draft: ScheduleDraft, steps: Sequence[ScheduleStep]) -> str:
    """A digest of what is asked for, from which timetables, and of what it does to whom."""
    parts = [
        [step.model_dump(mode="json") for step in steps],
        [str(draft.first_day), str(draft.last_day)],
        [
            [
                _as_json(office.before.table),
                office.minutes,
                [[str(b.booking_id), b.version] for b in office.impact.affected],
                [[str(b.booking_id), b.version] for b in office.impact.crowded],
            ]
            for office in draft.offices
        ],
    ]
    return sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _as_json(table: Timetable) -> list[object]:
    days = (known[day] for known in (table.special, table.stops) for day in sorted(known))
    several = (*table.series.values(), *days)
    return [table.office_id, *(one.model_dump(mode="json") for one in several)]


def _runs(after: Tables, days: Mapping[str, Sequence[date]], laid_out_until: date) -> list[Run]:
    """Of each day that changes somewhere, at all these offices."""
    every = span_of(days, laid_out_until).days
    layouts = [Layout(after[one]) for one in days]
    return [
        run
        for layout in layouts
        for day in every
        if day <= laid_out_until
        for run in runs_on(layout.table.office_id, day, layout.day(day))
    ]


async def _office(
    store: Store, before: Timetable, after: Timetable, days: Sequence[date], tied: list[str],
    lock: bool,
) -> OfficeDraft:  # fmt: skip
    old, new = Layout(before), Layout(after)
    if not days:
        return OfficeDraft(old, new, days, (), Impact())
    begin, end = moment_of(days[0], 0), moment_of(days[-1] + timedelta(days=1), 0)
    touched = set(days)
    every = await store.schedules.standing(after.office_id, begin, end, tied, lock)
    standing = [visit for visit in every if visit.day in touched]
    taken = await store.cells.taken([after.office_id], begin, end) if standing else {}
    by_day = {day: windows for (_, day), windows in taken.items()}
    return OfficeDraft(old, new, days, standing, impact_of(old, new, standing, by_day))
