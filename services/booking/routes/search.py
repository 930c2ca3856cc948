"""A search of staff. It comes as a POST: what is looked for is in no address and no log."""

from starlette.routing import Route

from libs.contracts.booking import StaffSearch
from services.booking.actions.search import search as find

from .endpoints import checks

search = checks(find, StaffSearch, right="bookings.read")


ROUTES = [Route("/v1/staff/search", search, methods=["POST"])]
