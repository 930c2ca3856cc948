"""What stands around a setting, and texts that fit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from libs.contracts.booking import Office, Procedure, Series, SettingProblem

MOST_LINES = 20
TRANSLATED = 4


@dataclass(frozen=True)
class Surroundings:
    """`offices` and `procedures` are as they are saved, the changed one included.

    `standing` counts the bookings to come that the change is about, `other_length` those of them
    that are as long as the procedure was.
    """

    offices: Sequence[Office]
    procedures: Sequence[Procedure]
    standing: int = 0
    other_length: int = 0

    def procedure(self, procedure_id: str) -> Procedure | None:
        return next((p for p in self.procedures if p.procedure_id == procedure_id), None)

    def series_for(self, procedure_id: str) -> list[Series]:
        """The series of all open offices that offer the procedure."""
        return [
            series
            for office in self.offices
            if not office.hidden
            for series in office.series
            if procedure_id in series.procedure_ids
        ]


def too_long(values: Mapping[str, object], most: Mapping[str, int]) -> Iterator[SettingProblem]:
    """`most` are signs by the last part of a setting's name; each line of a list counts alone.
    Readings and other scripts take several times as many."""
    for field, value in values.items():
        limit = most.get(field.rpartition(".")[2], 0) * (TRANSLATED if "texts." in field else 1)
        lines = value if isinstance(value, tuple) else (value,)
        if limit and any(len(str(line)) > limit for line in lines):
            yield SettingProblem(field=field, code="too-long", facts={"most": limit})
        elif len(lines) > MOST_LINES:
            yield SettingProblem(field=field, code="too-many-lines", facts={"most": MOST_LINES})


def missing(values: Mapping[str, object], *fields: str) -> Iterator[SettingProblem]:
    return (SettingProblem(field=name, code="missing") for name in fields if not values[name])
