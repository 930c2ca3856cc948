"""A base backup: PostgreSQL's pg_basebackup, sealed on its way into the archive."""

import os
import re
import subprocess
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from . import segments
from .archive import Archive, Base
from .programs import SOON, environment, program
from .sealed import CHUNK
from .segments import Segment

_START = re.compile(r"log start point: ([0-9A-F]+/[0-9A-F]+) on timeline (\d+)")
OPTIONS = (
    "--pgdata=-",
    "--format=tar",
    "--wal-method=fetch",
    "--checkpoint=fast",
    "--manifest-checksums=SHA256",
    "--no-password",
    "--verbose",
)


class CannotBackUp(Exception):
    """PostgreSQL gave no base backup; the text is for the operator."""


def take(archive: Archive, database_url: str, programs: Path | None = None) -> Base:
    """Take one and keep it. Raises CannotBackUp, and then the archive is as it was."""
    command = [program(programs, "pg_basebackup"), *OPTIONS, f"--dbname={SOON}"]
    with TemporaryFile() as said:
        child = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=said,
            stdin=subprocess.DEVNULL,
            env=environment(database_url, "base"),
        )
        assert child.stdout
        try:
            head = child.stdout.read(CHUNK)
            # It says where it begins before it gives anything.
            first = _first(child, said)
            return archive.write_base(first, chain([head], _rest(child, child.stdout, said)))
        finally:
            child.kill()
            child.wait()


def _first(child: subprocess.Popen[bytes], said: IO[bytes]) -> Segment:
    found = _START.search(_text(said))
    if found is None:
        child.wait()
        raise CannotBackUp(f"pg_basebackup failed: {_last_line(said)}")
    return segments.at(found[1], int(found[2]))


def _rest(child: subprocess.Popen[bytes], output: IO[bytes], said: IO[bytes]) -> Iterator[bytes]:
    """What pg_basebackup did not end well is no backup."""
    yield from iter(lambda: output.read(CHUNK), b"")
    if child.wait():
        raise CannotBackUp(f"pg_basebackup failed: {_last_line(said)}")


def _last_line(said: IO[bytes]) -> str:
    return _text(said).strip().rsplit("\n", 1)[-1]


def _text(said: IO[bytes]) -> str:
    """All that was said so far; the position is the child's as well, so it is not touched."""
    return os.pread(said.fileno(), 2**20, 0).decode(errors="replace")
