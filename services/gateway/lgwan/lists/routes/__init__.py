"""The addresses of the list of bookings, and of its files."""

from starlette.routing import Route

from . import exports, finding, listing

ROUTES: list[Route] = [*listing.ROUTES, *finding.ROUTES, *exports.ROUTES]
