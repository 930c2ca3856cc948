"""Which advisories concern our images, and which of those do not matter and why."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cyclonedx.model.impact_analysis import ImpactAnalysisJustification
from pydantic import BaseModel, ConfigDict, TypeAdapter

from dev.account import ROOT

from .database import Advisory, Database
from .packages import Package

FILE = ROOT / "deploy" / "advisories.toml"


class Exemption(BaseModel):
    """Why an advisory does not concern us: our side of a VEX (vulnerability exploitability
    exchange). It ends, so that somebody looks again. `justification` is a word of CycloneDX, such
    as `code_not_reachable`; `why` says it in Japanese for the city's file."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str
    package: str
    justification: ImpactAnalysisJustification
    why: str
    decided_by: str
    until: date


@dataclass(frozen=True)
class Finding:
    """An advisory about a package that these images have."""

    advisory: Advisory
    package: Package
    images: tuple[str, ...]
    exemption: Exemption | None = None

    @property
    def numbers(self) -> list[str]:
        """Its id and every other name of it, such as the CVE by which JVN iPedia knows it."""
        return [self.advisory.id, *self.advisory.aliases]


def exemptions(path: Path = FILE) -> list[Exemption]:
    """Those that are written down. Raises pydantic.ValidationError."""
    found = tomllib.loads(path.read_text()).get("exempt", [])
    return TypeAdapter(list[Exemption]).validate_python(found)


def compare(
    images: Mapping[str, Iterable[Package]],
    database: Database,
    exempt: Iterable[Exemption],
    today: date,
) -> list[Finding]:
    """Every advisory that concerns a package of an image, by package. Exempt ones are among them,
    with their exemption."""
    known = {(one.id, one.package): one for one in exempt if one.until >= today}
    return [
        Finding(advisory, package, where, _exemption(known, advisory, package))
        for package, where in sorted(_where(images).items(), key=lambda item: item[0].name)
        for advisory in database.by_package.get(package.name, ())
        if advisory.concerns(package.name, package.version)
    ]


def _where(images: Mapping[str, Iterable[Package]]) -> dict[Package, tuple[str, ...]]:
    found: dict[Package, tuple[str, ...]] = {}
    for image, packages in images.items():
        for one in packages:
            package = Package(one.name, one.version)
            found[package] = (*found.get(package, ()), image)
    return found


def _exemption(
    known: Mapping[tuple[str, str], Exemption], advisory: Advisory, package: Package
) -> Exemption | None:
    numbers = (advisory.id, *advisory.aliases)
    return next(
        (known[number, package.name] for number in numbers if (number, package.name) in known), None
    )
