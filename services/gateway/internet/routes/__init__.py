"""The pages of the citizens' door, one module per group; those most asked for are matched first."""

from starlette.routing import Route

from . import (
    about,
    availability,
    entry,
    find,
    finish,
    identify,
    language,
    manage,
    times,
    visitor,
    weeks,
)

ROUTES: list[Route] = [
    *times.ROUTES,
    *weeks.ROUTES,
    *availability.ROUTES,
    *entry.ROUTES,
    *identify.ROUTES,
    *visitor.ROUTES,
    *about.ROUTES,
    *finish.ROUTES,
    *find.ROUTES,
    *manage.ROUTES,
    *language.ROUTES,
]
