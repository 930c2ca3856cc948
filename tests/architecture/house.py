"""What the guards look at: the programs, their applications, and the files of the house."""

import importlib
from functools import cache
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import Route

from dev.docs import settings_of
from dev.environment import PROGRAMS, Ports, Servers, environment
from dev.keys import new_keys
from libs.common.access import Access
from libs.common.ops import Readiness
from libs.common.settings import load

ROOT = Path(__file__).parents[2]
SERVICES = ("booking", "eligibility", "notify", "reporting")
_SERVERS = Servers(
    lambda role: f"postgresql://{role}@localhost/oita",
    lambda user: f"amqp://{user}@localhost/oita",
    "smtp://localhost",
)


@cache
def environments() -> dict[str, dict[str, str]]:
    """What each program reads on a developer's machine."""
    return environment(Ports.development(), _SERVERS, new_keys())


@cache
def app_of(program: str) -> Starlette:
    """The application as the process makes it; its lifespan has not begun."""
    settings = load(settings_of(program), environments()[program])
    create_app = importlib.import_module(f"{PROGRAMS[program].module}.app").create_app
    app: Starlette = create_app(settings, Readiness())
    return app


def routes_of(program: str) -> list[Route]:
    """Every route of a program. Nothing else, a mount for instance, may stand beside them."""
    routes = app_of(program).routes
    assert all(isinstance(route, Route) for route in routes), routes
    return [route for route in routes if isinstance(route, Route)]


def access_of(route: Route) -> Access | None:
    return getattr(route.endpoint, "access", None)


def where(route: Route) -> str:
    """A route for people."""
    methods = (route.methods or {"ANY"}) - {"HEAD"}
    return f"{','.join(sorted(methods))} {route.path}"


@cache
def files(*suffixes: str) -> list[Path]:
    """The files we wrote that end like this, wherever they are in the repository."""
    places = [path for path in ROOT.iterdir() if path.name[0] != "." and path.name != "var"]
    found = [f for place in places for f in ([place] if place.is_file() else place.rglob("*"))]
    return sorted(f for f in found if f.suffix in suffixes and "__pycache__" not in f.parts)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
