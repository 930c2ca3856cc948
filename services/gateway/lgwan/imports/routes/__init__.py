"""The addresses of 取込: the record of imports, and the steps of a file on its way."""

from . import record, steps

ROUTES = [*steps.ROUTES, *record.ROUTES]
