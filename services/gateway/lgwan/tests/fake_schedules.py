"""The times of offices in memory: booking's own rules over the bookings of a fake."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from libs.contracts.booking import (
    Affected,
    AppliedChange,
    AppliedChangeList,
    CallNote,
    Closure,
    Displaced,
    DisplacedAnswer,
    DisplacedCall,
    DisplacedList,
    Fault,
    NationalStop,
    NationalStopList,
    PeopleToCall,
    PersonToCall,
    Procedure,
    Proposal,
    Proposed,
    PutSeries,
    ScheduleApply,
    ScheduleChange,
    SchedulePlan,
    ScheduleStep,
    ScheduleWeek,
    Series,
    StaffBooking,
    counter_offices,
)
from libs.contracts.times import day_of
from libs.rules.masks import Windows
from libs.rules.timetable import Timetable
from services.booking.domain.problems import BadSchedule
from services.booking.domain.schedules.faults import after_steps
from services.booking.domain.schedules.impact import Standing, impact_of, mask_of, touched_days
from services.booking.domain.schedules.layout import Layout
from services.booking.domain.schedules.plans import OfficeDraft, plan_of_office
from services.booking.domain.schedules.proposals import Free, propose
from services.booking.domain.schedules.steps import Tables, offices_of
from services.booking.domain.schedules.weeks import week_of_table
from services.gateway.web.clients import Answer
from services.gateway.web.link import Actor, Refused
from services.gateway.web.times import now

from .fake_outages import FakeOutages, serves

LOOKED_AT = 92
"""Days from today that a plan is about."""


class FakeSchedules(FakeOutages):
    """`setups` by office; the other three belong to FakeBooking: `shown` are the catalog's series.

    `moved` are bookings that come in between a plan and its application.
    """

    def __init__(
        self,
        bookings: dict[UUID, StaffBooking],
        shown: dict[str, tuple[Series, ...]],
        closures: list[Closure],
        procedures: Iterable[Procedure],
    ) -> None:
        self.procedures = {one.procedure_id: one for one in procedures}
        self.setups: dict[str, Timetable] = {}
        self.closures = closures
        self.bookings = bookings
        self.shown = shown
        self.applied: list[AppliedChange] = []
        self.before: dict[UUID, Tables] = {}
        self.rows: dict[UUID, Displaced] = {}
        self.people: dict[UUID, PersonToCall] = {}
        self.kept_outages = []
        self.calls: list[tuple[str, str, str]] = []
        self.mailed: list[bool] = []
        self.cannot_undo = ""
        self.moved: list[StaffBooking] = []
        self.refusal: Refused | None = None
        self.faults: tuple[Fault, ...] = ()
        """What is wrong with any change by now, because something else has changed."""

    def put(self, office_id: str, *series: Series) -> None:
        table = self.setups.get(office_id, Timetable(office_id))
        several = {**table.series, **{one.series_id: one for one in series}}
        several = {series_id: several[series_id] for series_id in sorted(several)}
        self._take({office_id: replace(table, series=several)})

    def stop(self, known: NationalStop) -> None:
        """At all offices, without a change."""
        for office_id, table in self.setups.items():
            self.setups[office_id] = replace(table, stops={**table.stops, known.day: known})

    async def week(self, actor: Actor, office_id: str, week: date) -> ScheduleWeek:
        self._check(actor, "bookings.read", (office_id,))
        layout, taken = self._layout(self.setups, office_id), self._taken(office_id)
        return week_of_table(layout.table, week, taken)

    async def stops(self, actor: Actor) -> NationalStopList:
        self._check(actor, "settings.edit", ())
        known = {day: stop for setup in self.setups.values() for day, stop in setup.stops.items()}
        return NationalStopList(stops=tuple(known[day] for day in sorted(known)))

    async def plan(self, actor: Actor, change: ScheduleChange) -> SchedulePlan:
        return self._plan(change, self._after(actor, change.steps))

    async def apply(self, actor: Actor, key: str, request: ScheduleApply) -> AppliedChange:
        self.bookings.update({booking.booking_id: booking for booking in self.moved})
        self.moved = []
        after = self._after(actor, request.change.steps)
        plan = self._plan(request.change, after)
        if plan.seen != request.seen:
            raise Refused(409, "plan-changed", {"plan": plan.model_dump(mode="json")})
        change_id, created = uuid4(), self._created(request.change.steps)
        self.before[change_id] = dict(self.setups)
        self._take(after)
        self.calls.append(("apply", actor.name, key))
        self.mailed.append(request.mail)
        affected = [one for office in plan.offices for one in office.affected]
        for one in affected:
            self.rows[one.booking_id] = _displaced(one, change_id, request.mail)
        self.applied.insert(
            0,
            AppliedChange(
                change_id=change_id,
                at=now(),
                actor=actor.name,
                steps=request.change.steps,
                created=created,
                office_ids=tuple(office.office_id for office in plan.offices),
                added=sum(office.added for office in plan.offices),
                removed=sum(office.removed for office in plan.offices),
                affected=len(affected),
                waiting=len(affected),
                can_undo=not self.cannot_undo,
            ),
        )
        return self.applied[0]

    async def changes(self, actor: Actor, office_id: str) -> AppliedChangeList:
        self._check(actor, "bookings.read", (office_id,) if office_id else ())
        mine = [c for c in self.applied if not office_id or office_id in c.office_ids]
        seen = [c for c in mine if all(serves(actor, office) for office in c.office_ids)]
        return AppliedChangeList(changes=tuple(seen))

    async def undo(self, actor: Actor, key: str, change_id: UUID) -> AppliedChange:
        found = [c for c in self.applied if c.change_id == change_id]
        if not found:
            raise Refused(404, "not-found", {})
        self._check(actor, "schedules.edit", found[0].office_ids)
        if self.cannot_undo or found[0].undone_at:
            raise Refused(409, "cannot-undo", {"why": self.cannot_undo or "undone"})
        self._take(self.before[change_id])
        self.calls.append(("undo", actor.name, key))
        undone = found[0].model_copy(
            update={"undone_at": now(), "undone_by": actor.name, "can_undo": False, "waiting": 0}
        )
        self.applied[self.applied.index(found[0])] = undone
        return undone

    async def displaced(self, actor: Actor, query: Mapping[str, str]) -> DisplacedList:
        asked = {"office": "office_id", "change": "change_id", "state": "state"}
        found = [
            row
            for row in self.rows.values()
            if {"*", row.office_id} & counter_offices(actor)
            and all(str(getattr(row, asked[name])) == value for name, value in query.items())
        ]
        return DisplacedList(displaced=tuple(sorted(found, key=lambda row: row.starts_at)))

    async def call(
        self, actor: Actor, key: str, booking_id: UUID, request: DisplacedCall
    ) -> Displaced:
        row = self._row(actor, booking_id)
        self.calls.append((f"call.{request.result}", actor.name, key))
        update = {"called": request.result, "called_at": now(), "called_by": actor.name}
        return self._keep(row.model_copy(update=update))

    async def people_to_call(self, actor: Actor, query: Mapping[str, str]) -> PeopleToCall:
        found = [
            person
            for person in self.people.values()
            if {"*", person.office_id} & counter_offices(actor)
            and query.get("office", person.office_id) == person.office_id
            and (query.get("all") or person.called != "done")
        ]
        return PeopleToCall(people=tuple(found), total=len(found))

    async def note_call(
        self, actor: Actor, key: str, booking_id: UUID, note: CallNote
    ) -> PersonToCall:
        person = self.people.get(booking_id)
        if person is None or not {"*", person.office_id} & counter_offices(actor):
            raise Refused(404, "not-found", {})
        self.calls.append((f"person.{note.result}", actor.name, key))
        update = {"called": note.result, "called_at": now(), "called_by": actor.name}
        self.people[booking_id] = person.model_copy(update=update)
        return self.people[booking_id]

    async def answer(
        self, actor: Actor, key: str, booking_id: UUID, answer: Answer, request: DisplacedAnswer
    ) -> Displaced:
        row = self._row(actor, booking_id)
        if self.refusal:
            raise self.refusal
        if row.state != "open":
            raise Refused(409, "not-active", {})
        if row.version != request.version:
            raise Refused(409, "version-conflict", {})
        self.calls.append((answer, actor.name, key))
        states: dict[Answer, Proposal] = {"accept": "accepted", "keep": "kept"}
        return self._keep(row.model_copy(update={"state": states[answer]}))

    def _row(self, actor: Actor, booking_id: UUID) -> Displaced:
        row = self.rows.get(booking_id)
        if row is None or not {"*", row.office_id} & counter_offices(actor):
            raise Refused(404, "not-found", {})
        if "bookings.change" not in actor.rights:
            raise Refused(403, "not-allowed", {})
        return row

    def _keep(self, row: Displaced) -> Displaced:
        self.rows[row.booking_id] = row
        return row

    def _after(self, actor: Actor, steps: tuple[ScheduleStep, ...]) -> Tables:
        """How all offices would stand. Raises what booking refuses."""
        self._check(actor, "schedules.edit", offices_of(steps, self.setups))
        if self.faults:
            facts = {"faults": [fault.model_dump(mode="json") for fault in self.faults]}
            raise Refused(422, "bad-schedule", facts)
        every = {office: Timetable(office) for office in offices_of(steps, self.setups)}
        try:
            return after_steps({**every, **self.setups}, steps, self.procedures, now().date())
        except BadSchedule as bad:
            raise Refused(422, bad.slug, bad.facts) from None

    def _take(self, after: Tables) -> None:
        for office_id, table in after.items():
            self.setups[office_id] = table
            self.shown[office_id] = tuple(table.series.values())

    def _created(self, steps: tuple[ScheduleStep, ...]) -> tuple[str, ...]:
        put = [step for step in steps if isinstance(step, PutSeries)]
        known = {key for setup in self.setups.values() for key in setup.series}
        return tuple(s.series.series_id for s in put if s.series.series_id not in known)

    def _plan(self, change: ScheduleChange, after: Tables) -> SchedulePlan:
        offices = [self._office(one, after) for one in sorted(offices_of(change.steps, after))]
        affected = sorted(
            (one for office in offices for one in office.impact.affected),
            key=lambda one: (one.starts_at, one.number),
        )
        plans = tuple(plan_of_office(one, self._proposed(after, affected)) for one in offices)
        days = [day for office in offices for day in office.days] or [now().date()]
        return SchedulePlan(
            seen=sha256("".join(plan.model_dump_json() for plan in plans).encode()).hexdigest(),
            offices=plans,
            first_day=min(days),
            last_day=max(days),
        )

    def _office(self, office_id: str, after: Tables) -> OfficeDraft:
        old, new = self._layout(self.setups, office_id), self._layout(after, office_id)
        today = now().date()
        days = touched_days(old.table, new.table, today, today + timedelta(days=LOOKED_AT))
        standing = [
            _standing(one)
            for one in self.bookings.values()
            if one.office_id == office_id and one.status == "confirmed"
        ]
        there = [one for one in standing if one.day in days]
        impact = impact_of(old, new, there, self._taken(office_id))
        return OfficeDraft(old, new, days, there, impact)

    def _proposed(self, after: Tables, affected: Sequence[Standing]) -> dict[UUID, Proposed]:
        taken = {
            (office_id, day): windows
            for office_id in after
            for day, windows in self._taken(office_id).items()
        }
        layouts = {office_id: self._layout(after, office_id) for office_id in after}
        free = Free(layouts, taken, now(), now().date() + timedelta(days=LOOKED_AT))
        places = zip(affected, propose(free, affected), strict=True)
        return {
            one.booking_id: Proposed(office_id=place.office_id, starts_at=place.starts_at)
            for one, place in places
            if place
        }

    def _layout(self, tables: Tables, office_id: str) -> Layout:
        """With the closed days of the catalog, as if they were of the national system."""
        table = tables.get(office_id, Timetable(office_id))
        closed = {
            one.day: NationalStop(day=one.day, kind="closed", reason=one.reason)
            for one in self.closures
        }
        return Layout(replace(table, stops={**closed, **table.stops}))

    def _taken(self, office_id: str) -> dict[date, Windows]:
        found: dict[date, Windows] = {}
        for one in self.bookings.values():
            if one.office_id == office_id and one.status in ("confirmed", "arrived"):
                cells = mask_of(one.starts_at, one.minutes)
                day = found.setdefault(day_of(one.starts_at), {})
                day[one.window_id] = day.get(one.window_id, 0) | cells
        return found


def _standing(one: StaffBooking) -> Standing:
    return Standing(
        one.booking_id, one.version, one.number, one.office_id, one.window_id, one.starts_at,
        one.minutes, (one.procedure_id, *one.also), one.has_email, one.procedure_id == "issuance",
    )  # fmt: skip


def _displaced(one: Affected, change_id: UUID, mail: bool) -> Displaced:
    held_until = now() + timedelta(days=7)
    proposed = one.proposed
    return Displaced(
        booking_id=one.booking_id,
        version=1,
        number=one.number,
        change_id=change_id,
        office_id=one.office_id,
        procedure_id=one.procedure_id,
        starts_at=one.starts_at,
        minutes=one.minutes,
        proposed=proposed and proposed.model_copy(update={"held_until": held_until}),
        state="open",
        has_email=one.has_email,
        mailed=one.has_email and mail,
        phone=None if one.has_email else "09012345678",
        kana=None if one.has_email else "オオイタ ハナコ",
        called=None,
        called_at=None,
        called_by=None,
    )
