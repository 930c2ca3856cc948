"""申し送り: written, changed and removed at one's own offices, and shown on top of the day."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from libs.common.errors import NotAllowed
from libs.contracts.booking import counter_offices
from libs.contracts.times import find_day, parse_day
from libs.rules.personal_numbers import has_individual_number
from services.gateway.lgwan.door.auth import audit_of, form_of, session_of, staff
from services.gateway.lgwan.door.context import door_of, offices_of
from services.gateway.lgwan.door.kept_forms import keep_form, kept_form
from services.gateway.lgwan.door.pages import answer
from services.gateway.lgwan.door.posted import read_key, read_version
from services.gateway.web.forms import Form, read_form
from services.gateway.web.typed import harmless

from .notes import (
    NOTE_DAYS,
    NOTE_LENGTH,
    NOTES_MOST,
    PATH,
    Note,
    NoteDraft,
    note_id_of,
    notes_url,
    read_body,
    wrong_body,
    wrong_days,
)
from .store import NoteStore, Written

_NO_ROOM = f"この場所の申し送りは{NOTES_MOST}件までです。要らなくなったものを削除してください。"
_GONE = "この申し送りは、もうありません。削除されたか、期限が過ぎました。"
_MEANWHILE = "ほかの職員が先に変更していました。いまの内容を見て、直してから保存してください。"


async def _read(request: Request) -> Form:
    """A note may be longer than what is typed elsewhere; a little too long is told, not refused."""
    return await read_form(request, longest=8 * NOTE_LENGTH)


async def notes_of_day(request: Request, office_id: str, day: date | None) -> dict[str, Any]:
    """For the page of a day: its notes, and where to write them. An empty office is all of one's
    own."""
    member = session_of(request).staff
    if day is None:
        return {"notes": [], "notes_page": ""}
    async with door_of(request).open_store(NoteStore) as store:
        found = await store.notes_on(counter_offices(member), office_id, day)
    at = [office_id] if office_id else await _offices(request)
    may_write = member.may("bookings.tick") and at and member.serves(at[0])
    return {"notes": found, "notes_page": notes_url(at[0], day) if may_write else ""}


@staff("bookings.tick")
async def notes(request: Request) -> Response:
    query = request.query_params
    if form := await kept_form(request):
        draft, _ = await _checked(request, form)
        return await _page(request, await _office(request, form.get("office")), draft)
    office_id = await _office(request, harmless(query.get("office", "")))
    async with door_of(request).open_store(NoteStore) as store:
        today = await store.today()
    day = max(find_day(query.get("day", "")) or today, today).isoformat()
    return await _page(request, office_id, NoteDraft("", day, day), told=query.get("told", ""))


@staff("bookings.tick", audit="note.add", read=_read, keep=keep_form())
async def add(request: Request) -> Response:
    form, audit, member = _form(request), audit_of(request), session_of(request).staff
    office_id, key = await _own(request, form.get("office")), read_key(form)
    audit.object_kind, audit.office_id = "note", office_id
    draft, errors = await _checked(request, form)
    if not errors:
        note_id = note_id_of(member.staff_id, key)
        async with door_of(request).open_store(NoteStore) as store:
            kept = await store.add_note(note_id, office_id, _written(draft), member.staff_id)
        if kept:
            audit.object_id = str(note_id)
            return _back(office_id, "added")
        errors = {"body": _NO_ROOM}
    audit.result = "not-saved"
    return await _page(request, office_id, draft, errors, status=422)


@staff("bookings.tick")
async def edit(request: Request) -> Response:
    note = await _one(request)
    if note is None:
        return await _gone(request)
    draft = NoteDraft(note.body, note.first_day.isoformat(), note.last_day.isoformat())
    if form := await kept_form(request):
        draft, _ = await _checked(request, form)
        note = replace(note, version=read_version(form.get("version")))
    return _edit_page(request, note, draft)


@staff("bookings.tick", audit="note.change", read=_read, keep=keep_form())
async def change(request: Request) -> Response:
    form, audit, member = _form(request), audit_of(request), session_of(request).staff
    read_key(form)
    note, version = await _one(request), read_version(form.get("version"))
    if note is None:
        return await _gone(request)
    draft, errors = await _checked(request, form)
    audit.office_id = note.office_id
    if errors:
        audit.result = "not-saved"
        return _edit_page(request, note, draft, errors, status=422)
    written, seen = _written(draft), replace(note, version=version)
    async with door_of(request).open_store(NoteStore) as store:
        mine = counter_offices(member)
        saved = await store.change_note(mine, seen, written, member.staff_id)
    if not saved and written != Written(note.first_day, note.last_day, note.body):
        audit.result = "version-conflict"
        return _edit_page(request, note, draft, {"body": _MEANWHILE}, status=409)
    return _back(note.office_id, "changed")


@staff("bookings.tick", audit="note.delete")
async def delete(request: Request) -> Response:
    audit, member = audit_of(request), session_of(request).staff
    read_key(form_of(request))
    note = await _one(request)
    if note is None:
        return await _gone(request)
    audit.office_id = note.office_id
    async with door_of(request).open_store(NoteStore) as store:
        gone = await store.delete_note(counter_offices(member), note.note_id)
    audit.result = "done" if gone else "gone"
    return _back(note.office_id, "deleted")


def _form(request: Request) -> Form:
    return cast("Form", form_of(request))


async def _office(request: Request, wanted: str = "") -> str:
    """One that the member works at: the one that was asked for, else the first. Raises
    NotAllowed."""
    mine = await _offices(request)
    if not mine:
        raise NotAllowed("This account serves no office.")
    return wanted if wanted in mine else mine[0]


async def _own(request: Request, wanted: str) -> str:
    """The office that was asked for, which is one of one's own. Raises HTTPException (404)."""
    if wanted not in await _offices(request):
        raise HTTPException(404)
    return wanted


