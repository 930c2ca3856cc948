"""The form of a series: what it opens with, and the steps it stands for."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from libs.contracts.booking import Break, PutSeries, Series
from libs.contracts.times import JST
from services.gateway.lgwan.door.context import CatalogIndex
from services.gateway.lgwan.door.staff import Staff
from services.gateway.web.forms import Form

from .fields import FormReader, moment, windows_text
from .says import CLOSURES

BREAKS = (1, 2, 3)
UNITS = (10, 15, 20, 30, 40, 45, 60)
NAME_LENGTH = 40
_TEXTS = (
    "id", "name", "opens", "closes", "unit", "windows", "staff_windows", "valid_from",
    "valid_until", "published_day", "published_time", *CLOSURES,
    *(f"break{n}_{part}" for n in BREAKS for part in ("starts", "ends", "keeps")),
)  # fmt: skip
_LISTS = ("office", "weekday", "procedure")
Values = dict[str, Any]
"""What stands in the fields: texts, and tuples of texts where several may be ticked."""


@dataclass(frozen=True)
class Preset:
    """What many series have in common."""

    text: str
    weekdays: tuple[int, ...]
    opens: time
    closes: time
    on_holidays: bool = False


PRESETS = {
    "weekday": Preset("平日", (0, 1, 2, 3, 4), time(9), time(17)),
    "weekend": Preset("土日", (5, 6), time(9), time(17), on_holidays=True),
    "evening": Preset("夜間", (0, 1, 2, 3, 4), time(17), time(20)),
}


def blank() -> Values:
    return {**dict.fromkeys(_TEXTS, ""), **dict.fromkeys(_LISTS, ()), "unit": "30"}


def of_preset(name: str, office_id: str, first: date) -> Values:
    """A new series as the preset says, for three months."""
    preset = PRESETS.get(name, PRESETS["weekday"])
    return {
        **blank(),
        "office": (office_id,),
        "weekday": tuple(map(str, preset.weekdays)),
        "opens": _clock(preset.opens),
        "closes": _clock(preset.closes),
        "on_holidays": "1" if preset.on_holidays else "",
        "valid_from": first.isoformat(),
        "valid_until": _three_months(first).isoformat(),
    }


def of_span(office_id: str, days: tuple[date, date], opens: str, closes: str) -> Values:
    """A new series for the days and hours that were chosen in the week's grid."""
    first, last = days
    several = range(min((last - first).days, 6) + 1)
    weekdays = sorted({(first + timedelta(days=n)).weekday() for n in several})
    return {
        **of_preset("weekday", office_id, first),
        "weekday": tuple(map(str, weekdays)),
        "opens": opens,
        "closes": closes,
    }


def of_series(office_id: str, series: Series) -> Values:
    values: Values = {
        **blank(),
        "id": series.series_id,
        "office": (office_id,),
        "name": series.name,
        "weekday": tuple(map(str, series.weekdays)),
        "opens": _clock(series.opens),
        "closes": _clock(series.closes),
        "unit": str(series.unit_minutes),
        "windows": windows_text(series.windows),
        "staff_windows": windows_text(series.staff_windows),
        "procedure": series.procedure_ids,
        "valid_from": series.valid_from.isoformat(),
        "valid_until": series.valid_until.isoformat(),
        **{name: "1" if getattr(series, name) else "" for name in CLOSURES},
    }
    for number, one in enumerate(series.breaks[: len(BREAKS)], 1):
        values[f"break{number}_starts"] = _clock(one.starts)
        values[f"break{number}_ends"] = _clock(one.ends)
        values[f"break{number}_keeps"] = windows_text(one.keeps)
    if series.published_from:
        published = series.published_from.astimezone(JST)
        values["published_day"] = published.date().isoformat()
        values["published_time"] = _clock(published.time())
    return values


def of_form(form: Form) -> Values:
    """What was typed, to be shown again; twelve digits are not."""
    texts = {name: form.get(name)[:400] for name in _TEXTS}
    return {**texts, **{name: tuple(form.all(name)) for name in _LISTS}}


@dataclass(frozen=True)
class ReadSeries:
    """`steps` is empty where `errors` says what is wrong."""

    steps: tuple[PutSeries, ...]
    errors: dict[str, str]


