"""The addresses of the staff door, room by room."""

from starlette.routing import Route

from .accounts.routes import ROUTES as ACCOUNTS
from .audit.routes import ROUTES as AUDIT
from .bookings.routes import ROUTES as BOOKINGS
from .counts.routes import ROUTES as COUNTS
from .displays.routes import ROUTES as DISPLAYS
from .door.routes import ROUTES as DOOR
from .guidances.routes import ROUTES as GUIDANCES
from .imports.routes import ROUTES as IMPORTS
from .lists.routes import ROUTES as LISTS
from .mail_texts.routes import ROUTES as MAIL_TEXTS
from .notes.routes import ROUTES as NOTES
from .offline.routes import ROUTES as OFFLINE
from .outages.routes import ROUTES as OUTAGES
from .people_to_call.routes import ROUTES as PEOPLE_TO_CALL
from .phone.routes import ROUTES as PHONE
from .preparations.routes import ROUTES as PREPARATIONS
from .schedules.routes import ROUTES as SCHEDULES
from .settings.routes import ROUTES as SETTINGS
from .terminals.routes import ROUTES as TERMINALS
from .today.routes import ROUTES as TODAY

ROUTES: list[Route] = [
    *ACCOUNTS,
    *DOOR,
    *TODAY,
    *LISTS,
    *BOOKINGS,
    *NOTES,
    *PREPARATIONS,
    *OFFLINE,
    *PEOPLE_TO_CALL,
    *OUTAGES,
    *PHONE,
    *DISPLAYS,
    *TERMINALS,
    *IMPORTS,
    *MAIL_TEXTS,
    *GUIDANCES,
    *COUNTS,
    *SETTINGS,
    *SCHEDULES,
    *AUDIT,
]
