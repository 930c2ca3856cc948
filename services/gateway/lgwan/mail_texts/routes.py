"""文面: the texts of mails by procedure and kind, each with a preview, a test mail, its history."""

from dataclasses import dataclass, field
from typing import cast

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from libs.contracts.notify import MailText, TextChange, TextPlace, TextPreview, TextTrial
from services.gateway.lgwan.door.auth import actor_of, audit_of, form_of, session_of, staff
from services.gateway.lgwan.door.context import door_of
from services.gateway.lgwan.door.pages import answer
from services.gateway.lgwan.door.posted import read_key, read_version
from services.gateway.lgwan.door.store import Store
from services.gateway.web.clients import TextsClient
from services.gateway.web.emails import read_email
from services.gateway.web.forms import Form
from services.gateway.web.link import Refused
from services.gateway.web.times import now
from services.gateway.web.typed import Mistyped, harmless

from . import grid as letter_grid
from . import letters
from . import wording as letter_words

RIGHT = "texts.edit"
_SAVED = {
    "own": "保存しました。次に送るメールから、この文面になります。",
    "back": "市の文面をやめました。次に送るメールから、下の文面になります。",
    "old": "前の文面に戻しました。次に送るメールから、この文面になります。",
}
_OLD_NOT_SOUND = "この文面は、いまの決まりに合わないため戻せません。直してから保存してください。"


@dataclass(frozen=True)
class TextExtras:
    """What the page of a text shows beside the text as it is kept."""

    typed: MailText | None = None
    to: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    told: str = ""
    warned: str = ""
    status: int = 200
    clash: bool = False


@staff(RIGHT)
async def texts(request: Request) -> Response:
    """Procedures × kinds, at all offices, at one of one's own, or in one of its series."""
    catalog = await door_of(request).catalog.get()
    offices = letters.offices_of(catalog, session_of(request).staff)
    wanted = harmless(request.query_params.get("office", ""))
    office = wanted if wanted in dict(offices) else ""
    own = (await _texts(request).texts(actor_of(request))).places
    every = letters.series_of(catalog, office, now().date(), own)
    wanted = harmless(request.query_params.get("series", ""))
    series = wanted if wanted in dict(every) else ""
    values = {
        "rows": letter_grid.matrix(catalog, office, series, own),
        "every_series": every,
        "series": series,
        "offices": offices,
        "office": office,
        "kinds": letter_grid.KINDS,
    }
    return answer(request, "texts.html", values)


@staff(RIGHT)
async def text(request: Request) -> Response:
    told = _SAVED.get(request.query_params.get("saved", ""), "")
    return await _page(request, _place_of_path(request), TextExtras(told=told))


@staff(RIGHT, read=letters.read_letter, keep=letters.keep_text)
async def preview(request: Request) -> Response:
    place, typed = _place_of_form(request), letters.read_typed(_form(request))
    status = 422 if typed.errors else 200
    return await _page(
        request, place, TextExtras(typed.text, typed.to, typed.errors, status=status)
    )


@staff(RIGHT, audit="text.save", read=letters.read_letter, keep=letters.keep_text)
async def save(request: Request) -> Response:
    place, typed = _place_of_form(request), letters.read_typed(_form(request))
    key = typed.key(read_key(_form(request)), "save")
    if typed.errors:
        audit_of(request).result = "digits"
        return await _page(request, place, TextExtras(typed.text, errors=typed.errors, status=422))
    return await _change(request, place, key, typed.text, "own")


@staff(RIGHT, audit="text.back")
async def back(request: Request) -> Response:
    """From now on the next wider text holds."""
    key = read_key(_form(request))
    return await _change(request, _place_of_form(request), key, None, "back")


@staff(RIGHT, audit="text.restore")
async def restore(request: Request) -> Response:
    """A text of the history holds again."""
    place, wanted = _place_of_form(request), read_version(_form(request).get("wanted"))
    opened = await _texts(request).text(actor_of(request), place)
    old = next((h.text for h in opened.history if h.version == wanted and h.text), None)
    if old is None:
        raise HTTPException(404)
    return await _change(request, place, read_key(_form(request)), old, "old")


@staff(RIGHT, audit="text.trial", read=letters.read_letter, keep=letters.keep_text)
async def trial(request: Request) -> Response:
    """One mail with the typed text, to an address that is kept nowhere."""
    place, typed = _place_of_form(request), letters.read_typed(_form(request))
    errors, to = dict(typed.errors), ""
    try:
        to = read_email(typed.to) or ""
    except Mistyped as mistake:
        errors.setdefault("to", str(mistake))
    if not to:
        errors.setdefault("to", "試験メールの宛先を入力してください。")
    if errors:
        audit_of(request).result = "mistyped"
        return await _page(request, place, TextExtras(typed.text, typed.to, errors, status=422))
    ask = TextTrial(place=place, text=typed.text, to=to)
    return await _page(request, place, await _sent(request, typed, ask))


@staff(RIGHT, audit="text.resume")
async def resume(request: Request) -> Response:
    """What was typed when a session ended by itself; it is not saved by that."""
    place = _place_of_form(request)
    half, opened = await _half(request, place), await _texts(request).text(actor_of(request), place)
    if half is None:
        return RedirectResponse(letters.url_of(place), 303)
    shown = await _page(request, place, TextExtras(half.text, clash=half.version < opened.version))
    await _forget(request, place)
    return shown


