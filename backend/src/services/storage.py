"""Where the original files lie: keys, atomic writes, reads.

A key is the path below the storage folder, `gpx_files/{year}/{month}/{trip_id}/{name}.gpx`. A file
under its key is whole and on disk: it is written beside, flushed, and moved there in one step.
Keys are never written twice, so a reader of an older upload never sees the bytes of a newer one.
"""

import asyncio
import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import UUID, uuid4

from src.logs import get_logger

log = get_logger(__name__)
_MOVE_ATTEMPTS = 5
_BUFFER_BYTES = 1024 * 1024
HEAD_BYTES = 64 * 1024


class StorageUnavailableError(Exception):
    """A stored file cannot be read now."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    key: str
    size: int
    sha256: str


class IncomingFile:
    """An upload on its way in: append, then `keep` it under a key, or leave and it is gone."""

    def __init__(self, storage: "Storage") -> None:
        self._storage = storage
        self._path = storage.incoming_folder / uuid4().hex
        self._buffer = bytearray()
        self._digest = hashlib.sha256()
        self.size = 0
        self.head = b""

    async def __aenter__(self) -> Self:
        self._file = await asyncio.to_thread(self._path.open, "xb")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await asyncio.to_thread(self._discard)

    async def append(self, chunk: bytes | bytearray) -> None:
        self.size += len(chunk)
        self._buffer += chunk
        if len(self.head) < HEAD_BYTES:
            self.head += bytes(chunk[: HEAD_BYTES - len(self.head)])
        if len(self._buffer) >= _BUFFER_BYTES:
            await self._flush()

    async def sha256(self) -> str:
        """The digest of what has come in so far, in hexadecimal."""
        await self._flush()
        return self._digest.hexdigest()

    async def read(self) -> bytes:
        """What has come in so far."""
        await self._flush()
        return await asyncio.to_thread(self._read)

    async def keep(self, key: str) -> StoredFile:
        """Put the file under its key; from here on it survives a crash of the machine."""
        sha256 = await self.sha256()
        await asyncio.to_thread(self._move_to, self._storage.path_of(key))
        return StoredFile(key=key, size=self.size, sha256=sha256)

    async def _flush(self) -> None:
        full, self._buffer = self._buffer, bytearray()
        await asyncio.to_thread(self._write, full)

    def _write(self, data: bytearray) -> None:
        self._digest.update(data)
        self._file.write(data)

    def _read(self) -> bytes:
        self._file.flush()
        return self._path.read_bytes()

    def _move_to(self, target: Path) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        _move(self._path, target)
        try:
            for folder in (target.parent, *target.parent.parents):
                _sync_folder(folder)
                if folder == self._storage.root:
                    break
        except OSError:
            target.unlink(missing_ok=True)
            raise

    def _discard(self) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)


class Storage:
    """A folder on a disk that the API and the workers share."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.incoming_folder = root / "incoming"
        self.incoming_folder.mkdir(parents=True, exist_ok=True)

    def receive(self) -> IncomingFile:
        return IncomingFile(self)

    def path_of(self, key: str) -> Path:
        path = (self.root / key).resolve()
        if not path.is_relative_to(self.root.resolve()):
            raise ValueError("a storage key must stay below the storage folder")
        return path

    async def read(self, key: str) -> bytes:
        """The bytes under a key; raises `StorageUnavailableError`."""
        try:
            return await asyncio.to_thread(self.path_of(key).read_bytes)
        except OSError as error:
            raise StorageUnavailableError(key) from error

    async def delete(self, key: str) -> None:
        """Remove a file that no row names any more; what cannot be removed now is left behind."""
        try:
            await asyncio.to_thread(self._delete, self.path_of(key))
        except OSError:
            log.warning("file_left_behind", storage_key=key, exc_info=True)

    async def check(self) -> None:
        """Raise `OSError` unless a file can be written and removed."""
        async with self.receive() as probe:
            await probe.append(b"alive")

    def _delete(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        for folder in path.parents:
            if folder == self.root or not _remove_if_empty(folder):
                return


def new_key(trip_id: UUID, now: datetime) -> str:
    return f"gpx_files/{now:%Y}/{now:%m}/{trip_id}/{uuid4()}.gpx"


def _move(source: Path, target: Path) -> None:
    for _ in range(_MOVE_ATTEMPTS):
        target.parent.mkdir(parents=True, exist_ok=True)
        # Whoever deletes the last file of a folder removes the folder, perhaps between these lines.
        with suppress(FileNotFoundError):
            source.replace(target)
            return
    raise FileNotFoundError(target)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_if_empty(folder: Path) -> bool:
    try:
        folder.rmdir()
    except OSError:
        return False
    return True
