"""Somebody on the phone or at the counter: the form, the time held for it, and what came of it."""

from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from libs.contracts.booking import CounterBooking, CounterHold, Hold, StaffBooking, StaffChannel
from libs.contracts.eligibility import Check
from services.gateway.lgwan.desk import Guide, Services
from services.gateway.web.link import Actor, Refused, Unreachable
from services.gateway.web.reading import Errors
from services.gateway.web.rules import VisitRules

from . import sentences as say
from .entry import Entry, missing

CONFLICT, WRONG = 409, 422


@dataclass(frozen=True)
class Mode:
    """By phone, or for somebody who is here: where the form goes, and how it books."""

    path: str
    title: str
    channel: StaffChannel

    @property
    def is_counter(self) -> bool:
        return self.channel == "counter"


PHONE = Mode("/phone", "電話予約", "phone")
WALK_IN = Mode("/walk-in", "窓口受付", "counter")


@dataclass
class Sitting:
    """One request about one form; `key` makes sending it twice harmless.

    `offices` are those that the member of staff serves. `notes` tell what was done besides what was
    asked. `taken` is the time that could not be had; `is_full`: only over capacity. `clash` says
    that somebody like this has a booking, `other` is it, where it may be shown; `may_differ`: staff
    may say that it is another person.
    """

    mode: Mode
    key: str
    actor: Actor
    services: Services
    guide: Guide
    offices: dict[str, str]
    entry: Entry
    errors: Errors = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    hold: Hold | None = None
    ticket: str | None = None
    card_office: str = ""
    taken: datetime | None = None
    is_full: bool = False
    clash: str = ""
    other: StaffBooking | None = None
    may_differ: bool = False
    status: int = 200

    @property
    def rules(self) -> VisitRules:
        return VisitRules(tuple(self.guide.procedures[one] for one in self.entry.procedure_ids))

    async def check_card(self) -> None:
        """Ask whose card it is as soon as number and date of birth are there."""
        entry = self.entry
        if entry.born is None or not (self.rules.needs_card and entry.is_complete_card):
            return
        try:
            reply = await self.services.eligibility.check(
                self.actor, Check(card_number=entry.card, born=entry.born)
            )
        except Unreachable:
            self.errors["card"] = say.CARD_AWAY
        except Refused as refused:
            self.refuse(refused)
        else:
            self.ticket, self.card_office = reply.ticket, self.guide.office(reply.office_id)
            self.notes.append(say.card_found(self.card_office))
            if self.rules.at_card_office and reply.office_id != entry.office_id:
                self._go_to_card(reply.office_id)

    def _go_to_card(self, office_id: str) -> None:
        """The office follows the card, as long as no time is held at another one."""
        if office_id not in self.offices:
            self.errors["office"] = say.not_yours(self.card_office)
        elif self.entry.held:
            self.errors["office"] = say.choose_again(self.card_office)
        else:
            self.entry = self.entry.change(office_id=office_id)

    async def keep(self) -> None:
        """Hold on to the form's time; for other procedures or another office it is taken anew."""
        start = self.entry.held
        if start is None:
            return
        kept = await self._ask(self.services.phone.keep(self.actor, self.entry.form))
        if isinstance(kept, Hold) and self._is_wanted(kept):
            self.hold = kept
        elif kept is not None:
            await self._take_anew(start, was_held=isinstance(kept, Hold))

    async def _take_anew(self, start: datetime, was_held: bool) -> None:
        again = await self._hold(start) if self._can_hold else None
        if isinstance(again, Hold):
            self._holds(again)
            self.notes.append(say.MOVED if was_held else say.AGAIN)
        elif again is not None or not self._can_hold:
            await self.give_back()
            self.errors["when"] = say.DROPPED if was_held else say.EXPIRED
            self.taken = start

    async def take(self, start: datetime | None, *, extra: bool = False) -> None:
        """Take this time, or for somebody at the counter the next there is; a time that was held
        before stays where this one cannot be had."""
        needed = missing(self.entry, self.rules)
        needed = {name: text for name, text in needed.items() if name in ("procedure", "office")}
        if start is None and not self.mode.is_counter:
            needed["when"] = say.NO_TIME
        if needed:
            self.errors, self.status = self.errors | needed, WRONG
            return
        found = await self._hold(start, extra=extra)
        if isinstance(found, Hold):
            self._holds(found)
            return
        if isinstance(found, Refused):
            self._not_taken(found, start)
        await self.keep()

    def _not_taken(self, refused: Refused, start: datetime | None) -> None:
        self.taken = start
        if refused.slug == "slot-full":
            self.errors["when"] = say.TAKEN if start else say.FULL_TODAY
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
        """The booking; None where something is missing or was refused, which is then said."""
        self.errors = missing(self.entry, self.rules) | self.errors
        if self.hold is None:
            self.errors.setdefault("when", say.NO_TIME)
        if self.errors or self.hold is None:
            self.status = max(self.status, WRONG)
            return None
        try:
            wish = self._request(self.hold)
            return await self.services.phone.book(self.actor, self._key_of(wish), wish)
        except Refused as refused:
            self.refuse(refused)
        except Unreachable:
            self.errors["when"] = say.AWAY
        return None

    def refuse(self, refused: Refused) -> None:
        """Say what an owner refused, at its field. Raises what no page expects."""
        self.status = CONFLICT if refused.status == CONFLICT else WRONG
        if refused.slug in say.CLASH:
            self._clash(refused)
            return
        if refused.slug not in say.REFUSALS:
            raise refused
        name, sentence = say.REFUSALS[refused.slug]
        self.errors[name] = sentence

    def _clash(self, refused: Refused) -> None:
        self.clash = say.CLASH[refused.slug]
        told = refused.facts.get("booking")
        self.other = StaffBooking.model_validate(told) if told else None
        self.may_differ = refused.slug == "like-another" or self.rules.asks_name
        self.errors["another" if self.may_differ else "clash"] = self.clash

    @property
    def _can_hold(self) -> bool:
        return bool(self.entry.procedure_ids and self.entry.office_id)

    async def _hold(self, start: datetime | None, extra: bool = False) -> Hold | Refused | None:
        counter, entry = self.services.phone, self.entry
        wish = CounterHold(
            form=entry.form,
            procedure_ids=entry.procedure_ids,
            office_id=entry.office_id,
            starts_at=start,
            ticket=self.ticket,
        )
        take = counter.hold_extra if extra else counter.hold
        return await self._ask(take(self.actor, self._key_of(wish), wish))

    async def _ask(self, asking: Awaitable[Hold]) -> Hold | Refused | None:
        """None while booking is away, which is then said."""
        try:
            return await asking
        except Refused as refused:
            return refused
        except Unreachable:
            self.errors["when"] = say.AWAY
            return None

    def _key_of(self, wish: CounterHold | CounterBooking) -> str:
        """The same for the same wish from the same page; tickets are made anew each time."""
        asked = wish.model_dump_json(exclude={"ticket"})
        return sha256(f"{self.key}.{asked}".encode()).hexdigest()

    def _is_wanted(self, hold: Hold) -> bool:
        line = hold.lines[0]
        wanted = (self.entry.office_id, self.entry.procedure_ids)
        return wanted == (hold.office_id, (line.procedure_id, *line.also))

    def _holds(self, hold: Hold) -> None:
        self.hold, self.entry = hold, self.entry.change(held=hold.starts_at)

    def _request(self, hold: Hold) -> CounterBooking:
        """What the counter should know, and nothing that is not asked for."""
        entry, rules = self.entry, self.rules
        unlinked = rules.needs_card and entry.unknown
        return CounterBooking(
            form=entry.form,
            procedure_ids=entry.procedure_ids,
            office_id=hold.office_id,
            starts_at=hold.starts_at,
            channel=self.mode.channel,
            visitor=entry.visitor,
            ticket=None if unlinked else self.ticket,
            kana=entry.kana if rules.asks_name or unlinked else None,
            born=entry.born,
            needs=entry.needs if rules.asks_needs else (),
            cards=entry.cards or None if rules.asks_cards else None,
            has_inquiry=entry.inquiry if rules.asks_inquiry(entry.visitor) else None,
            language=entry.language,
            email=entry.email or None,
            phone=entry.phone or None,
            unlinked=unlinked,
            another_person=entry.another,
            arrived=self.mode.is_counter and entry.arrived,
        )
