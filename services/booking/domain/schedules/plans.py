"""What a change does to one office, as it is shown before anybody applies it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

from libs.contracts.booking import Affected, Competing, OfficePlan, Proposed

from .impact import Impact, Standing, excess_of, minutes_between
from .layout import Layout, competing, places_of


@dataclass(frozen=True)
class OfficeDraft:
    """What changes at one office on which days, and what that does to those who stand there."""

    before: Layout
    after: Layout
    days: Sequence[date]
    standing: Sequence[Standing]
    impact: Impact

    @property
    def office_id(self) -> str:
        return self.after.table.office_id

    @cached_property
    def minutes(self) -> tuple[int, int]:
        """Of open windows: added and removed."""
        return minutes_between(self.before, self.after, self.days)


def plan_of_office(one: OfficeDraft, proposed: Mapping[UUID, Proposed]) -> OfficePlan:
    added, removed = one.minutes
    old, new = one.before.table.series, one.after.table.series
    put = {series_id for series_id in new if old.get(series_id) != new[series_id]}
    counted = put or set(new)
    a_day = [
        sum(places_of(s, one.after, day) for s in one.after.held(day) if s.series_id in counted)
        for day in one.days
    ]
    return OfficePlan(
        office_id=one.office_id,
        places_a_day=max(a_day, default=0),
        places=sum(a_day),
        added=added,
        removed=removed,
        affected=tuple(_affected(b, proposed.get(b.booking_id)) for b in one.impact.affected),
        excess=excess_of(one.office_id, one.after, one.impact.crowded, one.standing),
        competing=tuple(
            Competing(
                office_id=one.office_id, series_ids=(a.series_id, b.series_id), windows=windows
            )
            for a, b, windows in competing(list(new.values()))
            if {a.series_id, b.series_id} & put
        ),
    )


def _affected(one: Standing, proposed: Proposed | None) -> Affected:
    return Affected(
        booking_id=one.booking_id,
        number=one.number,
        office_id=one.office_id,
        procedure_id=one.wish[0],
        starts_at=one.starts_at,
        minutes=one.minutes,
        has_email=one.has_email,
        proposed=proposed,
    )
