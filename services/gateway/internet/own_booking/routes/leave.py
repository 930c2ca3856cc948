"""The end on a computer that others use too: the browser forgets the booking."""

from starlette.responses import Response
from starlette.routing import Route

from services.gateway.internet.door.cookie_states import SESSION_COOKIE
from services.gateway.internet.door.door import CitizenRequest, draft_post, go
from services.gateway.internet.door.drafts import COOKIE, BookingDraft
from services.gateway.web.forms import Form


@draft_post
async def leave(citizen: CitizenRequest, draft: BookingDraft, _: Form) -> Response:
    response, cookies = go("/"), citizen.door.cookies
    cookies.remove(response, COOKIE, draft.path)
    cookies.remove(response, SESSION_COOKIE)
    return response


ROUTES = [Route("/booking/{draft}/leave", leave, methods=["POST"])]
