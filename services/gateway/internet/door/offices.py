"""Offices to choose from, each with its first free day."""

from typing import Any

from libs.contracts.times import day_of

from .door import CitizenRequest
from .drafts import BookingDraft


def offices_for(citizen: CitizenRequest, draft: BookingDraft) -> dict[str, Any]:
    """What a page shows of the offices that have times for all of it: where they are today and
    from when elsewhere, each with its first free day."""
    door, wanted = citizen.door, {one for who in draft.wish.people for one in who}
    now = door.clock()
    found = [
        (office.on(day_of(now)), door.availability.first_free(office.office_id, draft.wish, now))
        for office in door.catalog.offices()
        if wanted <= {one for series in office.series for one in series.procedure_ids}
    ]
    return {"offices": found, "today": day_of(now)}
