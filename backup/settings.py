"""What the commands of backup read."""

from dataclasses import dataclass
from pathlib import Path

from libs.common.settings import (
    count,
    key32,
    log_level,
    seconds,
    setting,
    tcp_port,
    url,
    versioned_keys,
)


def names(text: str) -> tuple[str, ...]:
    return tuple(word for word in text.split(",") if word)


def folders(text: str) -> tuple[Path, ...]:
    return tuple(Path(word) for word in text.split(":") if word)


@dataclass(frozen=True, kw_only=True)
class ArchiveSettings:
    """What every command reads."""

    archive: Path = setting(
        "ARCHIVE_DIR", "The folder of the archive, on storage that is not the database's.", Path
    )
    keys: dict[int, bytes] = setting(
        "BACKUP_KEYS",
        "Keys of the archive: version:base64, the newest first. Without its key nobody reads it.",
        versioned_keys,
        secret=True,
    )
    programs: Path | None = setting(
        "PG_BIN", "The folder of PostgreSQL's programs, where PATH has none.", Path, default=None
    )
    log_level: str = setting(
        "LOG_LEVEL", "DEBUG, INFO, WARNING or ERROR.", log_level, default="INFO"
    )


@dataclass(frozen=True, kw_only=True)
class SourceSettings(ArchiveSettings):
    """What reads from the running server."""

    database_url: str = setting(
        "DATABASE_URL", "PostgreSQL, with the role `backup`.", url("postgresql"), secret=True
    )


@dataclass(frozen=True, kw_only=True)
class BaseSettings(SourceSettings):
    """What `base` reads."""

    keep_days: int = setting(
        "KEEP_DAYS", "So many days back every second can be restored.", count, default=35
    )


@dataclass(frozen=True, kw_only=True)
class JournalSettings(SourceSettings):
    """What `journal` reads."""

    host: str = setting("HOST", "Address to listen on.", default="127.0.0.1")
    ops_port: int = setting("OPS_PORT", "TCP port of /healthz, /readyz and /metrics.", tcp_port)
    journal: Path = setting(
        "JOURNAL_DIR", "The folder of this journal, on storage of its own.", Path
    )
    name: str = setting(
        "JOURNAL_NAME", "Its slot, and its name in synchronous_standby_names.", default="journal"
    )
    tail_seconds: float = setting(
        "TAIL_SECONDS",
        "How often the archive gets what is in the file that is not full yet.",
        seconds,
        default=60.0,
    )
    drill_public_key: bytes = setting(
        "DRILL_PUBLIC_KEY", "Ed25519 public key that the results of drills are read with.", key32
    )


@dataclass(frozen=True, kw_only=True)
class RestoreSettings(ArchiveSettings):
    """What `restore` reads."""

    journals: tuple[Path, ...] = setting(
        "JOURNAL_DIRS", "The folders of the journals there are: one:other.", folders, default=()
    )


@dataclass(frozen=True, kw_only=True)
class DrillSettings(RestoreSettings, SourceSettings):
    """What `drill` reads."""

    drill_private_key: bytes = setting(
        "DRILL_PRIVATE_KEY", "Ed25519 private key that signs the result.", key32, secret=True
    )
    room: Path = setting("DRILL_DIR", "An empty folder with room for a copy of the database.", Path)
    databases: tuple[str, ...] = setting(
        "DRILL_DATABASES", "The databases that are compared.", names, default=("oita",)
    )
    journal_names: tuple[str, ...] = setting(
        "JOURNAL_NAMES", "The slots of the journals.", names, default=("journal",)
    )
