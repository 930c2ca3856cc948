"""A database of advisories as a file: the export of OSV (osv.dev) for the ecosystem PyPI.

The export is a ZIP with a JSON file per advisory (https://ossf.github.io/osv-schema/). It is read
one advisory at a time. One that cannot be understood is counted and named: it may concern us.
"""

import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

MOST_BYTES = 4 * 1024 * 1024
"""Of one advisory. The largest there are have a few hundred kilobytes."""
_START = "0"


@dataclass(frozen=True)
class Advisory:
    """One record. `affected` are the parts of it about packages of PyPI."""

    id: str
    aliases: tuple[str, ...]
    summary: str
    severity: str
    modified: datetime
    affected: tuple[Mapping[str, Any], ...]

    @property
    def names(self) -> set[str]:
        """The packages it is about."""
        return {_name_of(part) for part in self.affected}

    def concerns(self, name: str, version: str) -> bool:
        """Whether this version is affected, as the schema says it is evaluated: listed by name, or
        inside of a range. Raises InvalidVersion."""
        parts = (part for part in self.affected if _name_of(part) == name)
        return any(_affects(part, Version(version)) for part in parts)


@dataclass
class Database:
    """What was read: advisories by package, when the newest was changed, and what was not
    understood (names of files)."""

    by_package: dict[str, list[Advisory]] = field(default_factory=dict)
    newest: datetime | None = None
    unreadable: list[str] = field(default_factory=list)

    def add(self, advisory: Advisory) -> None:
        self.newest = max(self.newest or advisory.modified, advisory.modified)
        for name in advisory.names:
            self.by_package.setdefault(name, []).append(advisory)


def read(path: Path, wanted: Iterable[str]) -> Database:
    """Reads the export. Only advisories about `wanted` packages are kept.

    Raises zipfile.BadZipFile and OSError where the file is no such export.
    """
    database, names = Database(), set(wanted)
    for name, text in _records(path):
        try:
            found = _parse(json.loads(text))
        except (ValueError, KeyError, TypeError, AttributeError):
            database.unreadable.append(name)
            continue
        if found is None:
            continue
        database.newest = max(database.newest or found.modified, found.modified)
        if found.names & names:
            database.add(found)
    return database


def _records(path: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            if entry.filename.endswith(".json"):
                with archive.open(entry) as file:
                    # More is cut off, and what is cut off cannot be read as JSON.
                    yield entry.filename, file.read(MOST_BYTES)


def _parse(record: dict[str, Any]) -> Advisory | None:
    """None for one that was withdrawn."""
    if record.get("withdrawn"):
        return None
    affected = tuple(
        part for part in record.get("affected", ()) if part["package"]["ecosystem"] == "PyPI"
    )
    for part in affected:
        _check(part)
    scores = [one["score"] for one in record.get("severity", ())]
    word = record.get("database_specific", {}).get("severity")
    return Advisory(
        id=record["id"],
        aliases=tuple(record.get("aliases", ())),
        summary=str(record.get("summary") or record.get("details", "")).strip()[:200],
        severity=str(word or (scores[0] if scores else "")),
        modified=datetime.fromisoformat(record["modified"]),
        affected=affected,
    )


def _check(part: Mapping[str, Any]) -> None:
    """Raises where a later look would: what cannot be evaluated is never passed over."""
    _name_of(part)
    for events in _ranges(part):
        for event in events:
            for version in event.values():
                _bound(version)


def _name_of(part: Mapping[str, Any]) -> str:
    return canonicalize_name(part["package"]["name"])


def _ranges(part: Mapping[str, Any]) -> Iterator[list[dict[str, str]]]:
    return (one["events"] for one in part.get("ranges", ()) if one["type"] == "ECOSYSTEM")


def _affects(part: Mapping[str, Any], version: Version) -> bool:
    listed = part.get("versions", ())
    return any(_same(one, version) for one in listed) or any(
        _inside(events, version) for events in _ranges(part)
    )


def _same(listed: str, version: Version) -> bool:
    try:
        return Version(listed) == version
    except InvalidVersion:
        return False


def _inside(events: list[dict[str, str]], version: Version) -> bool:
    inside = False
    for event in sorted(events, key=_order):
        (kind, bound), *_ = event.items()
        at = _bound(bound)
        match kind:
            case "introduced":
                inside = inside or at is None or version >= at
            case "fixed":
                inside = inside and (at is None or version < at)
            case "last_affected":
                inside = inside and (at is None or version <= at)
    return inside


def _order(event: dict[str, str]) -> tuple[bool, Version]:
    (_, bound), *_ = event.items()
    at = _bound(bound)
    return at is not None, at or Version("0")


def _bound(version: str) -> Version | None:
    """None for the very beginning."""
    return None if version == _START else Version(version)
