"""The addresses of the page of the day, and of まとめ入力."""

from starlette.routing import Route

from . import day, entry

ROUTES: list[Route] = [*day.ROUTES, *entry.ROUTES]
