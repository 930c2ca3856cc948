"""The addresses of notify."""

from . import deliveries, texts

ROUTES = [*deliveries.ROUTES, *texts.ROUTES]
STATUS = texts.STATUS
