"""The addresses of 電話予約 and 窓口受付."""

from starlette.routing import Route

from . import form, made

ROUTES: list[Route] = [*form.ROUTES, *made.ROUTES]
