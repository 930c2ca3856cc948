"""The addresses of free times."""

from starlette.routing import Route

from . import availability, times, weeks

ROUTES: list[Route] = [
    *times.ROUTES,
    *availability.ROUTES,
    *weeks.ROUTES,
]
