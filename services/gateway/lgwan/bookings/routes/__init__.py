"""The addresses of one booking."""

from starlette.routing import Route

from . import changes, corrections, exchanges, here, moves, outcomes, page, unlinked

ROUTES: list[Route] = [
    *page.ROUTES,
    *outcomes.ROUTES,
    *changes.ROUTES,
    *here.ROUTES,
    *corrections.ROUTES,
    *moves.ROUTES,
    *exchanges.ROUTES,
    *unlinked.ROUTES,
]
