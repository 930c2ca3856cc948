"""HTTP in: every route of booking, with who may call it."""

from . import citizens, corrections, editing, preparations, schedules, shared, staff, today

ROUTES = [
    *shared.ROUTES,
    *citizens.ROUTES,
    *staff.ROUTES,
    *corrections.ROUTES,
    *today.ROUTES,
    *preparations.ROUTES,
    *editing.ROUTES,
    *schedules.ROUTES,
]
