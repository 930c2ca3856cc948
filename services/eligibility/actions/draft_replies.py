"""Drafts in the words of the contract, with nothing that gives a person away."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from libs.contracts.eligibility import (
    ColumnChoice,
    Draft,
    DraftChoice,
    DraftColumn,
    DraftCounts,
    DraftLayout,
    DraftLine,
    DraftProfile,
    DraftState,
)
from libs.rules.personal_numbers import redacted
from services.eligibility.domain.choices import choice_by
from services.eligibility.domain.columns import Guesser, is_personal
from services.eligibility.domain.encodings import encoding_name
from services.eligibility.domain.layout import Preview, notation, preview_of, suggestion
from services.eligibility.domain.problems import UnreadableFile
from services.eligibility.domain.records import FileLine
from services.eligibility.draft_store import BUSY
from services.eligibility.tables import DraftRow, ProfileRow

_SAMPLES = 3
_LONGEST = 40
_DAY = re.compile(r"[0-9]")


def state_of(draft: DraftRow, now: datetime) -> DraftState:
    """A job whose process is gone has stopped."""
    if draft.state in BUSY and (draft.leased_until is None or draft.leased_until < now):
        return "stopped"
    return cast("DraftState", draft.state)


def line_of(draft: DraftRow, now: datetime) -> DraftLine:
    return DraftLine(
        draft_id=draft.draft_id,
        file_name=draft.file_name,
        state=state_of(draft, now),
        sent_by=draft.sent_by,
        at=draft.at,
    )


def to_contract(
    draft: DraftRow,
    profiles: Sequence[ProfileRow],
    revision: int,
    booked: int,
    lines: Sequence[FileLine],
    guesser: Guesser,
    now: datetime,
    profile_id: UUID | None = None,
) -> Draft:
    layout = DraftLayout.model_validate(draft.layout) if draft.layout else None
    preview = _preview(lines, layout)
    chosen = _choice(draft, profiles, preview, guesser, profile_id)
    return Draft(
        draft_id=draft.draft_id,
        file_name=draft.file_name,
        kind="xlsx" if draft.kind == "xlsx" else "csv",
        state=state_of(draft, now),
        size=draft.size,
        lines=draft.lines,
        sent_by=draft.sent_by,
        at=draft.at,
        layout=layout,
        encoding=encoding_name(draft.kind, layout.codec if layout else ""),
        columns=tuple(_columns(preview, chosen, guesser)),
        readable=bool(lines),
        office_id=chosen.office_id,
        words=chosen.words,
        profile=draft.profile if draft.choice and not profile_id else chosen.profile,
        profiles=tuple(_profiles(profiles, preview)),
        done=draft.done,
        total=draft.total,
        counts=_counts(draft.counts, booked),
        run=draft.run,
        stale=draft.revision is not None and draft.revision != revision,
        problem=(draft.problem or {}).get("detail"),
    )


def _preview(lines: Sequence[FileLine], layout: DraftLayout | None) -> Preview:
    try:
        return preview_of(lines, layout.header if layout else 0)
    except UnreadableFile:
        return Preview((), ())


def _choice(
    draft: DraftRow,
    profiles: Sequence[ProfileRow],
    preview: Preview,
    guesser: Guesser,
    profile_id: UUID | None,
) -> DraftChoice:
    """A profile that was asked for, what was chosen last, the first profile that fits, or what
    headings and contents say."""
    fitting = [profile for profile in profiles if _by(profile, preview)]
    asked = [profile for profile in fitting if profile.profile_id == profile_id]
    if not asked and draft.choice:
        return DraftChoice.model_validate(draft.choice)
    if preview.rows and (found := (asked or fitting)[:1]):
        choice = _by(found[0], preview)
        assert choice is not None
        return choice
    guessed = suggestion(preview, guesser)
    columns = [ColumnChoice(place=place, target=target) for place, target in guessed.items()]
    return DraftChoice(columns=tuple(columns))


def _by(profile: ProfileRow, preview: Preview) -> DraftChoice | None:
    return choice_by(profile.choice, profile.name, preview.headings, preview.width)


def _profiles(profiles: Sequence[ProfileRow], preview: Preview) -> list[DraftProfile]:
    return [
        DraftProfile(
            profile_id=profile.profile_id,
            name=profile.name,
            fits=bool(preview.rows) and _by(profile, preview) is not None,
        )
        for profile in profiles
    ]


def _columns(preview: Preview, choice: DraftChoice, guesser: Guesser) -> list[DraftColumn]:
    targets = {column.place: column.target for column in choice.columns}
    columns = []
    for place in range(min(preview.width, 1000)):
        name = preview.headings[place] if place < len(preview.headings) else ""
        cells = [row[place] if place < len(row) else "" for row in preview.rows]
        target = targets.get(place)
        hidden = target is None and is_personal(name)
        dates = notation(cells) if any(guesser.is_a(cell, "born") for cell in cells) else ""
        shown = () if hidden else tuple(_shown(cell, dates) for cell in cells[:_SAMPLES])
        columns.append(
            DraftColumn(
                place=place,
                heading=redacted(name)[:_LONGEST],
                samples=shown,
                target=target,
                dates=dates,
                hidden=hidden,
            )
        )
    return columns


def _shown(cell: str, dates: str) -> str:
    """Of a date the era and the year."""
    text = redacted(" ".join(cell.split()))[:_LONGEST]
    if not dates:
        return text
    kept = {"西": 4, "元": 3}.get(dates[:1], 2)
    seen = 0
    masked = []
    for sign in text:
        is_digit = bool(_DAY.fullmatch(sign))
        seen += is_digit
        masked.append("•" if is_digit and seen > kept else sign)
    return "".join(masked)


def _counts(counts: dict[str, Any] | None, booked: int) -> DraftCounts | None:
    return DraftCounts(**counts, booked=booked) if counts else None
