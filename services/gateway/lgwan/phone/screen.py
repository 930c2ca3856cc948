"""The page of a booking for others, from what a request about its form came to."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from libs.contracts.booking import Openings
from libs.contracts.times import day_of
from services.gateway.lgwan.counter import sentences as say
from services.gateway.lgwan.counter.entry import Entry, prefix_of
from services.gateway.lgwan.counter.person import TypedPerson
from services.gateway.lgwan.counter.rows import row_of
from services.gateway.lgwan.door.auth import session_of
from services.gateway.lgwan.door.context import CatalogIndex
from services.gateway.lgwan.door.pages import answer
from services.gateway.lgwan.door.staff import Staff
from services.gateway.web.emails import suggest_email
from services.gateway.web.link import Refused, Unreachable
from services.gateway.web.localised import guidances_in
from services.gateway.web.times import now

from .modes import Mode
from .offer import DAYS, Time, first_day, nearest, offer_of
from .phone_form import OVERBOOK, PhoneForm


def offices_of(member: Staff, catalog: CatalogIndex, mode: Mode) -> dict[str, str]:
    """The offices that a member of staff books for, with their names; at the counter those where
    they work."""
    reaches = member.serves if mode.is_counter else member.sees_bookings_of
    return {
        key: one.name for key, one in catalog.offices.items() if reaches(key) and not one.hidden
    }


@dataclass(frozen=True)
class PhonePerson:
    """A person of the page: `prefix` begins the names of their fields."""

    number: int
    who: TypedPerson

    @property
    def prefix(self) -> str:
        return prefix_of(self.number)

    @property
    def title(self) -> str:
        return f"{say.whose(self.number)}の方"


def told(phone_form: PhoneForm) -> list[tuple[str, str]]:
    """What is to be checked, with the field it is at; of a party also of whom. Whoever has another
    booking is told of apart."""
    clash = phone_form.clash.field if phone_form.clash else ""
    return [
        (name, _of_whom(phone_form.entry, name) + sentence)
        for name, sentence in phone_form.errors.items()
        if name != clash
    ]


async def show(request: Request, phone_form: PhoneForm) -> Response:
    member, entry, today = session_of(request).staff, phone_form.entry, now().date()
    first = first_day(entry.first, today)
    openings = await _openings(phone_form)
    offer = offer_of(openings, entry.day, first, today) if openings else None
    taken, other = phone_form.taken, phone_form.clash.other if phone_form.clash else None
    values: dict[str, Any] = {
        "phone_form": phone_form,
        "mode": phone_form.mode,
        "entry": entry,
        "errors": phone_form.errors,
        "offices": phone_form.offices,
        "procedures": [one for one in phone_form.catalog.procedures.values() if not one.hidden],
        "seats": [PhonePerson(n, who) for n, who in enumerate(entry.people)],
        "told": told(phone_form),
        "offer": offer,
        "near": nearest(openings, taken) if openings and taken else [],
        "guided": _guided(phone_form, offer.shown if offer else None),
        "taken": Time(taken, 0) if taken else None,
        "may_overbook": member.may(OVERBOOK),
        "other": row_of(other, phone_form.catalog, may_tick=False) if other else None,
        "focus": _focus(request, phone_form),
        "meant": suggest_email(entry.email) if entry.email else None,
    }
    return answer(request, "phone.html", values, phone_form.status)


def _focus(request: Request, phone_form: PhoneForm) -> str:
    """Where the keyboard goes on: the procedures of a new form; after a time was taken the first
    field that is still missing of a person."""
    if phone_form.took:
        return next((name for name in phone_form.missing if name != "office"), "phone")
    return "procedure" if request.method == "GET" and not phone_form.notes else ""


def _guided(phone_form: PhoneForm, shown: date | None) -> list[tuple[date, tuple[str, ...]]]:
    """来庁日の案内 of the day that is held and of the one that is looked at."""
    hold, found = phone_form.hold, {}
    places = [(hold.office_id, day_of(hold.starts_at))] if hold else []
    for office_id, day in [*places, (phone_form.entry.office_id, shown)]:
        office = phone_form.catalog.offices.get(office_id)
        if office and day and (said := guidances_in(office, day)):
            found[day] = said
    return list(found.items())


def _of_whom(entry: Entry, name: str) -> str:
    if not entry.is_party:
        return ""
    for person in range(len(entry.people) - 1, -1, -1):
        prefix = prefix_of(person)
        if name.startswith(prefix) and name.removeprefix(prefix) in say.OF_A_PERSON:
            return f"{say.whose(person)}："
    return ""


async def _openings(phone_form: PhoneForm) -> Openings | None:
    """None where there is nothing to ask yet, where booking is away, and at the counter, where the
    next time is taken."""
    entry = phone_form.entry
    if phone_form.mode.is_counter or not phone_form.can_hold:
        return None
    first = first_day(entry.first, now().date())
    ask = phone_form.services.phone.openings
    try:
        return await ask(phone_form.actor, entry.office_id, entry.wishes, first, DAYS, entry.lies)
    except Unreachable:
        phone_form.errors["when"] = say.AWAY
    except Refused as refused:
        phone_form.refuse(refused)
    return None
