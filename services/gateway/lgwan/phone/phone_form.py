"""People on the phone or at the counter: the form, the times held for it, and what came of it."""

from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import datetime

from libs.contracts.booking import Hold, StaffBooking
from services.gateway.lgwan.counter import sentences as say
from services.gateway.lgwan.counter.entry import MOST_PEOPLE, Entry, prefix_of
from services.gateway.lgwan.counter.person import TypedPerson, missing_of
from services.gateway.lgwan.door.context import CatalogIndex, Services
from services.gateway.web.link import Actor, Refused, Unreachable
from services.gateway.web.reading import Errors
from services.gateway.web.rules import VisitRules

from .clash import Clash, clash_of
from .modes import Mode
from .wishes import booking_of, hold_of, is_wanted, key_of

CONFLICT, WRONG = 409, 422
OVERBOOK = "bookings.overbook"
_BEFORE_A_TIME = ("procedure", "office")
"""What has to be there, of everybody, before a time can be taken."""


@dataclass
class PhoneForm:
    """One request about one form; `key` makes sending it twice harmless.

    `offices` are those that the member of staff serves. `notes` tell what was done besides what was
    asked. `taken` is the time that could not be had; `is_full`: only over capacity. `tickets` are
    eligibility's, by person. `took`: a time was taken, `added` and `removed`: somebody was, by this
    request.
    """

    mode: Mode
    key: str
    actor: Actor
    services: Services
    catalog: CatalogIndex
    offices: dict[str, str]
    entry: Entry
    errors: Errors = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    hold: Hold | None = None
    tickets: dict[int, str] = field(default_factory=dict)
    taken: datetime | None = None
    is_full: bool = False
    clash: Clash | None = None
    status: int = 200
    took: bool = False
    added: bool = False
    removed: bool = False

    @property
    def rules(self) -> tuple[VisitRules, ...]:
        """Those of each person."""
        known = self.catalog.procedures
        return tuple(VisitRules(tuple(known[one] for one in wish)) for wish in self.entry.wishes)

    @property
    def limit(self) -> int:
        """How many people may come at once, by what was chosen so far."""
        chosen = [procedure for rules in self.rules for procedure in rules.procedures]
        return min((procedure.party_limit for procedure in chosen), default=MOST_PEOPLE)

    @property
    def missing(self) -> Errors:
        """What a booking still needs, by field."""
        entry, lacking = self.entry, {}
        for person, (who, rules) in enumerate(zip(entry.people, self.rules, strict=True)):
            for name, sentence in missing_of(who, rules).items():
                lacking[prefix_of(person) + name] = sentence
        if not entry.office_id:
            lacking["office"] = say.NO_OFFICE
        return lacking

    @property
    def may_add(self) -> bool:
        return len(self.entry.people) < self.limit

    def add(self) -> None:
        """One person more, for what the first one comes for, if as many may come."""
        entry, more = self.entry, TypedPerson(procedure_ids=self.entry.wishes[0])
        if self.may_add:
            self.entry, self.added = entry.change(people=(*entry.people, more)), True

    def check_size(self) -> None:
        if len(self.entry.people) > self.limit:
            self.errors["people"] = say.too_many(self.limit)

    async def keep(self) -> None:
        """Hold on to the form's times; for other people, procedures or another office they are
        taken anew."""
        start = self.entry.held
        if start is None:
            return
        kept = await self._ask(self.services.phone.keep(self.actor, self.entry.form))
        if isinstance(kept, Hold) and is_wanted(self.entry, kept):
            self.hold = kept
        elif kept is not None:
            await self._take_anew(start, kept if isinstance(kept, Hold) else None)

    async def _take_anew(self, start: datetime, before: Hold | None) -> None:
        """The same time for the form as it is now; at the counter, where nobody chose one, the next
        there is."""
        was_held = before is not None
        at_once = before is not None and before.is_extra and OVERBOOK in self.actor.rights
        asked = None if self.mode.is_counter else start
        extra = self.mode.is_counter and at_once
        again = await self._hold(asked, extra=extra) if self.can_hold else None
        if isinstance(again, Hold):
            self._holds(again)
            same = say.MOVED if was_held else say.AGAIN
            self.notes.append(same if again.starts_at == start else say.ANOTHER)
        elif again is not None or not self.can_hold:
            await self.give_back()
            self.errors["when"] = self._gone(again, was_held)
            self.taken = start

    def _gone(self, refused: Refused | None, was_held: bool) -> str:
        """Why the time that was held is held no more."""
        if not was_held:
            return say.EXPIRED
        self.is_full = refused is not None and refused.slug == "slot-full"
        size = len(self.entry.people)
        return say.no_room_for(size) if self.is_full and size > 1 else say.DROPPED

    async def take(self, start: datetime | None, *, extra: bool = False) -> None:
        """Take this time for all, or for people at the counter the next there is; a time that was
        held before stays where this one cannot be had."""
        needed = {name: text for name, text in self.missing.items() if _is_before_a_time(name)}
        if start is None and not self.mode.is_counter:
            needed["when"] = say.NO_TIME
        if needed or not self.can_hold:
            self.errors, self.status = self.errors | needed, WRONG
            return
        found = await self._hold(start, extra=extra)
        if isinstance(found, Hold):
            self._holds(found)
            self.took = True
            return
        if isinstance(found, Refused):
            self._not_taken(found, start)
        await self.keep()

    def _not_taken(self, refused: Refused, start: datetime | None) -> None:
        self.taken = start
        if refused.slug == "slot-full":
            self.errors["when"] = say.TAKEN
            self.is_full, self.status = True, CONFLICT
        else:
            self.refuse(refused)

    async def give_back(self) -> None:
        try:
            await self.services.phone.drop(self.actor, self.entry.form)
        except Unreachable:
            self.errors["when"] = say.AWAY
        else:
            self.hold, self.entry = None, self.entry.change(held=None)

    async def book(self) -> StaffBooking | None:
        """The booking of the first person; None where something is missing or was refused for
        anybody, which is then said."""
        self.errors = self.missing | self.errors
        if self.hold is None:
            self.errors.setdefault("when", say.NO_TIME)
        if self.errors or self.hold is None:
            self.status = max(self.status, WRONG)
            return None
        try:
            wish = booking_of(self.entry, self.rules, self._tickets, self.hold, self.mode.channel)
            return await self.services.phone.book(self.actor, key_of(self.key, wish), wish)
        except Refused as refused:
            self.refuse(refused)
        except Unreachable:
            self.errors["when"] = say.AWAY
        return None

    def refuse(self, refused: Refused, person: int = 0) -> None:
        """Say what an owner refused, at its field, of the person whom it is about. Raises what no
        page expects."""
        self.status = CONFLICT if refused.status == CONFLICT else WRONG
        person = refused.facts.get("person", person)
        if refused.slug in say.CLASH:
            self.clash = clash_of(refused, person, self.entry, self.rules[person])
            self.errors[self.clash.field] = self.clash.sentence
            return
        if refused.slug not in say.REFUSALS:
            raise refused
        name, sentence = say.REFUSALS[refused.slug]
        if person and refused.slug == "card-elsewhere":
            name = "card"
        prefix = prefix_of(person) if name in say.OF_A_PERSON else ""
        self.errors[prefix + name] = sentence

    @property
    def _tickets(self) -> list[str | None]:
        return [self.tickets.get(person) for person in range(len(self.entry.people))]

    @property
    def can_hold(self) -> bool:
        """Whether it is known what for and where, of everybody, and they are not too many."""
        return "people" not in self.errors and not any(map(_is_before_a_time, self.missing))

    async def _hold(self, start: datetime | None, extra: bool = False) -> Hold | Refused | None:
        counter, wish = self.services.phone, hold_of(self.entry, self._tickets, start)
        take = counter.hold_extra if extra else counter.hold
        return await self._ask(take(self.actor, key_of(self.key, wish), wish))

    async def _ask(self, asking: Awaitable[Hold]) -> Hold | Refused | None:
        """None while booking is away, which is then said."""
        try:
            return await asking
        except Refused as refused:
            return refused
        except Unreachable:
            self.errors["when"] = say.AWAY
            return None

    def _holds(self, hold: Hold) -> None:
        self.hold, self.entry = hold, self.entry.change(held=hold.starts_at)


def _is_before_a_time(name: str) -> bool:
    return name.rpartition("-")[2] in _BEFORE_A_TIME
