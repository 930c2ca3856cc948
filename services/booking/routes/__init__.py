"""HTTP in: every route of booking, with who may call it."""

from . import (
    calls,
    citizens,
    corrections,
    editing,
    exchanges,
    phone,
    preparations,
    schedules,
    shared,
    staff,
    today,
)

ROUTES = [
    *shared.ROUTES,
    *citizens.ROUTES,
    *staff.ROUTES,
    *corrections.ROUTES,
    *exchanges.ROUTES,
    *phone.ROUTES,
    *today.ROUTES,
    *preparations.ROUTES,
    *editing.ROUTES,
    *schedules.ROUTES,
    *calls.ROUTES,
]
