"""HTML: compiled templates of a door over the shared layout and components."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from . import times
from .static import Static

SHARED = Path(__file__).parent / "templates"

PageAnswer = Callable[[int], Response]
"""A whole page for a status, from nothing but the status."""


@dataclass(frozen=True)
class Site:
    """What every page of a door says: its name, its first page and who helps by phone."""

    name: str
    home: str
    help_title: str
    help_text: str
    help_phone: str | None = None


class Pages:
    """The templates of one door. A template not found or a name not given is an error."""

    def __init__(self, site: Site, static: Static, folder: Path) -> None:
        self._environment = Environment(
            loader=FileSystemLoader([folder, SHARED]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            extensions=["jinja2.ext.i18n"],
        )
        self._environment.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
        self._environment.globals.update(site=site, static=static.url)
        self._environment.filters.update(
            long_date=times.long_date,
            long_day=times.long_day,
            long_time=times.long_time,
            clock=times.clock,
            weekday=times.weekday,
        )

    def render(self, template: str, values: Mapping[str, Any]) -> str:
        return self._environment.get_template(template).render(values)

    def answer(self, template: str, values: Mapping[str, Any], status: int = 200) -> Response:
        return HTMLResponse(self.render(template, values), status_code=status)

    def compile_all(self) -> None:
        """Compile every template now, so that no citizen waits and a broken one stops the start."""
        for name in self._environment.list_templates(extensions=["html"]):
            self._environment.get_template(name)
