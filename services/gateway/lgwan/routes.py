"""The addresses of the staff door, room by room."""

from starlette.routing import Route

from services.gateway.lgwan.accounts.routes import ROUTES as ACCOUNTS
from services.gateway.lgwan.bookings.routes import ROUTES as BOOKINGS
from services.gateway.lgwan.counts.routes import ROUTES as COUNTS
from services.gateway.lgwan.displays.routes import ROUTES as DISPLAYS
from services.gateway.lgwan.door.routes import ROUTES as DOOR
from services.gateway.lgwan.imports.routes import ROUTES as IMPORTS
from services.gateway.lgwan.lists.routes import ROUTES as LISTS
from services.gateway.lgwan.mail_texts.routes import ROUTES as MAIL_TEXTS
from services.gateway.lgwan.notes.routes import ROUTES as NOTES
from services.gateway.lgwan.people_to_call.routes import ROUTES as PEOPLE_TO_CALL
from services.gateway.lgwan.phone.routes import ROUTES as PHONE
from services.gateway.lgwan.preparations.routes import ROUTES as PREPARATIONS
from services.gateway.lgwan.schedules.routes import ROUTES as SCHEDULES
from services.gateway.lgwan.settings.routes import ROUTES as SETTINGS
from services.gateway.lgwan.today.routes import ROUTES as TODAY

ROUTES: list[Route] = [
    *ACCOUNTS,
    *DOOR,
    *TODAY,
    *LISTS,
    *BOOKINGS,
    *NOTES,
    *PREPARATIONS,
    *PEOPLE_TO_CALL,
    *PHONE,
    *DISPLAYS,
    *IMPORTS,
    *MAIL_TEXTS,
    *COUNTS,
    *SETTINGS,
    *SCHEDULES,
]