@staff(RIGHT, audit="text.forget")
async def forget(request: Request) -> Response:
    place = _place_of_form(request)
    await _forget(request, place)
    return RedirectResponse(letters.url_of(place), 303)


async def _half(request: Request, place: TextPlace) -> letters.Half | None:
    owner = session_of(request).staff.staff_id
    async with door_of(request).open_store(Store) as store:
        return letters.half_of(await store.unsaved(owner, letters.subject_of(place)))


async def _forget(request: Request, place: TextPlace) -> None:
    owner = session_of(request).staff.staff_id
    async with door_of(request).open_store(Store) as store:
        await store.drop_unsaved(owner, letters.subject_of(place))


async def _sent(request: Request, typed: letters.TypedLetter, ask: TextTrial) -> TextExtras:
    key, audit = typed.key(read_key(_form(request)), "trial"), audit_of(request)
    try:
        reply = await _texts(request).try_out(actor_of(request), key, ask)
    except Refused as refused:
        errors = {
            "text-refused": letter_words.fault_words(refused.facts),
            "bad-address": {"to": letter_words.BAD_ADDRESS},
            "too-many-trials": {"to": letter_words.TOO_MANY_TRIALS},
        }
        if refused.slug not in errors:
            raise
        audit.result = refused.slug
        return TextExtras(typed.text, typed.to, errors[refused.slug], status=refused.status)
    words = letter_words.trial_words(reply)
    if reply.result == "sent":
        return TextExtras(typed.text, told=words)
    audit.result = reply.result
    return TextExtras(typed.text, typed.to, warned=words)


async def _change(
    request: Request, place: TextPlace, key: str, said: MailText | None, what: str
) -> Response:
    audit, version = audit_of(request), read_version(_form(request).get("version"))
    ask = TextChange(place=place, version=version, text=said)
    try:
        await _texts(request).change(actor_of(request), key, ask)
    except Refused as refused:
        audit.result = refused.slug
        if refused.slug == "version-conflict":
            return await _page(request, place, TextExtras(said, status=409, clash=True))
        if refused.slug != "text-refused":
            raise
        errors = letter_words.fault_words(refused.facts)
        warned = _OLD_NOT_SOUND if what == "old" else ""
        return await _page(
            request, place, TextExtras(said, errors=errors, warned=warned, status=422)
        )
    return RedirectResponse(letters.url_of(place, saved=what), 303)


async def _page(request: Request, place: TextPlace, shown: TextExtras) -> Response:
    door, actor = door_of(request), actor_of(request)
    catalog = await door.catalog.get()
    opened = await door.services.texts.text(actor, place)
    own = (await door.services.texts.texts(actor)).places
    said = shown.typed or opened.current
    errors, sample = shown.errors, None
    if not {"subject", "body"} & errors.keys():
        faults, sample = await _sample(request, place, said)
        errors = {**faults, **errors} if shown.typed else errors
    status = 422 if errors and shown.status == 200 else shown.status
    half = None if shown.typed else await _half(request, place)
    values = {
        "place": place,
        "title": letters.title_of(place),
        "place_names": letters.names_of(place, catalog),
        "opened": opened,
        "said": said,
        "to": shown.to,
        "errors": errors,
        "told": shown.told,
        "warned": shown.warned,
        "clash": shown.clash,
        "half": half is not None and half.text != said,
        "sample": sample,
        "source": letter_grid.source_words(place, opened.source),
        "wider": letter_grid.wider_words(place, own),
        "longest": letter_words.LONGEST,
        "variables": letter_words.variable_rows(opened),
        "still_supplied": letter_grid.supplied_languages(place, own),
        "tabs": letter_grid.tabs_of(place, own),
    }
    return answer(request, "text.html", values, status)


async def _sample(
    request: Request, place: TextPlace, said: MailText
) -> tuple[dict[str, str], MailText | None]:
    """What is wrong with the text, by field, and without that the mail as it would be."""
    ask = TextPreview(place=place, text=said)
    try:
        return {}, await _texts(request).preview(actor_of(request), ask)
    except Refused as refused:
        if refused.slug != "text-refused":
            raise
        return letter_words.fault_words(refused.facts), None


def _texts(request: Request) -> TextsClient:
    return door_of(request).services.texts


def _form(request: Request) -> Form:
    return cast("Form", form_of(request))


def _place_of_path(request: Request) -> TextPlace:
    names = ("procedure", "office", "series")
    where = {name: harmless(request.query_params.get(name, "")) for name in names}
    return letters.read_place(**request.path_params, **where)


def _place_of_form(request: Request) -> TextPlace:
    """Also notes in the log which text it is about."""
    form, audit = _form(request), audit_of(request)
    place = letters.read_place(*(form.get(name) for name in letters.PLACE_FIELDS))
    parts = (place.kind, place.language, place.procedure_id, place.series_id)
    audit.object_kind, audit.office_id = "text", place.office_id
    audit.object_id = "/".join(filter(None, parts))
    return place


ROUTES = [
    Route("/texts", texts, methods=["GET"]),
    Route("/texts/save", save, methods=["POST"]),
    Route("/texts/preview", preview, methods=["POST"]),
    Route("/texts/trial", trial, methods=["POST"]),
    Route("/texts/back", back, methods=["POST"]),
    Route("/texts/restore", restore, methods=["POST"]),
    Route("/texts/kept", resume, methods=["POST"]),
    Route("/texts/kept/forget", forget, methods=["POST"]),
    Route("/texts/{kind}/{language}", text, methods=["GET"]),
]
