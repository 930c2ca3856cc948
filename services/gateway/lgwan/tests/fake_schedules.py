"""The times of offices in memory: the week, dry runs, changes and what they displace."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from libs.contracts.booking import (
    Affected,
    AppliedChange,
    AppliedChangeList,
    CallNote,
    Closure,
    Competing,
    Displaced,
    DisplacedAnswer,
    DisplacedCall,
    DisplacedList,
    Fault,
    NationalStopList,
    OfficePlan,
    PeopleToCall,
    PersonToCall,
    Proposal,
    Proposed,
    PutSeries,
    ScheduleApply,
    ScheduleChange,
    ScheduleDay,
    SchedulePlan,
    ScheduleStep,
    ScheduleWeek,
    Series,
    SlotLoad,
    StaffBooking,
    counter_offices,
)
from libs.contracts.times import JST
from libs.rules.series import is_open_on, is_wanted
from services.gateway.web.clients import Answer
from services.gateway.web.link import Actor, Refused
from services.gateway.web.times import now

from .fake_outages import FakeOutages, serves
from .schedule_impact import displaced, excess, loses, offices_of, opened
from .schedule_rules import (
    Setup,
    Setups,
    apply_step,
    competing_in,
    faults_of,
    open_cells,
    places_of,
)

GRID = 30
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
    ) -> None:
        self.setups: Setups = {}
        self.closures = closures
        self.bookings = bookings
        self.shown = shown
        self.applied: list[AppliedChange] = []
        self.before: dict[UUID, Setups] = {}
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
        setup = self.setups.setdefault(office_id, Setup())
        setup.series.update({one.series_id: one for one in series})
        self._show(office_id)

    async def week(self, actor: Actor, office_id: str, week: date) -> ScheduleWeek:
        self._check(actor, "bookings.read", (office_id,))
        setup = self.setups.get(office_id, Setup())
        days = [week + timedelta(days=n) for n in range(7)]
        touching = [
            s for s in setup.series.values() if s.valid_from <= days[6] and s.valid_until >= week
        ]
        return ScheduleWeek(
            office_id=office_id,
            week=week,
            grid_minutes=GRID,
            series=tuple(touching),
            days=tuple(self._day(office_id, setup, day) for day in days),
        )

    async def stops(self, actor: Actor) -> NationalStopList:
        self._check(actor, "settings.edit", ())
        known = {day: stop for setup in self.setups.values() for day, stop in setup.stops.items()}
        return NationalStopList(stops=tuple(known[day] for day in sorted(known)))

    async def plan(self, actor: Actor, change: ScheduleChange) -> SchedulePlan:
        return self._plan(actor, change, self._after(actor, change.steps))

    async def apply(self, actor: Actor, key: str, request: ScheduleApply) -> AppliedChange:
        self.bookings.update({booking.booking_id: booking for booking in self.moved})
        self.moved = []
        after = self._after(actor, request.change.steps)
        plan = self._plan(actor, request.change, after)
        if plan.seen != request.seen:
            raise Refused(409, "plan-changed", {"plan": plan.model_dump(mode="json")})
        change_id, created = uuid4(), self._created(request.change.steps)
        self.before[change_id] = {office: setup.copy() for office, setup in self.setups.items()}
        self._take(after)
        self.calls.append(("apply", actor.name, key))
        self.mailed.append(request.mail)
        affected = [one for office in plan.offices for one in office.affected]
        for one in affected:
            self.rows[one.booking_id] = displaced(one, change_id, request.mail)
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

    def _after(self, actor: Actor, steps: tuple[ScheduleStep, ...]) -> Setups:
        """How all offices would stand. Raises what booking refuses."""
        after = {office: setup.copy() for office, setup in self.setups.items()}
        touched = [office for step in steps for office in offices_of(step, self.setups)]
        self._check(actor, "schedules.edit", touched)
        found = [fault for n, step in enumerate(steps) for fault in faults_of(n, step)]
        if wrong := [*found, *self.faults]:
            facts = {"faults": [fault.model_dump(mode="json") for fault in wrong]}
            raise Refused(422, "bad-schedule", facts)
        for step in steps:
            for office in offices_of(step, self.setups):
                after.setdefault(office, Setup())
            apply_step(step, after)
        return after

    def _take(self, after: Setups) -> None:
        for office in {*self.setups, *after}:
            self.setups[office] = after.get(office, Setup())
            self._show(office)

    def _show(self, office_id: str) -> None:
        self.shown[office_id] = tuple(self.setups[office_id].series.values())

    def _created(self, steps: tuple[ScheduleStep, ...]) -> tuple[str, ...]:
        put = [step for step in steps if isinstance(step, PutSeries)]
        known = {key for setup in self.setups.values() for key in setup.series}
        return tuple(s.series.series_id for s in put if s.series.series_id not in known)

    def _plan(self, actor: Actor, change: ScheduleChange, after: Setups) -> SchedulePlan:
        today = now().date()
        offices = list(
            dict.fromkeys(o for step in change.steps for o in offices_of(step, self.setups))
        )
        plans = tuple(self._office(office, after[office], change.steps) for office in offices)
        told = [plan.model_dump_json() for plan in plans]
        return SchedulePlan(
            seen=sha256("".join(told).encode()).hexdigest(),
            offices=plans,
            first_day=today,
            last_day=today + timedelta(days=LOOKED_AT),
        )

    def _office(self, office_id: str, after: Setup, steps: tuple[ScheduleStep, ...]) -> OfficePlan:
        before = self.setups.get(office_id, Setup())
        days = [now().date() + timedelta(days=n) for n in range(LOOKED_AT + 1)]
        old = {day: self._cells(before, day) for day in days}
        new = {day: self._cells(after, day) for day in days}
        put = [
            s.series.series_id
            for s in steps
            if isinstance(s, PutSeries) and s.office_id == office_id
        ]
        counted = [after.series[one] for one in put] or list(after.series.values())
        a_day = [sum(places_of(s) for s in counted if self._holds(s, after, d)) for d in days]
        standing = [
            b
            for b in self.bookings.values()
            if b.office_id == office_id and b.status == "confirmed"
        ]
        affected = [self._affected(b) for b in standing if loses(b, old, new)]
        return OfficePlan(
            office_id=office_id,
            places_a_day=max(a_day, default=0),
            places=sum(a_day),
            added=sum(5 * len(new[day] - old[day]) for day in days),
            removed=sum(5 * len(old[day] - new[day]) for day in days),
            affected=tuple(sorted(affected, key=lambda one: (one.starts_at, one.number))),
            excess=tuple(excess(office_id, standing, old, new)),
            competing=tuple(
                Competing(office_id=office_id, series_ids=ids, windows=windows)
                for ids, windows in competing_in(after.series.values())
            ),
        )

    def _affected(self, booking: StaffBooking) -> Affected:
        starts = booking.starts_at + timedelta(days=1)
        return Affected(
            booking_id=booking.booking_id,
            number=booking.number,
            office_id=booking.office_id,
            procedure_id=booking.procedure_id,
            starts_at=booking.starts_at,
            minutes=booking.minutes,
            has_email=booking.has_email,
            proposed=Proposed(office_id=booking.office_id, starts_at=starts),
        )

    def _cells(self, setup: Setup, day: date) -> set[tuple[int, int]]:
        special = setup.special.get(day)
        found: set[tuple[int, int]] = set()
        for series in setup.series.values():
            if self._holds(series, setup, day):
                windows = (*series.windows, *series.staff_windows)
                found |= open_cells(series, special, windows)
        return found

    def _holds(self, series: Series, setup: Setup, day: date) -> bool:
        special = setup.special.get(day)
        shut = not all(is_open_on(series, c) for c in self.closures if c.day == day)
        stop = setup.stops.get(day)
        shut = shut or bool(stop and stop.kind == "closed" and not series.on_stops)
        return is_wanted(series, day) and not shut and (special is None or special.kind != "closed")

    def _day(self, office_id: str, setup: Setup, day: date) -> ScheduleDay:
        special = setup.special.get(day)
        held = [s for s in setup.series.values() if self._holds(s, setup, day)]
        wanted = [s for s in setup.series.values() if is_wanted(s, day)]
        closed = [closure.reason for closure in self.closures if closure.day == day]
        why = (special.reason or "休み") if special and special.kind == "closed" else ""
        loads = []
        for minute in range(0, 24 * 60, GRID):
            open_to = [
                {w for w, m in opened(held, special, staff) if m == minute}
                for staff in (False, True)
            ]
            at = datetime.combine(day, time(minute // 60, minute % 60), JST)
            taken = sum(
                b.office_id == office_id
                and b.status in ("confirmed", "arrived")
                and b.starts_at <= at < b.starts_at + timedelta(minutes=b.minutes)
                for b in self.bookings.values()
            )
            if any(open_to) or taken:
                staff_only = open_to[1] - open_to[0]
                loads.append(
                    SlotLoad(
                        starts_at=at, public=len(open_to[0]), staff=len(staff_only), taken=taken
                    )
                )
        return ScheduleDay(
            day=day,
            closed_for=(why or next(iter(closed), "")) if wanted and not held else "",
            special=special,
            series_ids=tuple(s.series_id for s in held),
            loads=tuple(loads),
        )
