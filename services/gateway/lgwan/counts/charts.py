"""Bars as inline SVG: a drawing beside its table, which says the same to everybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from libs.contracts.reporting import FigureReport, Figures

WIDTH, HEIGHT = 600, 140
_PARTS = ("finished", "unfinished", "missed")


@dataclass(frozen=True)
class ChartBar:
    """A part of a pile: its place in the drawing, and what it shows."""

    x: float
    y: float
    width: float
    height: float
    part: str


@dataclass(frozen=True)
class ChartMark:
    """A word below a bar."""

    x: float
    text: str


@dataclass(frozen=True)
class Chart:
    bars: tuple[ChartBar, ...]
    marks: tuple[ChartMark, ...]
    most: int


def by_period(report: FigureReport) -> Chart:
    """What became of the bookings, pile by pile; days without any are gaps."""
    found = {group.period: group.figures for group in report.periods if group.period}
    if not found:
        return Chart((), (), 0)
    days = sorted(found)
    if report.step == "day":
        length = (days[-1] - days[0]).days + 1
        days = [days[0] + timedelta(days=n) for n in range(length)]
    names = [f"{day.month}月" if report.step == "month" else str(day.day) for day in days]
    return _piles([found.get(day, Figures()) for day in days], names)


def by_hour(report: FigureReport) -> Chart:
    hours = {group.hour: group.figures for group in report.hours if group.hour is not None}
    if not hours:
        return Chart((), (), 0)
    every = range(min(hours), max(hours) + 1)
    return _piles([hours.get(hour, Figures()) for hour in every], [f"{h}時" for h in every])


def _piles(figures: Sequence[Figures], names: Sequence[str]) -> Chart:
    most = max(one.bookings - one.cancelled for one in figures) or 1
    step = WIDTH / len(figures)
    bars: list[ChartBar] = []
    for place, one in enumerate(figures):
        top = float(HEIGHT)
        rest = one.waiting + one.arrived
        for part, count in (*((p, getattr(one, p)) for p in _PARTS), ("open", rest)):
            height = count * HEIGHT / most
            top -= height
            if count:
                bars.append(ChartBar(place * step + step * 0.15, top, step * 0.7, height, part))
    every = -(-len(names) // 12)
    marks = [ChartMark(step * (n + 0.5), name) for n, name in enumerate(names) if n % every == 0]
    return Chart(tuple(bars), tuple(marks), most)
