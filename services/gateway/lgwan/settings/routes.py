"""Settings: the list of offices and procedures, and the form of each."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from libs.contracts.booking import Flat, SettingCheck, SettingProblem
from services.gateway.lgwan.door.auth import Endpoint, FormData, audit_of, session_of, staff
from services.gateway.lgwan.door.context import door_of
from services.gateway.lgwan.door.kept_forms import keep_form, kept_form
from services.gateway.lgwan.door.pages import answer
from services.gateway.lgwan.door.posted import read_version
from services.gateway.lgwan.door.staff import EVERY_OFFICE
from services.gateway.web.link import Refused
from services.gateway.web.times import now

from .merging import merge
from .page import SETTINGS, ObjectPage
from .reading import ReadSettings, read_long_form
from .subjects import NEW, Offices, Procedures, Subject
from .views import by_field, digest_of, new_ones, said

DEADLINES = "deadlines.edit"
"""The right to the deadlines of procedures; who has the one to all settings has it too."""


@staff(DEADLINES, parts=(SETTINGS,))
async def index(request: Request) -> Response:
    door, member = door_of(request), session_of(request).staff
    door.catalog.forget()
    catalog = await door.catalog.get()
    values = {
        "offices": [o for o in catalog.offices.values() if member.serves(o.office_id)],
        "procedures": list(catalog.procedures.values()),
        "everywhere": EVERY_OFFICE in member.offices,
        "may_all": member.may(SETTINGS),
        "today": now().date(),
    }
    return answer(request, "settings.html", values)


def routes_of(subject: Subject, right: str) -> list[Route]:
    """The pages of one kind of object."""
    path = f"{subject.path}/{{object_id}}"
    change, merged = f"{subject.kind}.change", f"{subject.kind}.merge"
    return [
        Route(path, staff(right)(_show(subject)), methods=["GET"]),
        Route(path, _posted(right, change)(_send(subject)), methods=["POST"]),
        Route(f"{path}/preview", _posted(right, None)(_preview(subject)), methods=["POST"]),
        Route(f"{path}/merge", _posted(right, merged)(_merge(subject)), methods=["POST"]),
    ]


def _posted(right: str, audit: str | None) -> Callable[[Endpoint], Endpoint]:
    return staff(right, audit=audit, read=read_long_form, keep=keep_form(_back))


def _back(request: Request, _: FormData) -> str:
    """To the form itself, also from what is asked beside it."""
    return "/".join(request.url.path.split("/")[:4])


def _show(subject: Subject) -> Endpoint:
    async def show(request: Request) -> Response:
        page = await ObjectPage.of(request, subject)
        if form := await kept_form(request):
            typed = page.read(form)
            check = await page.check(typed.values)
            return page.show(typed, check, version=read_version(form.get("version")))
        read = ReadSettings(dict(page.kept.values), page.kept.values, {})
        saved = request.query_params.get("saved") == "1"
        return page.show(read, SettingCheck(warnings=tuple(page.kept.warnings)), saved=saved)

    return show


def _send(subject: Subject) -> Endpoint:
    async def send(request: Request) -> Response:
        """Saved, unless something is wrong, or true after it that was not told before."""
        page = await _named(request, subject)
        read = page.read()
        check = await page.check(read.values)
        errors = {**by_field(check.problems, page.sheet), **read.errors}
        if errors:
            return page.wrong(read, errors, check)
        unheard = new_ones(check.warnings, page.kept.warnings)
        if unheard and page.form.get("confirmed") != digest_of(unheard):
            return _ask(page, read, check, unheard)
        return await _saved(page, read.values)

    return send


def _preview(subject: Subject) -> Endpoint:
    async def preview(request: Request) -> Response:
        page = await ObjectPage.of(request, subject)
        read = page.read()
        check = await page.check(read.values)
        if request.headers.get("x-part") == "preview":
            return page.part(read, check)
        problems = {**by_field(check.problems, page.sheet), **read.errors}
        return page.show(read, check, problems=list(problems.items()), version=page.version)

    return preview


def _merge(subject: Subject) -> Endpoint:
    async def merged(request: Request) -> Response:
        """What was chosen of both versions. A third change meanwhile is shown again."""
        page = await _named(request, subject)
        read = page.read()
        chosen = {f.name: page.form.get(f"choice-{f.name}") for f in page.sheet}
        values = merge(page.sheet, read.values, page.kept.values, chosen)
        whole = ReadSettings(dict(values), values, {})
        check = await page.check(values)
        errors = {**by_field(check.problems, page.sheet), **read.errors}
        if errors:
            return page.wrong(whole, errors, check)
        return await _saved(page, values)

    return merged


async def _named(request: Request, subject: Subject) -> ObjectPage:
    """The page of a change, with the operation log told what it is about."""
    audit = audit_of(request)
    audit.object_kind = subject.kind
    page = await ObjectPage.of(request, subject)
    if page.kept.object_id == NEW:
        audit.what = f"{subject.kind}.add"
    else:
        audit.object_id = page.kept.object_id
    return page


def _ask(
    page: ObjectPage, read: ReadSettings, check: SettingCheck, unheard: list[SettingProblem]
) -> Response:
    audit_of(page.request).result = "to-confirm"
    return page.show(
        read,
        check,
        to_confirm=said(unheard, page.whole),
        confirming=digest_of(unheard),
        version=page.version,
    )


async def _saved(page: ObjectPage, values: Flat) -> Response:
    try:
        return await page.save(values, page.version)
    except Refused as refused:
        if refused.slug != "version-conflict":
            raise
    theirs = await page.subject.see(page.client, page.actor, page.kept.object_id)
    return page.conflict(values, theirs)


ROUTES = (
    Route("/settings", index, methods=["GET"]),
    *routes_of(Offices(), SETTINGS),
    *routes_of(Procedures(), DEADLINES),
)
