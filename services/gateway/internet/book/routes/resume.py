"""After a session was lost: what was sent last is gone, all answers before it are there."""

from starlette.responses import Response
from starlette.routing import Route

from services.gateway.internet.door.door import CitizenRequest, draft_page
from services.gateway.internet.door.drafts import BookingDraft
from services.gateway.internet.door.steps import open_question


@draft_page
async def resume(citizen: CitizenRequest, draft: BookingDraft) -> Response:
    page = open_question(citizen.door, draft) or "check" if draft.area == "book" else "show"
    return citizen.page("resume.html", page=draft.path + page)


ROUTES = [
    Route("/book/{draft}/resume", resume),
    Route("/booking/{draft}/resume", resume),
]
