"""The pages of the citizens' door, one module per group; those most asked for are matched first."""

from starlette.routing import Route

from . import (
    about,
    availability,
    contact,
    entry,
    find,
    find_card,
    finish,
    identify,
    joining,
    language,
    manage,
    open_link,
    people,
    policies,
    procedure,
    resume,
    takeaway,
    times,
    visitor,
    weeks,
)

ROUTES: list[Route] = [
    *availability.ROUTES,
    *entry.ROUTES,
    *times.ROUTES,
    *weeks.ROUTES,
    *identify.ROUTES,
    *visitor.ROUTES,
    *procedure.ROUTES,
    *people.ROUTES,
    *about.ROUTES,
    *finish.ROUTES,
    *find.ROUTES,
    *find_card.ROUTES,
    *open_link.ROUTES,
    *manage.ROUTES,
    *contact.ROUTES,
    *joining.ROUTES,
    *resume.ROUTES,
    *takeaway.ROUTES,
    *language.ROUTES,
    *policies.ROUTES,
]
