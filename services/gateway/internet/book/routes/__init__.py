"""The addresses of a new booking."""

from starlette.routing import Route

from . import about, entry, finish, identify, people, procedure, resume, visitor

ROUTES: list[Route] = [
    *entry.ROUTES,
    *about.ROUTES,
    *finish.ROUTES,
    *identify.ROUTES,
    *visitor.ROUTES,
    *procedure.ROUTES,
    *people.ROUTES,
    *resume.ROUTES,
]
