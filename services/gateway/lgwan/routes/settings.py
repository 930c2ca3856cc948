"""Settings: the list of offices and procedures, and the form of each."""

import re
from collections.abc import Callable
from typing import Any, cast

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from libs.contracts.booking import Flat, Office, Procedure, SettingCheck, SettingProblem
from services.gateway.lgwan.desk import desk_of
from services.gateway.lgwan.domain import EVERY_OFFICE
from services.gateway.lgwan.gate import Endpoint, actor_of, deed_of, form_of, session_of, staff
from services.gateway.lgwan.offers import preview as seeing
from services.gateway.lgwan.offers.fields import Sheet
from services.gateway.lgwan.offers.merging import before, compare, merge
from services.gateway.lgwan.offers.reading import Read, read_long_form, read_values
from services.gateway.lgwan.offers.sentences import in_words
from services.gateway.lgwan.offers.subjects import NEW, Kept, Offices, Procedures, Subject
from services.gateway.lgwan.offers.views import (
    actor_name,
    as_fields,
    by_field,
    digest_of,
    log_of,
    new_ones,
    said,
)
from services.gateway.lgwan.pages import answer
from services.gateway.lgwan.ticking import read_key, read_version
from services.gateway.web.forms import Form
from services.gateway.web.link import Refused
from services.gateway.web.times import now

RIGHT = "settings.edit"
_ID = re.compile(r"[a-z][a-z0-9_-]{0,39}")


@staff("settings.edit")
async def index(request: Request) -> Response:
    desk, member = desk_of(request), session_of(request).staff
    desk.guides.forget()
    guide = await desk.guides.get()
    values = {
        "offices": [o for o in guide.offices.values() if member.serves(o.office_id)],
        "procedures": list(guide.procedures.values()),
        "everywhere": EVERY_OFFICE in member.offices,
        "today": now().date(),
    }
    return answer(request, "settings.html", values)


class Page:
    """One request about one object: how it is saved, what its form asks."""

    def __init__(self, request: Request, subject: Subject, kept: Kept, sheet: Sheet) -> None:
        self.request, self.subject, self.kept, self.sheet = request, subject, kept, sheet
        self.client, self.actor = desk_of(request).services.offers, actor_of(request)

    @classmethod
    async def of(cls, request: Request, subject: Subject) -> "Page":
        """Raises 404 for what is no id, and what the owner refuses."""
        object_id = request.path_params["object_id"]
        if not _ID.fullmatch(object_id):
            raise HTTPException(404)
        desk = desk_of(request)
        guide = await desk.guides.get()
        if object_id == NEW:
            kept = subject.blank(guide)
        else:
            kept = await subject.see(desk.services.offers, actor_of(request), object_id)
        return cls(request, subject, kept, subject.sheet(guide, object_id))

    @property
    def address(self) -> str:
        return f"{self.subject.path}/{self.kept.object_id}"

    @property
    def form(self) -> Form:
        return cast("Form", form_of(self.request))

    def read(self) -> Read:
        return read_values(self.form, self.sheet, self.kept.values)

    async def check(self, values: Flat) -> SettingCheck:
        return await self.subject.check(self.client, self.actor, values, self.kept.object_id)

    async def save(self, values: Flat, version: int) -> Response:
        """To the page of what was saved. Raises Refused."""
        desk, deed = desk_of(self.request), deed_of(self.request)
        key = read_key(self.form)
        saved = await self.subject.save(
            self.client, self.actor, key, values, self.kept.object_id, version
        )
        desk.guides.forget()
        deed.object_id = saved.object_id
        deed.office_id = saved.object_id if self.subject.kind == "office" else ""
        return RedirectResponse(f"{self.subject.path}/{saved.object_id}?saved=1", 303)

    def show(self, read: Read, check: SettingCheck, status: int = 200, **more: Any) -> Response:
        """The form as it was typed, with the preview of what could be read."""
        wrong = {**by_field(check.problems, self.sheet), **read.errors}
        values = {
            **self._seen(read.values, check),
            "subject": self.subject,
            "heading": self._heading(),
            "address": self.address,
            "sheet": self.sheet,
            "typed": {**self.kept.values, **read.typed},
            "errors": {},
            "summary": {},
            "version": self.kept.version,
            "log": log_of(self.kept.log, self.sheet),
            "saved": False,
            "to_confirm": [],
            "confirming": "",
            "unfolded": self._unfolded(read.values, set(wrong)),
            **more,
        }
        return answer(self.request, "setting.html", values, status)

    def part(self, read: Read, check: SettingCheck) -> Response:
        """The preview alone, for the page's script."""
        problems = {**by_field(check.problems, self.sheet), **read.errors}
        values = {**self._seen(read.values, check), "problems": list(problems.items())}
        html = desk_of(self.request).pages.render("parts/setting_preview.html", values)
        return HTMLResponse(html, headers={"x-part": "preview"})

    def wrong(self, read: Read, errors: dict[str, str], check: SettingCheck) -> Response:
        deed_of(self.request).result = "setting-refused"
        ordered = {field.name: errors[field.name] for field in self.sheet if field.name in errors}
        labels = self._labels()
        summary = {name: f"{labels[name]}：{text}" for name, text in ordered.items()}
        return self.show(read, check, 422, errors=ordered, summary=summary, version=self._version())

    def conflict(self, mine: Flat, theirs: Kept) -> Response:
        """Both versions, to choose from."""
        deed_of(self.request).result = "version-conflict"
        base = before(theirs.values, theirs.log, self._version())
        values = {
            "name": theirs.name,
            "last": log_of(theirs.log[:1], self.sheet)[0] if theirs.log else None,
            "actor": actor_name,
            "address": self.address,
            "version": theirs.version,
            "differences": compare(self.sheet, mine, theirs.values, base),
            "kept": as_fields(mine, self.sheet),
            "labels": self._labels(),
            "shown": in_words,
        }
        return answer(self.request, "setting_conflict.html", values, 409)

    def _version(self) -> int:
        return read_version(self.form.get("version"))

    def _heading(self) -> str:
        if self.kept.object_id == NEW:
            return f"{self.subject.word}を追加する"
        return f"{self.kept.name}の設定"

    def _labels(self) -> dict[str, str]:
        return {field.name: self.sheet.label(field.name) for field in self.sheet}

    def _seen(self, values: Flat, check: SettingCheck) -> dict[str, Any]:
        today = now().date()
        wanted = self.subject.made(values, self.kept.object_id, self.kept.version)
        return {
            "shown": seeing.shown(desk_of(self.request).pages, wanted, today),
            "period": self._period(wanted, check),
            "hidden": wanted.hidden,
            "problems": [],
            "warnings": said(check.warnings, self.sheet),
            "labels": self._labels(),
        }

    def _period(self, wanted: Office | Procedure, check: SettingCheck) -> seeing.Period | None:
        if not isinstance(wanted, Procedure) or check.problems:
            return None
        return seeing.period_of(wanted, now().date())

    def _unfolded(self, values: Flat, wrong: set[str]) -> set[str]:
        """Groups with something to correct, and addresses that there are."""
        return {
            section.title
            for section in self.sheet.sections
            for field in section.fields
            if field.name in wrong or (field.kind == "day" and values[field.name])
        }


