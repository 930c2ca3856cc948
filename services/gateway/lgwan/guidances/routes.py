"""来庁日の案内: the list, the form with a preview, who was mailed an older text, the history."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any, cast
from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from libs.contracts.booking import (
    Guidance,
    GuidanceCheck,
    GuidanceProblem,
    GuidanceRecord,
    GuidanceWish,
    Office,
)
from libs.contracts.notify import MailedOtherwise
from services.gateway.lgwan.door.auth import (
    FormData,
    actor_of,
    audit_of,
    form_of,
    session_of,
    staff,
)
from services.gateway.lgwan.door.context import CatalogIndex, door_of, offices_of
from services.gateway.lgwan.door.kept_forms import keep_form, kept_form
from services.gateway.lgwan.door.pages import answer
from services.gateway.lgwan.door.posted import read_key
from services.gateway.lgwan.door.words import LANGUAGE
from services.gateway.web.catalogs import load_voices
from services.gateway.web.forms import Form
from services.gateway.web.language import spoken
from services.gateway.web.link import Refused, Unreachable
from services.gateway.web.localised import guidances_in

from . import form as forms
from . import wording
from .form import GuidanceForm, read_guidance

RIGHT = "texts.edit"
PATH = "/guidances"
_NOBODYS = UUID(int=0)
_OFFICE = Office(office_id="", name="", kana="", address="", phone="", series=(), version=0)
"""For showing a text that nobody has saved."""
_TOLD = {
    "new": "保存しました。予約サイトと、これから送るメール・控えに、この案内が入ります。",
    "changed": "保存しました。これから送るメールと控えは、新しい案内になります。",
    "ended": "この案内を終えました。予約サイトにも、これから送るメールにも入りません。",
}


@dataclass(frozen=True)
class GuidanceExtras:
    """What the page of one guidance shows beside the form."""

    form: GuidanceForm
    record: GuidanceRecord | None = None
    check: GuidanceCheck | None = None
    errors: dict[str, str] = field(default_factory=dict)
    told: str = ""
    warned: str = ""
    status: int = 200


def _back(_: Request, form: FormData) -> str:
    """The page that the form stands on. Raises HTTPException(404)."""
    return f"{PATH}/{forms.guidance_of(cast('Form', form)) or 'new'}"


_KEEP = keep_form(_back)


@staff(RIGHT)
async def index(request: Request) -> Response:
    past = request.query_params.get("past") == "1"
    door = door_of(request)
    found = await door.services.offers.guidances(actor_of(request), past)
    catalog = await door.catalog.get()
    values = {
        "rows": [_row(record, catalog) for record in found.guidances],
        "past": past,
        "told": _TOLD.get(request.query_params.get("saved", ""), ""),
    }
    return answer(request, "guidances.html", values)


@staff(RIGHT)
async def new(request: Request) -> Response:
    if form := await kept_form(request):
        return await _page(request, GuidanceExtras(forms.read(form)))
    catalog = await door_of(request).catalog.get()
    own = tuple(office_id for office_id, _ in offices_of(catalog, session_of(request).staff))
    return await _page(request, GuidanceExtras(GuidanceForm.empty(own if len(own) == 1 else ())))


@staff(RIGHT)
async def one(request: Request) -> Response:
    record = await _record(request, request.path_params["guidance_id"])
    if form := await kept_form(request):
        return await _page(request, GuidanceExtras(forms.read(form), record))
    told = _TOLD.get(request.query_params.get("saved", ""), "")
    return await _page(request, GuidanceExtras(GuidanceForm.of(record), record, told=told))


@staff(RIGHT, read=read_guidance, keep=_KEEP)
async def preview(request: Request) -> Response:
    """What visitors will read, on which days, beside which other guidances."""
    shown = await _typed(request)
    if not shown.form.errors:
        check = await door_of(request).services.offers.check_guidance(
            actor_of(request), shown.form.wish
        )
        shown = replace(shown, check=check, errors=wording.sentences(check.problems))
    else:
        shown = replace(shown, errors=shown.form.errors)
    return await _page(request, replace(shown, status=422 if shown.errors else 200))


@staff(RIGHT, audit="guidance.save", read=read_guidance, keep=_KEEP)
async def save(request: Request) -> Response:
    shown = await _typed(request)
    if shown.form.errors:
        audit_of(request).result = "digits"
        return await _page(request, replace(shown, errors=shown.form.errors, status=422))
    return await _save(request, shown, "changed" if shown.record else "new")


@staff(RIGHT, audit="guidance.end", read=read_guidance)
async def end(request: Request) -> Response:
    """Nobody is told any more; what it said stays in the history."""
    form = _form(request)
    if (guidance_id := forms.guidance_of(form)) is None:
        raise HTTPException(404)
    record = await _record(request, guidance_id)
    version = forms.read(form).wish.version
    was = GuidanceForm.of(record)
    wish = was.wish.model_copy(update={"ended": True, "version": version})
    return await _save(request, GuidanceExtras(GuidanceForm(wish), record), "ended")


async def _save(request: Request, shown: GuidanceExtras, done: str) -> Response:
    door, wish, audit = door_of(request), shown.form.wish, audit_of(request)
    audit.object_kind, audit.object_id = "guidance", str(wish.guidance_id or "")
    audit.office_id = wish.office_ids[0] if len(wish.office_ids) == 1 else ""
    pressed = f"{read_key(_form(request))}.{done}.{wish.model_dump_json()}"
    key = sha256(pressed.encode()).hexdigest()
    try:
        saved = await door.services.offers.save_guidance(actor_of(request), key, wish)
    except Refused as refused:
        audit.result = refused.slug
        return await _page(request, await _refused(request, shown, refused))
    door.catalog.forget()
    audit.object_id = str(saved.guidance_id)
    where = PATH if done == "ended" else f"{PATH}/{saved.guidance_id}"
    return RedirectResponse(f"{where}?saved={done}", 303)


async def _refused(request: Request, shown: GuidanceExtras, refused: Refused) -> GuidanceExtras:
    """Raises Refused for what no form of this page can mend."""
    wish = shown.form.wish
    if refused.slug == "version-conflict" and wish.guidance_id:
        record = await _record(request, wish.guidance_id)
        newest = wish.model_copy(update={"version": record.version, "ended": False})
        again = replace(shown.form, wish=newest)
        return replace(shown, form=again, record=record, warned=wording.MEANWHILE, status=409)
    if refused.slug == "guidance-refused":
        told = [GuidanceProblem.model_validate(one) for one in refused.facts.get("problems", ())]
        return replace(shown, errors=wording.sentences(told), status=422)
    raise refused


async def _typed(request: Request) -> GuidanceExtras:
    typed = forms.read(_form(request))
    guidance_id = typed.wish.guidance_id
    record = await _record(request, guidance_id) if guidance_id else None
    return GuidanceExtras(typed, record)


async def _record(request: Request, guidance_id: object) -> GuidanceRecord:
    return await door_of(request).services.offers.guidance(actor_of(request), str(guidance_id))


async def _page(request: Request, shown: GuidanceExtras) -> Response:
    door, record = door_of(request), shown.record
    catalog = await door.catalog.get()
    offices = offices_of(catalog, session_of(request).staff)
    foreign = [one for one in shown.form.wish.office_ids if one not in dict(offices)]
    values: dict[str, Any] = {
        "shown": shown,
        "wish": shown.form.wish,
        "record": record,
        "errors": shown.errors,
        "offices": [*offices, *((one, catalog.office(one)) for one in foreign)],
        "may_change": record is None or record.may_change,
        "languages": LANGUAGE,
        "weekdays": list(enumerate(wording.WEEKDAYS)),
        "holidays": wording.HOLIDAYS,
        "days": wording.days_text(shown.check.days) if shown.check else "",
        "overlaps": list(_overlaps(shown.check, catalog)),
        "citizens": _as_read(shown.form.wish) if shown.check and not shown.errors else [],
        "rule": wording.rule_text(record) if record else "",
        "otherwise": await _mailed_otherwise(request, record),
        "catalog": catalog,
    }
    return answer(request, "guidance.html", values, shown.status)


async def _mailed_otherwise(
    request: Request, record: GuidanceRecord | None
) -> MailedOtherwise | None:
    """None where notify cannot be asked just now, or there is nothing to ask."""
    if record is None:
        return None
    try:
        texts = door_of(request).services.texts
        return await texts.mailed_otherwise(actor_of(request), str(record.guidance_id))
    except Unreachable:
        return None


def _overlaps(check: GuidanceCheck | None, catalog: CatalogIndex) -> Iterator[tuple[str, str, str]]:
    """(office, days, Japanese text) of what the same visitors read beside it."""
    for overlap in check.overlaps if check else ():
        days = wording.days_text(overlap.days)
        yield catalog.office(overlap.office_id), days, overlap.texts.get("ja", "")


def _as_read(wish: GuidanceWish) -> list[tuple[str, str, tuple[str, ...]]]:
    """(language, its tag, what stands there) as citizens will read it."""
    assert wish.from_day is not None, "it was checked"
    day = wish.from_day
    guidance = Guidance(
        guidance_id=_NOBODYS, version=1, days=(day,),
        texts={code: text for code, text in wish.texts.items() if text},
    )  # fmt: skip
    office = _OFFICE.model_copy(update={"guidances": (guidance,)})
    shown = []
    for voice in load_voices():
        with spoken(voice):
            shown.append((voice.name, voice.tag, guidances_in(office, day)))
    return shown


def _row(record: GuidanceRecord, catalog: CatalogIndex) -> dict[str, object]:
    return {
        "record": record,
        "offices": "、".join(map(catalog.office, record.office_ids)),
        "rule": wording.rule_text(record),
        "text": record.texts.get("ja", ""),
        "languages": "・".join(LANGUAGE[one] for one in LANGUAGE if record.texts.get(one)),
    }


def _form(request: Request) -> Form:
    return cast("Form", form_of(request))


ROUTES = [
    Route(PATH, index, methods=["GET"]),
    Route(f"{PATH}/new", new, methods=["GET"]),
    Route(f"{PATH}/preview", preview, methods=["POST"]),
    Route(f"{PATH}/save", save, methods=["POST"]),
    Route(f"{PATH}/end", end, methods=["POST"]),
    Route(f"{PATH}/{{guidance_id:uuid}}", one, methods=["GET"]),
]
