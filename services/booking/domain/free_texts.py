"""What staff write in words of their own, by field, so that it can be looked through."""

from collections.abc import Iterable, Mapping

from libs.contracts.booking import PutDay, PutSeries, PutStop, ScheduleStep, Value

Texts = dict[str, str]


def texts_of_steps(steps: Iterable[ScheduleStep]) -> Texts:
    """The names of series and the reasons of special days and of national stops."""
    found: Texts = {}
    for number, step in enumerate(steps):
        match step:
            case PutSeries():
                found[f"steps.{number}.series.name"] = step.series.name
            case PutDay():
                found[f"steps.{number}.day.reason"] = step.day.reason
            case PutStop():
                found[f"steps.{number}.stop.reason"] = step.stop.reason
            case _:
                pass
    return found


def texts_of_settings(values: Mapping[str, Value]) -> Texts:
    """Every setting that is a text, and each line of a list of texts."""
    found: Texts = {}
    for field, value in values.items():
        if isinstance(value, str):
            found[field] = value
        elif isinstance(value, tuple):
            found |= {f"{field}.{number}": line for number, line in enumerate(value)}
    return found
