"""The unprivileged account that private servers run as, and a directory that it can use."""

import hashlib
import os
import pwd
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

import psutil

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
    ways = path.resolve().parents
    passable = all(way.stat().st_mode & WORLD_CAN_PASS for way in ways if way.exists())
    return passable and (not path.exists() or bool(path.stat().st_mode & WORLD_CAN_READ))


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
    """`wanted` if the servers' account can reach it, else a place of the same name in /var/tmp."""
    wanted = wanted.resolve()
    wanted.mkdir(parents=True, exist_ok=True)
    if reachable(wanted):
        return wanted
    elsewhere = private_place() / hashlib.sha256(str(wanted).encode()).hexdigest()[:12]
    elsewhere.mkdir(exist_ok=True)
    return elsewhere


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