def read_series(
    form: Form, catalog: CatalogIndex, member: Staff, known: Mapping[str, Series]
) -> ReadSeries:
    """A step for each office that was chosen. `known` are the series that exist there by now."""
    fields = FormReader(form)
    wanted = form.get("id")
    mine = [office for office in catalog.offices if member.serves(office)]
    offices = fields.some("office", "場所", mine)
    series = _series(fields, catalog)
    if fields.errors:
        return ReadSeries((), fields.errors)
    if wanted and wanted in known:
        ids = [(office, wanted) for office in offices[:1]]
    else:
        ids = [(office, f"{office}-{secrets.token_hex(3)}") for office in offices]
    return ReadSeries(
        tuple(
            PutSeries(office_id=office, series=series.model_copy(update={"series_id": series_id}))
            for office, series_id in ids
        ),
        {},
    )


def _series(fields: FormReader, catalog: CatalogIndex) -> Series:
    """The series without its id. Errors are noted in `fields`."""
    name = fields.text("name")
    if len(name) > NAME_LENGTH:
        fields.errors["name"] = f"名前は、{NAME_LENGTH}文字以内で入力してください。"
    weekdays = fields.some("weekday", "曜日", map(str, range(7)))
    opens = fields.need_hour("opens", "始めの時刻")
    closes = fields.need_hour("closes", "終わりの時刻")
    unit = fields.text("unit")
    if unit not in map(str, range(5, 121, 5)):
        fields.errors["unit"] = "1枠の長さを選び直してください。"
    windows = fields.windows("windows", "だれでも予約できる窓口")
    staff_windows = fields.windows("staff_windows", "職員だけが予約できる窓口")
    if not (windows or staff_windows) and not {"windows", "staff_windows"} & {*fields.errors}:
        fields.errors["windows"] = "窓口の番号を、1つ以上入力してください。例：1-8"
    return Series.model_construct(
        series_id="",
        name=name[:NAME_LENGTH],
        procedure_ids=fields.some("procedure", "手続き", catalog.procedures),
        weekdays=tuple(map(int, weekdays)),
        opens=opens,
        closes=closes,
        unit_minutes=int(unit) if unit.isdecimal() else 0,
        windows=windows,
        staff_windows=staff_windows,
        breaks=tuple(filter(None, (_break(fields, number) for number in BREAKS))),
        on_holidays=fields.chosen("on_holidays"),
        on_year_end=fields.chosen("on_year_end"),
        on_stops=fields.chosen("on_stops"),
        valid_from=fields.need_day("valid_from", "最初の日"),
        valid_until=fields.need_day("valid_until", "最後の日"),
        published_from=_published(fields),
    )


def _break(fields: FormReader, number: int) -> Break | None:
    """None where nothing was typed about it."""
    what = f"休憩{number}の"
    starts = fields.hour(f"break{number}_starts", what + "始め")
    ends = fields.hour(f"break{number}_ends", what + "終わり")
    keeps = fields.windows(f"break{number}_keeps", what + "間も開ける窓口")
    if starts is None and ends is None and not keeps:
        return None
    for name, value, word in (("starts", starts, "始め"), ("ends", ends, "終わり")):
        if value is None:
            missing = f"{what}{word}の時刻を入力してください。例：12:00"
            fields.errors.setdefault(f"break{number}_{name}", missing)
    return Break(starts=starts or time(0), ends=ends or time(0), keeps=keeps)


def _published(fields: FormReader) -> Any:
    day = fields.day("published_day", "公開する日")
    at = fields.hour("published_time", "公開する時刻")
    if day is None and at is not None:
        fields.errors.setdefault("published_day", "公開する日も選んでください。")
    return moment(day, at or time(0)) if day else None


def _three_months(first: date) -> date:
    """The day before the same day three months later."""
    month = first.month + 3
    year, month = first.year + (month - 1) // 12, (month - 1) % 12 + 1
    for day in range(first.day, 0, -1):
        try:
            return date(year, month, day) - timedelta(days=1)
        except ValueError:
            continue
    return first


def _clock(at: time) -> str:
    return f"{at:%H:%M}"
