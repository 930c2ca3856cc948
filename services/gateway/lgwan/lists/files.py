"""Files made for staff: what kind, how far, how long they are kept. And searches kept by name."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from services.gateway.lgwan.door.words import FileKind

FileState = Literal["making", "done", "failed"]

KEPT_FOR = timedelta(hours=1)
SILENT_FOR = timedelta(seconds=90)
"""A file that is being made says so more often than that: else its process has ended."""

FILTERS_MOST = 30
NAME_LENGTH = 40


@dataclass(frozen=True)
class SavedFilter:
    """A search that a member of staff keeps under a name. `query` is a part of an address."""

    filter_id: UUID
    name: str
    query: str


@dataclass(frozen=True)
class Export:
    """A file of a list. `total` is None until it is known, `as_of` until the first part is read.

    `reason` says why it failed. `silent`: nothing was heard of it for too long.
    """

    export_id: UUID
    owner: str
    kind: FileKind
    query: str
    state: FileState
    reason: str
    rows: int
    total: int | None
    replaced: int
    size: int
    as_of: datetime | None
    made_at: datetime | None
    silent: bool

    @property
    def gone_at(self) -> datetime | None:
        return self.made_at + KEPT_FOR if self.made_at else None
