"""The cuts of a report as tables: what a row is called, and where its name leads."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from libs.contracts.reporting import FigureGroup, FigureReport, Figures
from services.gateway.lgwan.door.context import CatalogIndex
from services.gateway.lgwan.door.words import CHANNEL
from services.gateway.web.times import long_month, weekday

from .question import CountQuestion

LEADS = ("0～3日", "4～7日", "8～14日", "15～30日", "31日以上")


@dataclass(frozen=True)
class FigureRow:
    """`url` is the same report of this row alone; empty where there is none."""

    name: str
    figures: Figures
    url: str = ""


@dataclass(frozen=True)
class FigureTable:
    """`key` names it in the page and in files, `heading` stands above the names."""

    key: str
    title: str
    heading: str
    rows: tuple[FigureRow, ...]


def tables_of(
    report: FigureReport, question: CountQuestion, catalog: CatalogIndex
) -> list[FigureTable]:
    """All cuts but that of offices and procedures together."""
    return [
        FigureTable("offices", "場所ごと", "場所", tuple(_offices(report, question, catalog))),
        FigureTable(
            "procedures", "手続きごと", "手続き", tuple(_procedures(report, question, catalog))
        ),
        FigureTable("periods", *_period_words(report), tuple(_periods(report, question))),
        FigureTable(
            "hours", "時間帯ごと", "時間帯", _rows(report.hours, lambda g: f"{g.hour}時台")
        ),
        FigureTable(
            "windows", "呼出した窓口ごと", "窓口", tuple(_windows(report, question, catalog))
        ),
        FigureTable("channels", "予約種別ごと", "予約種別", tuple(_channels(report, question))),
        FigureTable("leads", "申込から来庁まで", "日数", _rows(report.leads, _lead)),
    ]


def matrix(
    report: FigureReport, offices: Sequence[tuple[str, str]], catalog: CatalogIndex
) -> list[tuple[str, list[Figures], Figures]]:
    """Every office in a row, also one without bookings: its procedures, in order, and its sum."""
    cells = {(g.office_id, g.procedure_id): g.figures for g in report.cells}
    sums = {g.office_id: g.figures for g in report.offices}
    return [
        (
            name,
            [cells.get((code, procedure), Figures()) for procedure in catalog.procedures],
            sums.get(code, Figures()),
        )
        for code, name in offices
    ]


def _rows(
    groups: Iterable[FigureGroup], name: Callable[[FigureGroup], str]
) -> tuple[FigureRow, ...]:
    return tuple(FigureRow(name(group), group.figures) for group in groups)


def _lead(group: FigureGroup) -> str:
    return LEADS[group.lead or 0]


def _offices(
    report: FigureReport, question: CountQuestion, catalog: CatalogIndex
) -> Iterable[FigureRow]:
    for group in report.offices:
        code = group.office_id or ""
        yield FigureRow(catalog.office(code), group.figures, replace(question, office=code).url())


def _procedures(
    report: FigureReport, question: CountQuestion, catalog: CatalogIndex
) -> Iterable[FigureRow]:
    for group in report.procedures:
        code = group.procedure_id or ""
        url = replace(question, procedure=code).url()
        yield FigureRow(catalog.procedure(code), group.figures, url)


def _period_words(report: FigureReport) -> tuple[str, str]:
    return ("月ごと", "月") if report.step == "month" else ("日ごと", "日")


def _periods(report: FigureReport, question: CountQuestion) -> Iterable[FigureRow]:
    unit = report.step
    for group in report.periods:
        assert group.period
        yield FigureRow(
            period_name(group.period, report),
            group.figures,
            question.spanning(unit, group.period).url(),
        )


def period_name(period: date, report: FigureReport) -> str:
    if report.step == "month":
        return long_month(period)
    return f"{period.month}月{period.day}日（{weekday(period)}）"


def _windows(
    report: FigureReport, question: CountQuestion, catalog: CatalogIndex
) -> Iterable[FigureRow]:
    for group in report.windows:
        code, window = group.office_id or "", group.window or 0
        url = replace(question, office=code, window=window).url()
        yield FigureRow(f"{catalog.office(code)} {window}番窓口", group.figures, url)


def _channels(report: FigureReport, question: CountQuestion) -> Iterable[FigureRow]:
    for group in report.channels:
        if group.channel:
            url = replace(question, channel=group.channel).url()
            yield FigureRow(CHANNEL[group.channel], group.figures, url)
