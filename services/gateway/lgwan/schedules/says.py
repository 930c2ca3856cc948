"""Series, special days and steps in words."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import assert_never

from libs.contracts.booking import (
    ClearDay,
    ClearStop,
    Closure,
    CopyOffice,
    CopyWeek,
    EndSeries,
    NationalStop,
    PutDay,
    PutStop,
    Series,
    SpecialDay,
)
from libs.rules.series import is_open_on, is_wanted
from services.gateway.lgwan.counter.series import clock, hours_text, name_of
from services.gateway.lgwan.door.context import CatalogIndex
from services.gateway.web.times import local, long_date

from .fields import windows_text

CLOSURES = {
    "on_holidays": "祝日",
    "on_year_end": "年末年始",
    "on_stops": "全国システムの点検日・停止",
}
"""What a series may be open in spite of, each for itself."""
SHOWN_DAYS = 6
OtherStep = EndSeries | PutDay | ClearDay | PutStop | ClearStop | CopyWeek | CopyOffice
Known = Mapping[str, Mapping[str, Series]]
"""The series that exist, by office and id."""


def windows_of(series: Series) -> str:
    """1-8（職員用 9）"""
    staff = f"職員用 {windows_text(series.staff_windows)}" if series.staff_windows else ""
    public = windows_text(series.windows)
    return f"{public}（{staff}）" if public and staff else public or staff


def breaks_text(series: Series) -> str:
    """休憩 12:00〜13:00（窓口1-2は開ける）"""
    parts = []
    for one in series.breaks:
        kept = f"（窓口{windows_text(one.keeps)}は開ける）" if one.keeps else ""
        parts.append(f"{clock(one.starts)}〜{clock(one.ends)}{kept}")
    return "、".join(parts)


def series_text(series: Series, catalog: CatalogIndex) -> str:
    """Everything about a series, for the plan."""
    parts = [
        hours_text(series),
        f"{series.unit_minutes}分ごと",
        f"窓口 {windows_of(series)}",
        "・".join(map(catalog.procedure, series.procedure_ids)),
        f"{long_date(series.valid_from)}から{long_date(series.valid_until)}まで",
    ]
    if series.breaks:
        parts.append(f"休憩 {breaks_text(series)}")
    if also := [text for name, text in CLOSURES.items() if getattr(series, name)]:
        parts.append(f"{'・'.join(also)}も開く")
    if series.published_from:
        parts.append(f"公開は{published_text(series)}から")
    return "、".join(parts)


def published_text(series: Series) -> str:
    """2026年12月1日（火） 9:00; empty where it is public already by its text."""
    if series.published_from is None:
        return ""
    at = local(series.published_from)
    return f"{long_date(at)} {clock(at.time())}"


def offices_text(offices: Sequence[str], catalog: CatalogIndex) -> str:
    """All of them by name, up to three; more than that by their number."""
    names = [catalog.office(office) for office in offices]
    if len(names) > 1 and set(offices) == set(catalog.offices):
        return f"すべての場所（{len(names)}か所）"
    if len(names) <= 3:
        return "・".join(names)
    return f"{names[0]}・{names[1]}ほか{len(names) - 2}か所"


def special_text(special: SpecialDay) -> str:
    """休み（台風・大雨などの災害）"""
    reason = f"（{special.reason}）" if special.reason else ""
    opens = clock(special.opens) if special.opens else ""
    closes = clock(special.closes) if special.closes else ""
    words = {
        "closed": "休み",
        "until": f"{closes}以降は中止",
        "hours": f"{opens}〜{closes}だけ",
        "windows": f"窓口{windows_text(special.windows)}だけ",
    }
    return words[special.kind] + reason


def stop_text(stop: NationalStop) -> str:
    """13:00〜15:00に停止（システムの更新）"""
    reason = f"（{stop.reason}）" if stop.reason else ""
    hours = f"{clock(stop.starts)}〜{clock(stop.ends)}に" if stop.starts and stop.ends else ""
    words = {"closed": "終日停止", "hours": f"{hours}停止", "works": "点検日だが、止まらない"}
    return words[stop.kind] + reason


def closure_texts(series: Series, closures: Iterable[Closure]) -> list[str]:
    """Which closures meet the days of a series, by name, and whether it is open then."""
    found: dict[tuple[str, bool], list[date]] = {}
    for closure in closures:
        if is_wanted(series, closure.day):
            opens = is_open_on(series, closure)
            name = closure.reason if closure.kind != "holiday" or closure.whole else "祝日"
            found.setdefault((name, opens), []).append(closure.day)
    return [
        f"{name}（{days_text(days)}）は{'開きます' if opens else '休みです'}"
        for (name, opens), days in found.items()
    ]


def days_text(days: Sequence[date]) -> str:
    """12月20日、1月17日 ほか3日"""
    named = "、".join(f"{day.month}月{day.day}日" for day in days[:SHOWN_DAYS])
    return named if len(days) <= SHOWN_DAYS else f"{named} ほか{len(days) - SHOWN_DAYS}日"


def step_text(step: OtherStep, catalog: CatalogIndex, known: Known) -> str:
    """What a step does, in a sentence."""
    if isinstance(step, EndSeries):
        series = known.get(step.office_id, {}).get(step.series_id)
        called = f"「{name_of(series)}」" if series else ""
        return f"{catalog.office(step.office_id)}の枠{called}を{long_date(step.last_day)}で終える"
    if isinstance(step, PutDay):
        return (
            f"{offices_text(step.office_ids, catalog)}の{long_date(step.day.day)}："
            f"{special_text(step.day)}"
        )
    if isinstance(step, ClearDay):
        where = offices_text(step.office_ids, catalog)
        return f"{where}の{long_date(step.day)}を、ふだんの枠に戻す"
    if isinstance(step, PutStop):
        return f"すべての場所の{long_date(step.stop.day)}：全国システム {stop_text(step.stop)}"
    if isinstance(step, ClearStop):
        return f"{long_date(step.day)}の全国システムの予定を消す（点検日は休みに戻る）"
    if isinstance(step, CopyWeek):
        return (
            f"{catalog.office(step.office_id)}の{week_text(step.week)}の特別な日を、"
            f"{_weeks(step.to)}にも写す"
        )
    if isinstance(step, CopyOffice):
        return (
            f"{catalog.office(step.office_id)}の枠を、{long_date(step.first_day)}から"
            f"{offices_text(step.to, catalog)}にも使う（写す先のいまの枠は、その前の日で終わる）"
        )
    assert_never(step)


def week_text(week: date) -> str:
    """2026年12月7日（月）の週"""
    return f"{long_date(week)}の週"


def minutes_text(minutes: int) -> str:
    """12時間30分"""
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours:,}時間" if hours else "", f"{rest}分" if rest else ""]
    return "".join(parts) or "0分"


def places_text(a_day: int, total: int) -> str:
    """1日24枠・合計480枠"""
    return f"1日{a_day:,}枠・合計{total:,}枠"


def _weeks(weeks: Sequence[date]) -> str:
    named = "、".join(week_text(week) for week in weeks[:3])
    return named if len(weeks) <= 3 else f"{named}ほか、全部で{len(weeks)}週"
