"""One request about the settings of one object: what its form asks, how it is shown and saved."""

import re
from typing import Any, cast

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from libs.common.errors import NotAllowed
from libs.contracts.booking import DEADLINES, Flat, Office, Procedure, SettingCheck
from services.gateway.lgwan.door.auth import actor_of, audit_of, form_of, session_of
from services.gateway.lgwan.door.context import door_of
from services.gateway.lgwan.door.pages import answer
from services.gateway.lgwan.door.posted import read_key, read_version
from services.gateway.web.forms import Form
from services.gateway.web.times import now
from services.gateway.web.typed import harmless

from . import preview as seeing
from .fields import SettingForm
from .merging import before, compare
from .reading import ReadSettings, read_values
from .sentences import in_words
from .subjects import NEW, KeptSetting, Subject
from .views import as_fields, by_field, log_of, said

SETTINGS = "settings.edit"
"""The right to all settings."""
_ID = re.compile(r"[a-z][a-z0-9_-]{0,39}")


def _require_all(request: Request) -> None:
    """Raises NotAllowed."""
    if not session_of(request).staff.may(SETTINGS):
        raise NotAllowed(f"This needs the right {SETTINGS}.")


class ObjectPage:
    """One request about one object: how it is saved, what its form asks."""

    def __init__(
        self, request: Request, subject: Subject, kept: KeptSetting, whole: SettingForm
    ) -> None:
        """Who may only set deadlines is asked nothing else; `whole` has the words for the log."""
        may_all = session_of(request).staff.may(SETTINGS)
        self.request, self.subject, self.kept = request, subject, kept
        self.whole, self.sheet = whole, whole if may_all else whole.only(DEADLINES)
        self.client, self.actor = door_of(request).services.offers, actor_of(request)

    @classmethod
    async def of(cls, request: Request, subject: Subject) -> "ObjectPage":
        """Raises 404 for what is no id, and what the owner refuses."""
        object_id = request.path_params["object_id"]
        if not _ID.fullmatch(object_id) or not harmless(object_id):
            raise HTTPException(404)
        door = door_of(request)
        catalog = await door.catalog.get()
        if object_id == NEW:
            _require_all(request)
            kept = subject.blank(catalog)
        else:
            kept = await subject.see(door.services.offers, actor_of(request), object_id)
        return cls(request, subject, kept, subject.sheet(catalog, object_id))

    @property
    def address(self) -> str:
        return f"{self.subject.path}/{self.kept.object_id}"

    @property
    def form(self) -> Form:
        return cast("Form", form_of(self.request))

    def read(self, form: Form | None = None) -> ReadSettings:
        """What this form says, else the one that was sent."""
        return read_values(form or self.form, self.sheet, self.kept.values)

    async def check(self, values: Flat) -> SettingCheck:
        return await self.subject.check(self.client, self.actor, values, self.kept.object_id)

    async def save(self, values: Flat, version: int) -> Response:
        """To the page of what was saved. Raises Refused."""
        door, audit = door_of(self.request), audit_of(self.request)
        key = read_key(self.form)
        saved = await self.subject.save(
            self.client, self.actor, key, values, self.kept.object_id, version
        )
        door.catalog.forget()
        audit.object_id = saved.object_id
        audit.office_id = saved.object_id if self.subject.kind == "office" else ""
        return RedirectResponse(f"{self.subject.path}/{saved.object_id}?saved=1", 303)

    def show(
        self, read: ReadSettings, check: SettingCheck, status: int = 200, **more: Any
    ) -> Response:
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
            "log": log_of(self.kept.log, self.whole),
            "saved": False,
            "to_confirm": [],
            "confirming": "",
            "unfolded": self._unfolded(read.values, set(wrong)),
            **more,
        }
        return answer(self.request, "setting.html", values, status)

    def part(self, read: ReadSettings, check: SettingCheck) -> Response:
        """The preview alone, for the page's script."""
        problems = {**by_field(check.problems, self.sheet), **read.errors}
        values = {**self._seen(read.values, check), "problems": list(problems.items())}
        html = door_of(self.request).pages.render("parts/setting_preview.html", values)
        return HTMLResponse(html, headers={"x-part": "preview"})

    def wrong(self, read: ReadSettings, errors: dict[str, str], check: SettingCheck) -> Response:
        audit_of(self.request).result = "setting-refused"
        ordered = {field.name: errors[field.name] for field in self.sheet if field.name in errors}
        labels = self._labels()
        summary = {name: f"{labels[name]}：{text}" for name, text in ordered.items()}
        return self.show(read, check, 422, errors=ordered, summary=summary, version=self.version)

    def conflict(self, mine: Flat, theirs: KeptSetting) -> Response:
        """Both versions, to choose from."""
        audit_of(self.request).result = "version-conflict"
        base = before(theirs.values, theirs.log, self.version)
        values = {
            "name": theirs.name,
            "last": log_of(theirs.log[:1], self.whole)[0] if theirs.log else None,
            "address": self.address,
            "version": theirs.version,
            "differences": compare(self.sheet, mine, theirs.values, base),
            "kept": as_fields(mine, self.sheet),
            "labels": self._labels(),
            "shown": in_words,
        }
        return answer(self.request, "setting_conflict.html", values, 409)

    @property
    def version(self) -> int:
        """The one that the form was made from. Raises Malformed."""
        return read_version(self.form.get("version"))

    def _heading(self) -> str:
        if self.kept.object_id == NEW:
            return f"{self.subject.word}を追加する"
        return f"{self.kept.name}の設定"

    def _labels(self) -> dict[str, str]:
        return {field.name: self.whole.label(field.name) for field in self.whole}

    def _seen(self, values: Flat, check: SettingCheck) -> dict[str, Any]:
        today = now().date()
        wanted = self.subject.made(values, self.kept.object_id, self.kept.version)
        return {
            "shown": seeing.shown(door_of(self.request).pages, wanted, today),
            "period": self._period(wanted, check),
            "asked": seeing.asked(wanted) if isinstance(wanted, Procedure) else (),
            "hidden": wanted.hidden,
            "problems": [],
            "warnings": said(check.warnings, self.whole),
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
