"""全国システムの停止: what the page lists, and the steps that its form stands for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from libs.contracts.booking import (
    ClearStop,
    NationalStop,
    Office,
    PutStop,
    ScheduleStep,
    Series,
    StopKind,
)
from libs.rules.series import is_wanted
from services.gateway.lgwan.counter.series import name_of
from services.gateway.web.forms import Form

from .day_forms import LONGEST_SPAN, ReadSteps
from .fields import FormReader
from .says import stop_text

CLEAR = "clear"
KINDS: dict[str, str] = {
    "closed": "終日止まる",
    "hours": "時間を決めて止まる",
    "works": "点検日だが、止まらない",
    CLEAR: "予定を消す（点検日は休みに戻る）",
}
REASONS = (
    "全国システムの点検日",
    "全国システムの臨時の停止",
    "全国システムの更新",
    "全国システムの障害",
)
"""Words to choose from, because citizens read them."""
_KINDS: dict[str, StopKind] = {"closed": "closed", "hours": "hours", "works": "works"}


@dataclass(frozen=True)
class StopLine:
    """A day on which the national system rests by the rule, or about which something is known."""

    day: date
    text: str
    by_rule: bool
    open_series: tuple[str, ...]
    """Those that are open then all the same."""


def stop_lines(
    stops: Iterable[NationalStop], offices: Iterable[Office], today: date
) -> list[StopLine]:
    """By day, from today on."""
    several = list(offices)
    known = {stop.day: stop_text(stop) for stop in stops}
    by_rule = {
        closure.day: closure.reason
        for office in several
        for closure in office.closures
        if closure.kind == "stop" and closure.day >= today and closure.day not in known
    }
    return [
        StopLine(day, known.get(day) or by_rule[day], day in by_rule, _open_series(several, day))
        for day in sorted({**by_rule, **known})
    ]


def _open_series(offices: Iterable[Office], day: date) -> tuple[str, ...]:
    return tuple(
        f"{office.name}「{name_of(series)}」"
        for office in offices
        for series in office.series
        if series.on_stops and is_wanted(series, day) and not _is_shut(office, series, day)
    )


def _is_shut(office: Office, series: Series, day: date) -> bool:
    """Whether something else closes the series on that day."""
    there = [one for one in office.closures if one.day == day and one.kind != "stop"]
    opens = {"holiday": series.on_holidays, "year-end": series.on_year_end}
    return any(one.whole or not opens.get(one.kind, False) for one in there)


def read_stops(form: Form) -> ReadSteps:
    """A step for each of the days."""
    fields = FormReader(form)
    first = fields.need_day("day", "日")
    last = fields.day("day_until", "最後の日") or first
    if not 0 <= (last - first).days < LONGEST_SPAN and "day" not in fields.errors:
        fields.errors.setdefault(
            "day_until", f"最後の日は、始めの日から{LONGEST_SPAN}日以内にしてください。"
        )
    kind = form.get("kind")
    if kind not in KINDS:
        fields.errors["kind"] = "どうなるかを選んでください。"
    hours = kind == "hours"
    starts = fields.need_hour("starts", "止まる時刻") if hours else None
    ends = fields.need_hour("ends", "再開する時刻") if hours else None
    reason = fields.text("reason") if kind in ("closed", "hours") else ""
    if kind in ("closed", "hours") and reason not in REASONS:
        fields.errors.setdefault("reason", "理由を選んでください。")
    if fields.errors:
        return ReadSteps((), fields.errors)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    if kind == CLEAR:
        return ReadSteps(tuple(ClearStop(day=day) for day in days), {})
    steps: list[ScheduleStep] = [
        PutStop(
            stop=NationalStop(day=day, kind=_KINDS[kind], starts=starts, ends=ends, reason=reason)
        )
        for day in days
    ]
    return ReadSteps(tuple(steps), {})
