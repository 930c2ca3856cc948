"""After a session was lost: what was sent last is gone, all answers before it are there."""

from starlette.responses import Response
from starlette.routing import Route

from services.gateway.internet.door.door import Visit, draft_page
from services.gateway.internet.door.drafts import Draft
from services.gateway.internet.door.steps import open_question


@draft_page
async def resume(visit: Visit, draft: Draft) -> Response:
    page = open_question(visit.door, draft) or "check" if draft.area == "book" else "show"
    return visit.page("resume.html", page=draft.path + page)


ROUTES = [
    Route("/book/{draft}/resume", resume),
    Route("/booking/{draft}/resume", resume),
]
