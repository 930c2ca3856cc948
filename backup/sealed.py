"""Files of the archive: compressed, then sealed with AES-256-GCM chunk by chunk.

A file is `HEAD`, the key's version (4 bytes), a salt (16 bytes), and chunks of a MiB, each with its
tag. Its own key comes from the versioned one, the salt and the file's name (HKDF-SHA-256), so a
file under another's name does not open. A chunk's nonce is its number and whether it is the last:
chunks that are lost, swapped or cut off are found. This is the STREAM construction that age and
Tink use; neither is a dependency, and `cryptography` has no form for what fits into no memory.

Whoever destroys a key makes every file that it sealed unreadable, wherever there are copies.
"""

import os
import secrets
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

HEAD = b"oita-backup-1\n"
CHUNK = 2**20
GZIP = 31
"""zlib's number for a gzip frame of the largest window."""
FAST = 1
PART = ".part"
"""At the end of the name of a file that is being written."""
_TAG, _SALT = 16, 16


class CannotRead(Exception):
    """A file is not what it should be; the text is for the operator."""


class Sealer:
    """The keys of the archive: the first seals, every one opens."""

    def __init__(self, keys: Mapping[int, bytes]) -> None:
        self._keys = dict(keys)
        self._newest = next(iter(self._keys))

    def write(self, path: Path, name: str, content: Iterable[bytes]) -> None:
        """Put `content` there, whole or not at all, and on the disk when this returns."""
        # Two journals may bring the same file at once, each from a machine of its own.
        part = path.with_name(f".{path.name}.{secrets.token_hex(8)}{PART}")
        try:
            with part.open("wb") as file:
                self._write(file, name, _compressed(content))
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
            sync_folder(path.parent)
        finally:
            part.unlink(missing_ok=True)

    def read(self, path: Path, name: str) -> Iterator[bytes]:
        """What was put there, piece by piece. Raises CannotRead; nothing false is ever given."""
        with path.open("rb") as file:
            yield from _decompressed(self._opened(file, name), name)

    def _write(self, file: IO[bytes], name: str, pieces: Iterable[bytes]) -> None:
        salt = os.urandom(_SALT)
        file.write(HEAD + self._newest.to_bytes(4, "big") + salt)
        cipher = self._cipher(self._newest, salt, name)
        for number, (chunk, last) in enumerate(_with_last(_chunks(pieces))):
            file.write(cipher.encrypt(_nonce(number, last), chunk, HEAD))

    def _opened(self, file: IO[bytes], name: str) -> Iterator[bytes]:
        if file.read(len(HEAD)) != HEAD:
            raise CannotRead(f"{name} is no file of the archive.")
        version = int.from_bytes(file.read(4), "big")
        if version not in self._keys:
            raise CannotRead(f"{name} is sealed with key {version}, which is not in BACKUP_KEYS.")
        cipher = self._cipher(version, file.read(_SALT), name)
        boxes = iter(lambda: file.read(CHUNK + _TAG), b"")
        ended = False
        for number, (box, last) in enumerate(_with_last(boxes)):
            try:
                yield cipher.decrypt(_nonce(number, last), box, HEAD)
            except InvalidTag:
                raise CannotRead(f"{name} was altered or is cut off.") from None
            ended = last
        if not ended:
            raise CannotRead(f"{name} is cut off.")

    def _cipher(self, version: int, salt: bytes, name: str) -> AESGCM:
        derived = HKDF(SHA256(), length=32, salt=salt, info=HEAD + name.encode())
        return AESGCM(derived.derive(self._keys[version]))


def sync_folder(folder: Path) -> None:
    """A renamed file is there after a power failure only if its folder is on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def pieces_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from iter(lambda: file.read(CHUNK), b"")


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _chunks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in chunks of equal size; a last one may be shorter, or empty."""
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) > CHUNK:
            yield bytes(held[:CHUNK])
            del held[:CHUNK]
    yield bytes(held)


def _with_last(items: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    waiting: bytes | None = None
    for item in items:
        if waiting is not None:
            yield waiting, False
        waiting = item
    if waiting is not None:
        yield waiting, True


def _compressed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    packing = zlib.compressobj(FAST, wbits=GZIP)
    for piece in pieces:
        yield packing.compress(piece)
    yield packing.flush()


def _decompressed(pieces: Iterable[bytes], name: str) -> Iterator[bytes]:
    unpacking = zlib.decompressobj(wbits=GZIP)
    for piece in pieces:
        yield unpacking.decompress(piece)
    if not unpacking.eof:
        raise CannotRead(f"{name} is cut off.")
