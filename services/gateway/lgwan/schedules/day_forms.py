"""The forms of special days and copies: what they open with, and the steps they stand for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, get_args

from libs.contracts.booking import (
    ClearDay,
    CopyOffice,
    CopyWeek,
    DayKind,
    EndSeries,
    PutDay,
    ScheduleStep,
    SpecialDay,
)
from services.gateway.lgwan.door.context import CatalogIndex
from services.gateway.lgwan.door.staff import Staff
from services.gateway.web.forms import Form

from .fields import FormReader

Values = dict[str, Any]
LONGEST_SPAN = 31
WEEKS_SHOWN = 26
CLEAR = "clear"
KINDS: dict[str, str] = {
    "closed": "休みにする",
    "until": "途中の時刻から後を中止する（本日○時以降中止）",
    "hours": "その日だけ時間を変える",
    "windows": "窓口を減らす（職員が足りない日）",
    CLEAR: "元に戻す（特別な設定をやめる）",
}
assert set(KINDS) == {*get_args(DayKind), CLEAR}
REASONS = (
    "庁舎の都合",
    "台風・大雨などの災害",
    "システムの点検・障害",
    "停電・設備の工事",
    "選挙の準備",
    "職員の体制の都合",
    "臨時の窓口",
)
"""Words to choose from, because citizens read them and nobody shall write about people."""


@dataclass(frozen=True)
class ReadSteps:
    """`steps` is empty where `errors` says what is wrong."""

    steps: tuple[ScheduleStep, ...]
    errors: dict[str, str]


def day_values(office_id: str, first: date, last: date, **more: str) -> Values:
    named = ("kind", "opens", "closes", "windows", "reason")
    return {
        "office": (office_id,),
        "day": first.isoformat(),
        "day_until": "" if first == last else last.isoformat(),
        **dict.fromkeys(named, ""),
        **more,
    }


def typed_values(form: Form, texts: Iterable[str], lists: Iterable[str]) -> Values:
    """What was typed, to be shown again; twelve digits are not."""
    return {
        **{name: form.get(name)[:400] for name in texts},
        **{name: tuple(form.all(name)) for name in lists},
    }


def read_days(form: Form, catalog: CatalogIndex, member: Staff) -> ReadSteps:
    """A step for each of the days."""
    fields = FormReader(form)
    offices = fields.some("office", "場所", _mine(catalog, member))
    first = fields.need_day("day", "日")
    last = fields.day("day_until", "最後の日") or first
    if not 0 <= (last - first).days < LONGEST_SPAN and "day" not in fields.errors:
        fields.errors.setdefault(
            "day_until", f"最後の日は、始めの日から{LONGEST_SPAN}日以内にしてください。"
        )
    kind = form.get("kind")
    special = _special(fields, kind) if kind in KINDS and kind != CLEAR else None
    if kind not in KINDS:
        fields.errors["kind"] = "何をするかを選んでください。"
    if fields.errors:
        return ReadSteps((), fields.errors)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    if special is None:
        return ReadSteps(tuple(ClearDay(office_ids=offices, day=day) for day in days), {})
    put = [
        PutDay(office_ids=offices, day=SpecialDay.model_validate({"day": day, **special}))
        for day in days
    ]
    return ReadSteps(tuple(put), {})


def _special(fields: FormReader, kind: str) -> dict[str, Any]:
    """What a SpecialDay of this kind needs beside its day, and nothing of the others."""
    reason = fields.text("reason")
    if reason not in REASONS:
        fields.errors.setdefault("reason", "理由を選んでください。")
    opens = fields.need_hour("opens", "始めの時刻") if kind == "hours" else None
    closing = "中止する時刻" if kind == "until" else "終わりの時刻"
    closes = fields.need_hour("closes", closing) if kind in ("until", "hours") else None
    windows = fields.windows("windows", "開ける窓口") if kind == "windows" else ()
    if kind == "windows" and not windows:
        fields.errors.setdefault("windows", "開ける窓口の番号を入力してください。例：1-4")
    return {
        "kind": kind,
        "opens": opens,
        "closes": closes,
        "windows": windows,
        "reason": reason,
    }


def read_end(form: Form) -> ReadSteps:
    fields = FormReader(form)
    last = fields.need_day("last_day", "最後の日")
    if fields.errors:
        return ReadSteps((), fields.errors)
    step = EndSeries(office_id=form.get("office"), series_id=form.get("id"), last_day=last)
    return ReadSteps((step,), {})


def read_copy_week(form: Form) -> ReadSteps:
    fields = FormReader(form)
    week = fields.need_day("week", "もとの週")
    weeks = fields.some("to", "写す先の週", [d.isoformat() for d in weeks_after(week)])
    if fields.errors:
        return ReadSteps((), fields.errors)
    to = tuple(map(date.fromisoformat, weeks))
    return ReadSteps((CopyWeek(office_id=form.get("office"), week=week, to=to),), {})


def read_copy_office(form: Form, catalog: CatalogIndex, member: Staff) -> ReadSteps:
    fields = FormReader(form)
    source = form.get("office")
    to = fields.some("to", "写す先の場所", [o for o in _mine(catalog, member) if o != source])
    first = fields.need_day("first_day", "いつから")
    if fields.errors:
        return ReadSteps((), fields.errors)
    return ReadSteps((CopyOffice(office_id=source, to=to, first_day=first),), {})


def weeks_after(week: date) -> list[date]:
    """The Mondays that one may copy a week to."""
    monday = week - timedelta(days=week.weekday())
    return [monday + timedelta(weeks=n) for n in range(1, WEEKS_SHOWN + 1)]


def _mine(catalog: CatalogIndex, member: Staff) -> list[str]:
    return [office for office in catalog.offices if member.serves(office)]
