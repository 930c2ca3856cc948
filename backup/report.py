"""What a drill found, signed: nobody else can say that a restore went well."""

import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from libs.common.signing import BadSignature, Signer, Verifier

from .archive import TIME, Archive
from .sealed import CannotRead

PURPOSE = "restore drill"
KEPT_SECONDS = 10 * 365 * 86400
KEPT = 400
"""Results that stay: a year of days."""


@dataclass(frozen=True)
class Report:
    """The result of a drill."""

    at: datetime
    ok: bool
    seconds: float
    """From the first byte read until the restored server answered."""
    base: str
    position: str
    rows: dict[str, int]
    missing: dict[str, int]
    """Rows by table that are in the original, are older than the drill, and did not come back."""
    changed_since: dict[str, int]
    """Rows that came back and that the original has changed while the drill ran."""
    newest: str | None
    """The booking made last before the drill, by the moment at which it was."""

    def claims(self) -> dict[str, Any]:
        return {**asdict(self), "at": self.at.isoformat()}

    @classmethod
    def of(cls, claims: dict[str, Any]) -> "Report":
        known = {name: value for name, value in claims.items() if name != "exp"}
        return cls(**{**known, "at": datetime.fromisoformat(known["at"])})


def write(archive: Archive, report: Report, signer: Signer) -> None:
    token = signer.sign(report.claims(), now=time.time(), lifetime=KEPT_SECONDS)
    archive.write("drill", f"{report.at.astimezone(UTC):{TIME}}", [token.encode()])
    for name in archive.names("drill")[:-KEPT]:
        archive.remove("drill", name)


def newest(archive: Archive, verifier: Verifier) -> Report | None:
    """The newest result that is signed as it should be; what is not counts as none."""
    for name in reversed(archive.names("drill")):
        try:
            token = b"".join(archive.read("drill", name)).decode()
            return Report.of(verifier.read(token, now=time.time()))
        except (BadSignature, CannotRead, KeyError, TypeError, ValueError):
            continue
    return None