async def _offices(request: Request) -> list[str]:
    catalog = await door_of(request).catalog.get()
    return [office_id for office_id, _ in offices_of(catalog, session_of(request).staff)]


async def _one(request: Request) -> Note | None:
    note_id: UUID = request.path_params["note_id"]
    if request.method == "POST":
        audit = audit_of(request)
        audit.object_kind, audit.object_id = "note", str(note_id)
    async with door_of(request).open_store(NoteStore) as store:
        return await store.note(counter_offices(session_of(request).staff), note_id)


async def _checked(request: Request, form: Form) -> tuple[NoteDraft, dict[str, str]]:
    """What was typed and what is wrong with it. Twelve digits are not shown again."""
    body = read_body(form.typed("body"))
    async with door_of(request).open_store(NoteStore) as store:
        today = await store.today()
    draft = NoteDraft(body, form.get("day"), form.get("until"))
    wrong = wrong_body(body)
    errors = {**({"body": wrong} if wrong else {}), **wrong_days(draft, today)}
    kept = "" if has_individual_number(body) else body
    return NoteDraft(kept, draft.day, draft.until), errors


def _written(draft: NoteDraft) -> Written:
    return Written(parse_day(draft.day), parse_day(draft.until), draft.body)


def _back(office_id: str, told: str) -> Response:
    return RedirectResponse(f"{PATH}?{urlencode({'office': office_id, 'told': told})}", 303)


async def _gone(request: Request) -> Response:
    """Foreign notes are as gone as those whose time is over."""
    if request.method == "POST":
        audit_of(request).result = "gone"
    office_id = await _office(request)
    async with door_of(request).open_store(NoteStore) as store:
        today = (await store.today()).isoformat()
    return await _page(request, office_id, NoteDraft("", today, today), told="gone", status=404)


_TOLD = {
    "added": "申し送りを書きました。",
    "changed": "申し送りを変更しました。",
    "deleted": "申し送りを削除しました。",
    "gone": _GONE,
}


async def _page(
    request: Request, office_id: str, draft: NoteDraft, errors: Mapping[str, str] | None = None,
    *, told: str = "", status: int = 200,
) -> Response:  # fmt: skip
    door, member = door_of(request), session_of(request).staff
    catalog = await door.catalog.get()
    async with door.open_store(NoteStore) as store:
        found = await store.notes_at(counter_offices(member), office_id)
    values = {
        "notes": found,
        "office_id": office_id,
        "office": catalog.office(office_id),
        "offices": offices_of(catalog, member),
        "draft": draft,
        "errors": errors or {},
        "told": _TOLD.get(told, ""),
        "told_bad": told == "gone",
        "longest": NOTE_LENGTH,
        "days": NOTE_DAYS,
    }
    return answer(request, "notes.html", values, status)


def _edit_page(
    request: Request, note: Note, draft: NoteDraft, errors: Mapping[str, str] | None = None,
    *, status: int = 200,
) -> Response:  # fmt: skip
    values = {
        "note": note,
        "office": door_of(request).catalog.office(note.office_id),
        "draft": draft,
        "errors": errors or {},
        "meanwhile": status == 409,
        "longest": NOTE_LENGTH,
        "days": NOTE_DAYS,
    }
    return answer(request, "note.html", values, status)


ROUTES = [
    Route("/notes", notes, methods=["GET"]),
    Route("/notes", add, methods=["POST"]),
    Route("/notes/{note_id:uuid}", edit, methods=["GET"]),
    Route("/notes/{note_id:uuid}", change, methods=["POST"]),
    Route("/notes/{note_id:uuid}/delete", delete, methods=["POST"]),
]
