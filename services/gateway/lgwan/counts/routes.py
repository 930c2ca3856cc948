"""集計: the figures as a page, on one sheet of paper, and as files; 月次確定."""

from dataclasses import replace
from datetime import date
from typing import Any, get_args

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from libs.common.errors import Malformed
from libs.contracts.reporting import ClosedMonth
from libs.contracts.times import find_day
from services.gateway.lgwan.door.auth import actor_of, audit_of, form_of, session_of, staff
from services.gateway.lgwan.door.context import CatalogIndex, door_of, offices_of
from services.gateway.lgwan.door.pages import answer
from services.gateway.lgwan.door.staff import EVERY_OFFICE, Staff
from services.gateway.lgwan.door.words import CHANNEL
from services.gateway.web.link import Refused
from services.gateway.web.times import now

from .charts import HEIGHT, WIDTH, by_hour, by_period
from .columns import BRIEF, DEFINITIONS, MAIN, MORE
from .corrections import corrections_of
from .cuts import FigureRow, matrix, tables_of
from .files import CountsFile, Encoding, as_csv, as_workbook
from .question import BASIS, UNIT, CountQuestion, Unit, read_question

CLOSES = "counts.close"
LISTS = "bookings.read"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@staff("counts.read", parts=(CLOSES, LISTS))
async def counts(request: Request) -> Response:
    return await _page(request)


@staff(CLOSES, audit="counts.close")
async def close_month(request: Request) -> Response:
    """月次確定"""
    audit = audit_of(request)
    month = find_day(form_of(request).get("month"))
    if month is None or month.day != 1:
        raise Malformed("This is not the first day of a month.")
    audit.object_kind, audit.object_id = "month", month.isoformat()
    try:
        await door_of(request).services.reporting.close_month(actor_of(request), month)
    except Refused as refused:
        if refused.slug != "not-over":
            raise
        audit.result = "refused"
        return await _page(request, month, "この月はまだ終わっていません。翌月に確定してください。")
    return RedirectResponse(f"/counts?unit=month&day={month.isoformat()}&done=closed", 303)


@staff("counts.read")
async def counts_sheet(request: Request) -> Response:
    """Offices × procedures on one sheet of A4."""
    question, catalog = await _question(request)
    if question.fault:
        return await _page(request)
    door = door_of(request)
    report = await door.services.reporting.report(actor_of(request), question.asked())
    offices = offices_of(catalog, session_of(request).staff)
    by_procedure = {group.procedure_id: group.figures for group in report.procedures}
    values = {
        "question": question,
        "basis": BASIS[question.basis],
        "chosen": _chosen(question, catalog),
        "report": report,
        "procedures": list(catalog.procedures.values()),
        "by_procedure": by_procedure,
        "offices": matrix(report, offices, catalog),
        "definitions": DEFINITIONS[:3],
        "main": MAIN,
        "printed_at": now(),
    }
    return answer(request, "counts_sheet.html", values)


@staff("counts.read")
async def counts_csv(request: Request) -> Response:
    encoding: Encoding = "cp932" if request.query_params.get("encoding") == "cp932" else "utf-8"
    file = await _file(request)
    if file is None:
        return await _page(request)
    charset = "utf-8" if encoding == "utf-8" else "windows-31j"
    return _saved(as_csv(file, encoding), f"{file.name}.csv", f"text/csv; charset={charset}")


@staff("counts.read")
async def counts_xlsx(request: Request) -> Response:
    file = await _file(request)
    if file is None:
        return await _page(request)
    return _saved(as_workbook(file), f"{file.name}.xlsx", _XLSX)


async def _file(request: Request) -> CountsFile | None:
    """None where it cannot be counted."""
    question, catalog = await _question(request)
    if question.fault:
        return None
    reporting = door_of(request).services.reporting
    report = await reporting.report(actor_of(request), question.asked())
    return CountsFile(report, question, catalog)


def _saved(content: bytes, name: str, media_type: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)


async def _question(
    request: Request, month: date | None = None
) -> tuple[CountQuestion, CatalogIndex]:
    catalog = await door_of(request).catalog.get()
    offices = dict(offices_of(catalog, session_of(request).staff))
    if month:
        return CountQuestion("month", month, month).spanning("month", month), catalog
    return read_question(request.query_params, offices, catalog.procedures), catalog


async def _page(request: Request, month: date | None = None, told: str = "") -> Response:
    question, catalog = await _question(request, month)
    member = session_of(request).staff
    values: dict[str, Any] = {
        "question": question,
        "told": told,
        "counts": None,
        "done": request.query_params.get("done") == "closed",
        "past": question.last < now().date(),
        "tabs": _tabs(question),
        "bases": [(BASIS[b], replace(question, basis=b).url(), b) for b in BASIS],
        "offices": offices_of(catalog, member),
        "procedures": list(catalog.procedures.values()),
        "channels": CHANNEL,
    }
    if not question.fault:
        values |= await _figures(request, question, catalog, member)
    status = 409 if told else 400 if question.fault else 200
    return answer(request, "counts.html", values, status)


async def _figures(
    request: Request, question: CountQuestion, catalog: CatalogIndex, member: Staff
) -> dict[str, object]:
    reporting, actor = door_of(request).services.reporting, actor_of(request)
    report = await reporting.report(actor, question.asked())
    closed: ClosedMonth | None = None
    if question.unit == "month":
        closed = await reporting.closed_month(actor, question.first, question.basis)
    return {
        "counts": report,
        "tables": tables_of(report, question, catalog),
        "total": FigureRow("合計", report.total),
        "main": MAIN,
        "more": MORE,
        "brief": BRIEF,
        "definitions": DEFINITIONS,
        "charts": [("period", by_period(report)), ("hour", by_hour(report))],
        "chart_size": (WIDTH, HEIGHT),
        "closed": closed,
        "corrections": corrections_of(closed, catalog) if closed else (),
        "lists": member.may(LISTS),
        "may_close": member.may(CLOSES) and EVERY_OFFICE in member.offices,
    }


def _tabs(question: CountQuestion) -> list[tuple[str, str, Unit]]:
    """The same day as a day, a month, a fiscal year, a range."""
    found = []
    for unit in get_args(Unit):
        other = replace(question, unit=unit)
        if unit != "range":
            other = question.spanning(unit, min(max(now().date(), question.first), question.last))
        found.append((UNIT[unit], other.url(), unit))
    return found


def _chosen(question: CountQuestion, catalog: CatalogIndex) -> str:
    """What the report was narrowed to, in words."""
    words = [
        catalog.office(question.office) if question.office else "",
        catalog.procedure(question.procedure) if question.procedure else "",
        CHANNEL[question.channel] if question.channel else "",
        f"{question.window}番窓口" if question.window else "",
        "" if question.cancelled else "取消を除く",
    ]
    return "・".join(filter(None, words))


ROUTES = [
    Route("/counts", counts, methods=["GET"]),
    Route("/counts/close", close_month, methods=["POST"]),
    Route("/counts/sheet", counts_sheet, methods=["GET"]),
    Route("/counts.csv", counts_csv, methods=["GET"]),
    Route("/counts.xlsx", counts_xlsx, methods=["GET"]),
]
