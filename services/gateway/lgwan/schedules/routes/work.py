"""What every page for times of offices begins with: who works, on what, with which changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.lgwan.door.auth import session_of
from services.gateway.lgwan.door.context import CatalogIndex, door_of
from services.gateway.lgwan.door.pages import answer
from services.gateway.lgwan.door.staff import Staff, StaffSession
from services.gateway.lgwan.schedules.groups import Said, in_words
from services.gateway.lgwan.schedules.pending import Steps, series_at, steps_of, written
from services.gateway.lgwan.schedules.says import Known
from services.gateway.web.forms import Form

RIGHT = "schedules.edit"


@dataclass(frozen=True)
class Work:
    """`steps` are the changes collected so far; they are applied all together, or not at all."""

    session: StaffSession
    catalog: CatalogIndex
    steps: Steps

    @property
    def member(self) -> Staff:
        return self.session.staff

    @property
    def offices(self) -> list[tuple[str, str]]:
        """Where this member serves: id and name."""
        found = self.catalog.offices.values()
        return [(o.office_id, o.name) for o in found if self.member.serves(o.office_id)]

    def office_of(self, asked: str) -> str:
        """The office that was asked for, or the first; empty for who serves none."""
        mine = [office for office, _ in self.offices]
        return asked if asked in mine else next(iter(mine), "")

    @property
    def known(self) -> Known:
        """The series as they are."""
        return {office: series_at(self.catalog, (), office) for office in self.catalog.offices}

    @property
    def coming(self) -> Known:
        """The series as they will be."""
        return {
            office: series_at(self.catalog, self.steps, office) for office in self.catalog.offices
        }

    @property
    def sentences(self) -> list[Said]:
        """What was collected, in words; what is alike at several offices or days is one line."""
        return in_words(self.steps, self.catalog, self.known, self.coming)


async def work_of(request: Request) -> Work:
    """Raises Malformed for steps that this session did not write."""
    session = session_of(request)
    steps = await steps_of(request, session)
    return Work(session, await door_of(request).catalog.fresh(), steps)


def asked(request: Request, name: str) -> str:
    """A field of the form, or of the address: the pages are opened by links as well as by forms."""
    form = cast("Form | None", request.scope.get("form"))
    return (form.get(name) if form else "") or request.query_params.get(name, "")[:400]


def show(
    request: Request, work: Work, template: str, values: Mapping[str, Any], status: int = 200
) -> Response:
    """A page that carries the collected changes on."""
    carried = {
        "steps": written(work.session, work.steps),
        "pending": work.sentences,
        "step_count": len(work.steps),
        "offices": work.offices,
    }
    return answer(request, template, {**carried, **values}, status)
