"""After the call: what is read aloud, and the 控え on paper, for one person or for a family."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libs.contracts.booking import Office, StaffBookingDetail
from libs.contracts.times import day_of
from services.gateway.lgwan.counter.rows import Row, row_of
from services.gateway.lgwan.door.auth import actor_of, staff
from services.gateway.lgwan.door.context import door_of
from services.gateway.lgwan.door.pages import answer
from services.gateway.lgwan.phone.speech import Spoken, sentences
from services.gateway.web.localised import guidances_in
from services.gateway.web.rules import VisitRules


@dataclass(frozen=True)
class Made:
    """One booking as these pages show it, with the office as it is on the day of the visit."""

    found: StaffBookingDetail
    row: Row
    office: Office | None
    rules: VisitRules

    @property
    def guided(self) -> tuple[str, ...]:
        """来庁日の案内 of the day of the visit."""
        day = day_of(self.row.booking.starts_at)
        return guidances_in(self.office, day) if self.office else ()

    @property
    def documents(self) -> tuple[str, ...]:
        return self.rules.documents(self.row.booking.visitor)

    @property
    def spoken(self) -> Spoken:
        row, booking = self.row, self.row.booking
        word = row.relation
        return Spoken(booking.starts_at, row.procedure, booking.number, self.documents, word)

    def word(self, place: int) -> str:
        """Whose number it is; without a word, which person in the order."""
        return self.row.relation or f"{place}人目の方"


@staff("bookings.make")
async def done(request: Request) -> Response:
    first = await _found(request, request.path_params["booking_id"])
    made = [first, *await _others(request, first)]
    office, has_email = first.row.office, first.row.booking.has_email
    said = sentences([one.spoken for one in made], office, has_email, first.guided)
    return answer(request, "phone_done.html", {"made": made, "said": said})


@staff("bookings.make")
async def slip(request: Request) -> Response:
    """For one person, or with `all` one sheet for everybody who was booked together."""
    first = await _found(request, request.path_params["booking_id"])
    others = await _others(request, first) if request.query_params.get("all") else []
    made = [first, *others]
    values = {
        "made": made,
        "received": any(one.found.reception for one in made),
        "to_bring": _to_bring(made),
        "notes": dict.fromkeys(note for one in made for note in one.rules.notes),
        "change_until": min(_deadlines(made), default=None),
        "site_address": door_of(request).citizens_url,
    }
    return answer(request, "slip.html", values)


def _to_bring(made: Sequence[Made]) -> list[tuple[str, tuple[str, ...]]]:
    """The lists of a family, each once, with whose it is where they differ."""
    lists: dict[tuple[str, ...], list[str]] = {}
    for place, one in enumerate(made, 1):
        if one.documents:
            lists.setdefault(one.documents, []).append(one.word(place))
    everybody = len(lists) == 1 and len(next(iter(lists.values()))) == len(made)
    return [("" if everybody else "・".join(who), list_) for list_, who in lists.items()]


def _deadlines(made: Sequence[Made]) -> list[date]:
    """The last days for a change of those who have one before their time."""
    found = (one.rules.change_until(one.row.booking.starts_at) for one in made)
    return [day for day in found if day]


async def _found(request: Request, booking_id: UUID) -> Made:
    door = door_of(request)
    found = await door.services.booking.booking(actor_of(request), booking_id)
    catalog, booking = await door.catalog.get(), found.booking
    office = catalog.offices.get(booking.office_id)
    procedures = map(catalog.procedures.get, (booking.procedure_id, *booking.also))
    return Made(
        found,
        row_of(booking, catalog, may_tick=False),
        office.on(day_of(booking.starts_at)) if office else None,
        VisitRules(tuple(known for known in procedures if known)),
    )


async def _others(request: Request, first: Made) -> list[Made]:
    """The others of the party, as far as the member of staff may see them."""
    return [await _found(request, one.booking_id) for one in first.found.party]


ROUTES = (
    Route("/phone/bookings/{booking_id:uuid}", done, methods=["GET"]),
    Route("/phone/bookings/{booking_id:uuid}/slip", slip, methods=["GET"]),
)
