"""Collected changes as lines to read: what is alike at several offices or days is one line."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import groupby

from libs.contracts.booking import ClearDay, ClearStop, PutDay, PutSeries, PutStop, ScheduleStep
from services.gateway.lgwan.door.context import CatalogIndex
from services.gateway.web.times import long_date

from .says import Known, offices_text, series_text, special_text, step_text, stop_text


@dataclass(frozen=True)
class Said:
    """A line, and the numbers of its steps: 3-11."""

    text: str
    first: int
    last: int

    @property
    def steps(self) -> str:
        return f"{self.first}-{self.last}"

    def __contains__(self, number: int) -> bool:
        return self.first <= number <= self.last


def in_words(
    steps: Sequence[ScheduleStep], catalog: CatalogIndex, known: Known, coming: Known
) -> list[Said]:
    """`known` are the series as they are, `coming` as they will be."""
    found: list[Said] = []
    for _, group in groupby(enumerate(steps), lambda one: _alike(one[0], one[1], known)):
        numbers, several = zip(*group, strict=True)
        text = _together(several, catalog, known, coming)
        found.append(Said(text, numbers[0], numbers[-1]))
    return found


def _alike(number: int, step: ScheduleStep, known: Known) -> Hashable:
    """The same for steps that differ in nothing but their office, or are about days in a row."""
    if isinstance(step, PutSeries):
        is_new = not _is_known(step, known)
        return is_new, step.series.model_copy(update={"series_id": ""}).model_dump_json()
    if isinstance(step, PutDay):
        begun = step.day.day.toordinal() - number
        return step.office_ids, begun, step.day.model_dump_json(exclude={"day"})
    if isinstance(step, PutStop):
        begun = step.stop.day.toordinal() - number
        return "stop", begun, step.stop.model_dump_json(exclude={"day"})
    if isinstance(step, ClearStop):
        return "clear", step.day.toordinal() - number
    return (
        (step.office_ids, step.day.toordinal() - number) if isinstance(step, ClearDay) else number
    )


def _together(
    steps: Sequence[ScheduleStep], catalog: CatalogIndex, known: Known, coming: Known
) -> str:
    first, last = steps[0], steps[-1]
    if isinstance(first, PutSeries):
        offices = [step.office_id for step in steps if isinstance(step, PutSeries)]
        called = f"「{first.series.name}」" if first.series.name else ""
        audit = "直す" if _is_known(first, known) else "作る"
        where = offices_text(list(dict.fromkeys(offices)), catalog)
        return f"{where}の枠{called}を{audit}：{series_text(first.series, catalog)}"
    if isinstance(first, PutDay) and isinstance(last, PutDay) and first is not last:
        days = f"{long_date(first.day.day)}から{long_date(last.day.day)}まで"
        return f"{offices_text(first.office_ids, catalog)}の{days}：{special_text(first.day)}"
    if isinstance(first, ClearDay) and isinstance(last, ClearDay) and first is not last:
        days = f"{long_date(first.day)}から{long_date(last.day)}まで"
        return f"{offices_text(first.office_ids, catalog)}の{days}を、ふだんの枠に戻す"
    if isinstance(first, PutStop) and isinstance(last, PutStop) and first is not last:
        days = f"{long_date(first.stop.day)}から{long_date(last.stop.day)}まで"
        return f"すべての場所の{days}：全国システム {stop_text(first.stop)}"
    return step_text(first, catalog, {o: {**coming[o], **known[o]} for o in known})


def _is_known(step: PutSeries, known: Known) -> bool:
    return step.series.series_id in known.get(step.office_id, {})
