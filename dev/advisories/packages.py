"""The packages of each image: those that its lock names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from dev.account import ROOT

IMAGES = {
    "oita-booking": "booking",
    "oita-eligibility": "eligibility",
    "oita-notify": "notify",
    "oita-reporting": "reporting",
    "oita-internet": "gateway",
    "oita-lgwan": "gateway",
    "oita-backup": "reporting",
    "oita-postgres": "patroni",
}
"""Image and lock. The edge has no package of Python."""
PLATFORM = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"}
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_PIN = re.compile(r"==([^\s;]+)")


@dataclass(frozen=True)
class Package:
    """`name` is normal as PyPI compares names; `hashes` are SHA-256 of the files that may be
    installed, one for each platform."""

    name: str
    version: str
    hashes: tuple[str, ...] = ()


def locked(lock: str) -> list[Package]:
    """What `requirements/<lock>.txt` installs on Linux, in its order."""
    return list(read((ROOT / "requirements" / f"{lock}.txt").read_text()))


def read(text: str) -> Iterator[Package]:
    """The packages of a lock. Raises ValueError for a line without one exact version."""
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
    for entry in re.split(r"(?<!\\)\n(?=\S)", "\n".join(lines).strip()):
        line = entry.replace("\\\n", " ").partition(" --hash=")[0].strip()
        if not line:
            continue
        wanted, pin = Requirement(line), _PIN.search(line)
        if pin is None:
            raise ValueError(f"not one exact version: {line}")
        if wanted.marker is None or wanted.marker.evaluate(dict(PLATFORM)):
            yield Package(canonicalize_name(wanted.name), pin[1], tuple(_HASH.findall(entry)))
