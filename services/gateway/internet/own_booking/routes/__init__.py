"""The addresses of one's own booking."""

from starlette.routing import Route

from . import contact, find, joining, leave, manage, open_link, takeaway

ROUTES: list[Route] = [
    *find.ROUTES,
    *open_link.ROUTES,
    *manage.ROUTES,
    *contact.ROUTES,
    *joining.ROUTES,
    *leave.ROUTES,
    *takeaway.ROUTES,
]
