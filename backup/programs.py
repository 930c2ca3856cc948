"""PostgreSQL's own programs, and how they are told where the server is."""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

SOON = (
    "connect_timeout=5 keepalives_idle=5 keepalives_interval=2 keepalives_count=3"
    " tcp_user_timeout=10000"
)
"""A server whose machine is gone is noticed within seconds."""


def program(folder: Path | None, name: str) -> str:
    return str(folder / name) if folder else name


def environment(database_url: str, application: str) -> dict[str, str]:
    """Variables instead of arguments: a password in an argument is everybody's to read."""
    parts = urlsplit(database_url)
    return {
        "PATH": os.environ.get("PATH", ""),
        "LC_ALL": "C.UTF-8",
        "PGHOST": parts.hostname or "localhost",
        "PGPORT": str(parts.port or 5432),
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": parts.path.lstrip("/") or "postgres",
        "PGAPPNAME": application,
    }
