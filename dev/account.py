"""The unprivileged account that private servers run as, and a directory that it can use."""

import hashlib
import os
import pwd
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

import psutil

from .errors import CannotStart

ROOT = Path(__file__).resolve().parent.parent
FALLBACK = Path("/var/tmp")
MEMORY = Path("/dev/shm")
WORLD_CAN_PASS = 0o001
WORLD_CAN_READ = 0o004


class PopenOptions(TypedDict, total=False):
    """The arguments of Popen that change the account."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    """Who a private server runs as; `uid` is None where we are not root and just stay ourselves."""

    uid: int | None = None
    gid: int | None = None

    def popen_options(self) -> PopenOptions:
        if self.uid is None or self.gid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def owns(self, path: Path) -> None:
        """Make `path` a private directory of this account."""
        path.mkdir(parents=True, exist_ok=True)
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)
        path.chmod(0o700)

    def owns_all(self, path: Path) -> None:
        """Hand over a whole tree."""
        if self.uid is not None and self.gid is not None:
            for each in (path, *path.rglob("*")):
                os.chown(each, self.uid, self.gid, follow_symlinks=False)


def server_account() -> Account:
    """PostgreSQL refuses to run as root, so root's servers run as `nobody`."""
    if os.geteuid() != 0:
        return Account()
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def reachable(path: Path) -> bool:
    """Whether an unprivileged account can get to `path` and read it."""
    if os.geteuid() != 0:
        return True
    return _closed_way(path) is None and (
        not path.exists() or bool(path.stat().st_mode & WORLD_CAN_READ)
    )


def _closed_way(path: Path) -> Path | None:
    """The directory on the way to `path` that keeps an unprivileged account out."""
    ways = reversed(path.resolve().parents)
    return next((w for w in ways if w.exists() and not w.stat().st_mode & WORLD_CAN_PASS), None)


def private_place(below: Path = FALLBACK) -> Path:
    """A directory below /var/tmp, or elsewhere, that belongs to this checkout alone."""
    name = hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]
    place = below / f"oita-{name}"
    place.mkdir(mode=0o755, exist_ok=True)
    if place.stat().st_uid != os.geteuid():
        raise PermissionError(f"{place} belongs to somebody else; remove it and start again.")
    return place


def room_in_memory() -> int:
    """Bytes that files may take in memory; 0 where this machine has no place for such files."""
    if not (MEMORY.is_dir() and os.access(MEMORY, os.W_OK | os.X_OK)):
        return 0
    return min(shutil.disk_usage(MEMORY).free, psutil.virtual_memory().available)


def server_home(wanted: Path) -> Path:
    """`wanted` if the servers' account can get there, else a place of the same name in /var/tmp.

    Data are never left behind: where there are some, the server goes on with them, or says what
    keeps it from them. Raises CannotStart.
    """
    wanted = wanted.resolve()
    wanted.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0:
        return wanted
    closed = _closed_way(wanted)
    elsewhere = private_place() / hashlib.sha256(str(wanted).encode()).hexdigest()[:12]
    places = [place for place in (wanted, elsewhere) if _used_at(place)]
    place = max(places, key=_used_at, default=wanted if closed is None else elsewhere)
    if place == wanted and closed is not None:
        raise CannotStart(
            f"The data are in {wanted}, and the account of the servers has no way through {closed}."
            f" Open it (chmod o+x {closed}), or move the data away to begin with none."
        )
    place.mkdir(exist_ok=True)
    return place


def _used_at(place: Path) -> float:
    """When something was last written directly below `place`; 0 where nothing is."""
    entries = list(place.iterdir()) if place.is_dir() else []
    return max((entry.stat().st_mtime for entry in entries), default=0.0)


def readable_copy(installed: Path) -> Path:
    """`installed` itself, or a copy of that tree that the servers' account can read."""
    if reachable(installed):
        return installed
    copy = private_place() / installed.name
    if not (copy / ".complete").exists():
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(installed, copy, symlinks=True)
        (copy / ".complete").touch()
    return copy