def routes_of(subject: Subject) -> list[Route]:
    """The pages of one kind of object."""
    path = f"{subject.path}/{{object_id}}"
    change, merged = f"{subject.kind}.change", f"{subject.kind}.merge"
    return [
        Route(path, staff(RIGHT)(_show(subject)), methods=["GET"]),
        Route(path, _posted(change)(_send(subject)), methods=["POST"]),
        Route(f"{path}/preview", _posted(None)(_preview(subject)), methods=["POST"]),
        Route(f"{path}/merge", _posted(merged)(_merge(subject)), methods=["POST"]),
    ]


def _posted(deed: str | None) -> Callable[[Endpoint], Endpoint]:
    return staff(RIGHT, deed=deed, read=read_long_form)


def _show(subject: Subject) -> Endpoint:
    async def show(request: Request) -> Response:
        page = await Page.of(request, subject)
        read = Read(dict(page.kept.values), page.kept.values, {})
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
        page = await Page.of(request, subject)
        read = page.read()
        check = await page.check(read.values)
        if request.headers.get("x-part") == "preview":
            return page.part(read, check)
        problems = {**by_field(check.problems, page.sheet), **read.errors}
        version = read_version(page.form.get("version"))
        return page.show(read, check, problems=list(problems.items()), version=version)

    return preview


def _merge(subject: Subject) -> Endpoint:
    async def merged(request: Request) -> Response:
        """What was chosen of both versions. A third change meanwhile is shown again."""
        page = await _named(request, subject)
        read = page.read()
        chosen = {f.name: page.form.get(f"choice-{f.name}") for f in page.sheet}
        values = merge(page.sheet, read.values, page.kept.values, chosen)
        whole = Read(dict(values), values, {})
        check = await page.check(values)
        errors = {**by_field(check.problems, page.sheet), **read.errors}
        if errors:
            return page.wrong(whole, errors, check)
        return await _saved(page, values)

    return merged


async def _named(request: Request, subject: Subject) -> Page:
    """The page of a change, with the operation log told what it is about."""
    deed = deed_of(request)
    deed.object_kind, deed.object_id = subject.kind, request.path_params["object_id"]
    return await Page.of(request, subject)


def _ask(page: Page, read: Read, check: SettingCheck, unheard: list[SettingProblem]) -> Response:
    deed_of(page.request).result = "to-confirm"
    return page.show(
        read,
        check,
        to_confirm=said(unheard, page.sheet),
        confirming=digest_of(unheard),
        version=read_version(page.form.get("version")),
    )


async def _saved(page: Page, values: Flat) -> Response:
    try:
        return await page.save(values, read_version(page.form.get("version")))
    except Refused as refused:
        if refused.slug != "version-conflict":
            raise
    theirs = await page.subject.see(page.client, page.actor, page.kept.object_id)
    return page.conflict(values, theirs)


ROUTES = (
    Route("/settings", index, methods=["GET"]),
    *routes_of(Offices()),
    *routes_of(Procedures()),
)
