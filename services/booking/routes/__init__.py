"""HTTP in: every route of booking, with who may call it."""

from . import citizens, shared, staff, today

ROUTES = [*shared.ROUTES, *citizens.ROUTES, *staff.ROUTES, *today.ROUTES]
