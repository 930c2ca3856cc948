"""The addresses of pages for everybody."""

from starlette.routing import Route

from . import home, language, policies

ROUTES: list[Route] = [
    *home.ROUTES,
    *language.ROUTES,
    *policies.ROUTES,
]
