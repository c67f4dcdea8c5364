"""Files in a folder on a disk: written beside, flushed, and moved under their key in one step."""

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from io import BufferedReader
from itertools import islice
from pathlib import Path

from src.services.storage.base import LISTED_AT_ONCE, Storage
from src.services.storage.files import (
    FileMissingError,
    ListedFile,
    OpenedFile,
    StoredFile,
    failures_of_disk,
)
from src.services.storage.keys import UPLOADS
from src.services.storage.walking import walk_files

_MOVE_ATTEMPTS = 5
_PIECE_BYTES = 1024 * 1024


class DiskStorage(Storage):
    """A folder; where API and workers run on several machines, they must share it."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.root = root

    def path_of(self, key: str) -> Path:
        path = (self.root / key).resolve()
        if not path.is_relative_to(self.root.resolve()):
            raise ValueError("a storage key must stay below the storage folder")
        return path

    async def put(self, source: Path, stored: StoredFile) -> None:
        target = self.path_of(stored.key)
        with failures_of_disk(stored.key):
            await self._threads.run(self._move_in, source, target)

    async def read(self, key: str) -> bytes:
        path = self.path_of(key)
        with failures_of_disk(key):
            return await self._threads.run(path.read_bytes)

    @asynccontextmanager
    async def local_copy(self, key: str) -> AsyncIterator[Path]:
        with failures_of_disk(key):
            yield self.path_of(key)

    async def open(self, key: str) -> OpenedFile:
        path = self.path_of(key)
        with failures_of_disk(key):
            # Opened before the answer begins: what cannot be read is told as an error, and what is
            # deleted meanwhile is still sent whole.
            file = await self._threads.run(path.open, "rb")
            size_bytes = os.fstat(file.fileno()).st_size
        return OpenedFile(size_bytes, self._pieces(file, key))

    async def has(self, key: str) -> bool:
        path = self.path_of(key)
        with suppress(FileMissingError), failures_of_disk(key):
            await self._threads.run(path.stat)
            return True
        return False

    async def list_files(self) -> AsyncIterator[Sequence[ListedFile]]:
        files = walk_files(self.root, self.root / UPLOADS)
        with failures_of_disk(self.root):
            while batch := await self._threads.run(lambda: list(islice(files, LISTED_AT_ONCE))):
                yield batch

    async def _remove(self, key: str) -> None:
        path = self.path_of(key)
        with failures_of_disk(key):
            await self._threads.run(self._delete, path)

    async def _pieces(self, file: BufferedReader, key: str) -> AsyncIterator[bytes]:
        with failures_of_disk(key), file:
            while piece := await self._threads.run(file.read, _PIECE_BYTES):
                yield piece

    def _move_in(self, source: Path, target: Path) -> None:
        _sync(source)
        _move(source, target)
        try:
            for folder in (target.parent, *target.parent.parents):
                _sync(folder)
                if folder == self.root:
                    break
        except OSError:
            target.unlink(missing_ok=True)
            raise

    def _delete(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        for folder in path.parents:
            if folder == self.root or not _remove_if_empty(folder):
                return


def _move(source: Path, target: Path) -> None:
    for _ in range(_MOVE_ATTEMPTS):
        target.parent.mkdir(parents=True, exist_ok=True)
        # Whoever deletes the last file of a folder removes the folder, perhaps between these lines.
        with suppress(FileNotFoundError):
            source.replace(target)
            return
    raise FileNotFoundError(target)


def _sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, have reached the disk."""
    descriptor = os.open(path, os.O_RDONLY)
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
