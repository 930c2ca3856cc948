"""The addresses of notify."""

from . import deliveries, guidances, texts

ROUTES = [*deliveries.ROUTES, *guidances.ROUTES, *texts.ROUTES]
STATUS = texts.STATUS
