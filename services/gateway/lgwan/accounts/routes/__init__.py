"""The addresses of signing in, of accounts and of roles."""

from starlette.routing import Route

from .own import ROUTES as OWN
from .people import ROUTES as PEOPLE
from .person import ROUTES as PERSON
from .roles import ROUTES as ROLES
from .signing import ROUTES as SIGNING

ROUTES: list[Route] = [*SIGNING, *OWN, *PEOPLE, *PERSON, *ROLES]
