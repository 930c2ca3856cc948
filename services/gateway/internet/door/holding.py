"""Taking a time: asked by the calendars, and again by the last button where a hold has ended."""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from starlette.responses import Response

from libs.contracts.booking import Hold, HoldRequest, Office, PartyLine
from libs.contracts.times import day_of, parse_zoned
from services.gateway.web.forms import Form
from services.gateway.web.link import BUSY, Refused

from .door import CitizenRequest, draft_post, go, office_of
from .drafts import BookingDraft, Done, Why
from .forms import read_form_key
from .puzzles import toll_of
from .steps import page_of, party_rules
from .tickets import check_again, person_in, ticket_of, with_fresh_tickets

NEAREST = 3
_OWN_PAGE = re.compile(r"(people/[0-9]/)?[a-z]+")
"""A page of a draft, from the draft's own address."""
CLOSED: dict[str, Done] = {
    "guardian-needed": "too-young",
    "by-phone": "closed",
    "paused": "closed",
    "too-late": "closed",
    "unopened-mails": "unopened-mails",
}
"""For a booking that stands these end the change; a new one is asked about them."""
OTHERS: dict[str, Why] = {
    "slot-full": "",
    BUSY: "busy",
    "not-offered": "closed",
    "held-enough": "held-enough",
}
"""These lead to the other times of the day."""
PAGES = {
    "paused": "procedure",
    "already-booked": "existing",
    "one-window": "people",
    "like-another": "alike",
}
"""These lead to one page each."""


@dataclass(frozen=True)
class Around:
    """What else is free: `near` at the same office, `elsewhere` at others. `free`: so is the time
    itself, as far as the door knows."""

    free: bool
    near: list[datetime]
    elsewhere: list[tuple[Office, datetime]]


async def take_hold(
    citizen: CitizenRequest, draft: BookingDraft, start: datetime, key: str, office_id: str = "",
    work: str | None = None,
) -> BookingDraft:  # fmt: skip
    """The draft with the time held, at its own or at another office. `work` pays where much was
    taken from the same place. Raises Refused and CardRefused; the old hold is then kept."""
    if draft.area == "book":
        draft = await with_fresh_tickets(citizen, draft)
    request = _request(citizen, draft, start, office_id or draft.office_id, work)
    hold = await citizen.door.booking.hold(citizen.actor, _hold_key(key, draft, request), request)
    return citizen.keep(draft.at_office(hold.office_id).with_hold(hold))


def not_held(
    citizen: CitizenRequest,
    draft: BookingDraft,
    start: datetime,
    refused: Refused,
    office_id: str = "",
) -> Response:
    """Where a refused wish leads, at the draft's own office or at another; all answers are kept.
    Raises what no page expects."""
    if draft.area == "booking" and refused.slug in CLOSED:
        citizen.keep(draft.without_time().change(done=CLOSED[refused.slug]))
        return go("show")
    others: dict[str, Why] = OTHERS
    if draft.area == "booking" or draft.joins:
        others = {**OTHERS, "one-window": "guardian"}
    match refused.slug:
        case slug if slug in others:
            citizen.keep(draft.refused_at(start, office_id or draft.office_id, others[slug]))
            return go(f"day/{start.date().isoformat()}")
        case "slowed":
            return _slowed(citizen, draft, start, refused, office_id or draft.office_id)
        case "card-elsewhere" | "not-eligible":
            return check_again(citizen, draft, person_in(refused))
        case "guardian-needed":
            return go(page_of(person_in(refused), "guardian"))
        case "by-phone":
            return go(page_of(person_in(refused), "phone/other"))
        case slug if slug in PAGES:
            return go(PAGES[slug])
        case "not-found" | "not-active" | "too-late":
            return go("show")
        case _:
            raise refused


def _slowed(
    citizen: CitizenRequest, draft: BookingDraft, start: datetime, refused: Refused, office_id: str
) -> Response:
    """Asks for a puzzle or a minute's wait, or says from when on the place may choose this day."""
    opens = refused.facts.get("opens_at")
    return citizen.page(
        "slow.html",
        refused.status,
        draft=draft,
        start=start,
        office=office_of(citizen.door, office_id, start),
        toll=toll_of(refused),
        minutes=refused.facts.get("minutes"),
        opens=parse_zoned(opens) if opens else None,
        elsewhere=elsewhere(citizen, draft, start) if opens else [],
    )


def around(citizen: CitizenRequest, draft: BookingDraft, start: datetime) -> Around:
    """The free times closest to `start`."""
    available, now, wish = citizen.door.availability, citizen.door.clock(), draft.wish
    starts = available.starts(draft.office_id, wish, day_of(start), now)
    return Around(
        any(one.at == start for one in starts),
        available.nearest(draft.office_id, wish, start, now, NEAREST),
        elsewhere(citizen, draft, start),
    )


def elsewhere(
    citizen: CitizenRequest, draft: BookingDraft, wanted: datetime | None = None
) -> list[tuple[Office, datetime]]:
    """Free times at the other offices, where the procedure lets one go there."""
    if party_rules(citizen.door, draft).at_card_office:
        return []
    now, wish = citizen.door.clock(), draft.wish
    return citizen.door.availability.elsewhere(draft.office_id, wish, wanted, now, NEAREST)


def _request(
    citizen: CitizenRequest, draft: BookingDraft, start: datetime, office_id: str, work: str | None
) -> HoldRequest:
    first, *others = (
        PartyLine(procedure_id=who.procedure_id, also=who.also, ticket=ticket_of(citizen.door, who))
        for who in draft.everyone
    )
    return HoldRequest(
        **first.model_dump(),
        office_id=office_id,
        starts_at=start,
        change=draft.proof,
        party=tuple(others),
        arrangement=draft.wish.arrangement,
        origins=citizen.origins,
        work=work,
    )


def _hold_key(key: str, draft: BookingDraft, request: HoldRequest) -> str:
    """A double click is one wish; going back and choosing the same time again is another."""
    held = draft.expiry.strftime("%H%M%S%f") if draft.expiry else "none"
    return f"{key}-{request.starts_at:%Y%m%d%H%M}-{request.office_id}-{held}"


@draft_post
async def extend(citizen: CitizenRequest, draft: BookingDraft, form: Form) -> Response:
    """Five minutes more, and back to the page that asked. Also for a change of a booking."""
    there = form.get("page")
    there = there if _OWN_PAGE.fullmatch(there) else "check"
    try:
        hold = await citizen.door.booking.extend(citizen.actor, read_form_key(form))
    except Refused as refused:
        if refused.slug == "no-more-extensions":
            citizen.keep(replace(draft, extensions_left=0))
        elif refused.slug == "hold-expired":
            citizen.keep(draft.without_hold())
        else:
            raise
        return go(there)
    citizen.keep(draft.with_hold(hold) if holds(hold, draft) else draft.without_hold())
    return go(there)


def is_held(citizen: CitizenRequest, draft: BookingDraft) -> bool:
    return draft.expiry is not None and draft.expiry > citizen.door.clock()


def holds(hold: Hold, draft: BookingDraft) -> bool:
    """Whether the session's hold is the one this draft shows. Another tab may have moved it."""
    held = tuple((line.procedure_id, *line.also) for line in hold.lines)
    return (hold.office_id, hold.starts_at, held) == (
        draft.office_id,
        draft.start,
        draft.wish.people,
    )
