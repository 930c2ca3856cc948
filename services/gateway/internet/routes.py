"""The addresses of the citizens' door, room by room; the busiest page is matched first."""

from starlette.routing import Route

from services.gateway.internet.book.routes import ROUTES as BOOK
from services.gateway.internet.calendar.routes import ROUTES as CALENDAR
from services.gateway.internet.calendar.routes.times import BUSIEST
from services.gateway.internet.own_booking.routes import ROUTES as OWN_BOOKING
from services.gateway.internet.pages.routes import ROUTES as PAGES

ROUTES: list[Route] = [BUSIEST, *CALENDAR, *PAGES, *BOOK, *OWN_BOOKING]
