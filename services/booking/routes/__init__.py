"""HTTP in: every route of booking, with who may call it."""

from . import (
    calls,
    citizens,
    corrections,
    editing,
    exchanges,
    guidances,
    outages,
    people_to_call,
    phone,
    preparations,
    schedules,
    search,
    shared,
    staff,
    today,
)

ROUTES = [
    *shared.ROUTES,
    *citizens.ROUTES,
    *staff.ROUTES,
    *search.ROUTES,
    *corrections.ROUTES,
    *exchanges.ROUTES,
    *phone.ROUTES,
    *today.ROUTES,
    *preparations.ROUTES,
    *editing.ROUTES,
    *schedules.ROUTES,
    *guidances.ROUTES,
    *calls.ROUTES,
    *people_to_call.ROUTES,
    *outages.ROUTES,
]
