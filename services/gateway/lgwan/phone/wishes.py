"""What the form of a booking for others asks of booking, and whether what is held is that."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from libs.contracts.booking import (
    CounterBooking,
    CounterHold,
    CounterPerson,
    Hold,
    PartyLine,
    StaffChannel,
)
from services.gateway.lgwan.counter.entry import Entry
from services.gateway.lgwan.counter.person import TypedPerson
from services.gateway.web.rules import VisitRules

Tickets = Sequence[str | None]
"""Eligibility's ticket of each person, where it is there already."""
_PASSING: Any = {"ticket": True, "party": {"__all__": {"ticket"}}}


def hold_of(entry: Entry, tickets: Tickets, start: datetime | None) -> CounterHold:
    """The times of all; without `start` the next there are today."""
    lines = zip(entry.wishes[1:], tickets[1:], strict=True)
    return CounterHold(
        form=entry.form,
        procedure_ids=entry.wishes[0],
        office_id=entry.office_id,
        starts_at=start,
        ticket=tickets[0],
        party=tuple(
            PartyLine(procedure_id=lead, also=tuple(also), ticket=ticket)
            for (lead, *also), ticket in lines
        ),
        arrangement=entry.lies,
    )


def booking_of(
    entry: Entry, rules: Sequence[VisitRules], tickets: Tickets, hold: Hold, channel: StaffChannel
) -> CounterBooking:
    """What the counter should know of everybody, and nothing that is not asked for."""
    told = [_told(*one) for one in zip(entry.people, rules, tickets, strict=True)]
    if not entry.is_party:
        told[0]["relation"] = None
    first, *others = told
    return CounterBooking(
        **first,
        form=entry.form,
        office_id=hold.office_id,
        starts_at=hold.starts_at,
        channel=channel,
        language=entry.language,
        email=entry.email or None,
        phone=entry.phone or None,
        party=tuple(CounterPerson(**other) for other in others),
        arrived=channel == "counter" and entry.arrived,
    )


def key_of(form_key: str, wish: CounterHold | CounterBooking) -> str:
    """The same for the same wish from the same page; tickets are made anew each time."""
    asked = wish.model_dump_json(exclude=_PASSING)
    return sha256(f"{form_key}.{asked}".encode()).hexdigest()


def is_wanted(entry: Entry, hold: Hold) -> bool:
    """Whether what is held is what the form says, for everybody and in that arrangement."""
    held = tuple((line.procedure_id, *line.also) for line in hold.lines)
    at_once = len({line.starts_at for line in hold.lines}) == 1
    lies_so = not entry.is_party or at_once == (entry.lies == "together")
    return (entry.office_id, entry.wishes) == (hold.office_id, held) and lies_so


def _told(who: TypedPerson, rules: VisitRules, ticket: str | None) -> dict[str, Any]:
    unlinked = rules.needs_card and who.unknown
    return {
        "procedure_ids": who.procedure_ids,
        "visitor": who.visitor,
        "ticket": None if unlinked else ticket,
        "kana": who.kana if rules.asks_name or unlinked else None,
        "born": who.born,
        "needs": who.needs if rules.asks_needs else (),
        "interpreter": who.interpreter if rules.asks_needs else None,
        "cards": who.cards or None if rules.asks_cards else None,
        "has_inquiry": who.inquiry if rules.asks_inquiry(who.visitor) else None,
        "unlinked": unlinked,
        "another_person": who.another,
        "relation": who.relation,
    }
