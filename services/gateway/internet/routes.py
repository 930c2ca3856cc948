"""The addresses of the citizens' door, room by room; the busiest page is matched first."""

from starlette.routing import Route

from .book.routes import ROUTES as BOOK
from .calendar.routes import ROUTES as CALENDAR
from .calendar.routes.times import BUSIEST
from .own_booking.routes import ROUTES as OWN_BOOKING
from .pages.routes import ROUTES as PAGES

ROUTES: list[Route] = [BUSIEST, *CALENDAR, *PAGES, *BOOK, *OWN_BOOKING]
