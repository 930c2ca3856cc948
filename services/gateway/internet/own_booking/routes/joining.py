"""Adding people to a booking that stands: a new booking of the same party, from its own pages."""

from starlette.responses import Response
from starlette.routing import Route

from libs.contracts.times import JST
from services.gateway.internet.door.door import CitizenRequest, draft_page, draft_post, go
from services.gateway.internet.door.drafts import BookingDraft, new_draft
from services.gateway.web.forms import Form

from .manage import find_again, lost


@draft_post
async def add(citizen: CitizenRequest, draft: BookingDraft, _: Form) -> Response:
    """A new draft at the same office, which knows the booking it belongs to."""
    booking = await find_again(citizen, draft)
    if booking is None:
        return lost()
    if not booking.can_add:
        return go("show")
    new = new_draft(
        "book",
        "",
        office_id=booking.office_id,
        join_number="" if draft.token else draft.number,
        join_born=draft.born,
        join_token=draft.token,
        join_start=booking.starts_at.astimezone(JST).isoformat(),
        opened=draft.opened,
    )
    return go(f"{citizen.keep(new).path}procedure")


@draft_page
async def alone(citizen: CitizenRequest, draft: BookingDraft) -> Response:
    """Says that nobody can be added any more, and offers a booking of its own."""
    return citizen.page("alone.html") if draft.joins else go("check")


@draft_post
async def go_alone(citizen: CitizenRequest, draft: BookingDraft, _: Form) -> Response:
    citizen.keep(draft.change(join_number="", join_born="", join_token="", join_start=""))
    return go("check")


ROUTES = [
    Route("/booking/{draft}/add", add, methods=["POST"]),
    Route("/book/{draft}/alone", alone, methods=["GET"]),
    Route("/book/{draft}/alone", go_alone, methods=["POST"]),
]
