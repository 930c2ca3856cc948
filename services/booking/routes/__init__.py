"""HTTP in: every route of booking, with who may call it."""

from . import citizens, shared, staff

ROUTES = [*shared.ROUTES, *citizens.ROUTES, *staff.ROUTES]
