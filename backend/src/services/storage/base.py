"""What the service asks of a storage, whatever it is made of.

A file under its key is whole and survives a crash: there is nothing in between.
"""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from src.observability.logs import get_logger
from src.services.storage.files import (
    ListedFile,
    OpenedFile,
    StorageUnavailableError,
    StoredFile,
    failures_of_disk,
)
from src.services.storage.incoming import IncomingFile
from src.services.storage.walking import walk_files
from src.threads import Threads

log = get_logger(__name__)
LISTED_AT_ONCE = 500
_MOST_THREADS = 8


class Storage(ABC):
    """Files under keys. Every method raises `StorageUnavailableError`, except `delete`."""

    def __init__(self, folder: Path) -> None:
        """`folder` is on a disk of this machine; uploads are buffered in it as they come in."""
        self._folder = folder
        self._threads = Threads("storage", _MOST_THREADS)
        self.incoming_folder = folder / "incoming"
        self.incoming_folder.mkdir(parents=True, exist_ok=True)

    def receive(self) -> IncomingFile:
        return IncomingFile(self.incoming_folder, self.put, self._threads)

    @asynccontextmanager
    async def scratch(self) -> AsyncIterator[Path]:
        """A path on this machine where a file may be written; what is left there goes."""
        path = self.incoming_folder / uuid4().hex
        try:
            yield path
        finally:
            await self._threads.run(path.unlink, missing_ok=True)

    async def keep(self, source: Path, key: str) -> None:
        """Put a local file, whole as it is, under its key; it may be moved there."""
        with failures_of_disk(source):
            size, digest = await self._threads.run(_measure, source)
        await self.put(source, StoredFile(key, size, digest))

    @abstractmethod
    async def put(self, source: Path, stored: StoredFile) -> None:
        """Put a local file, of that size and digest, under its key; it may be moved there.

        When this returns, the file survives a crash. When it raises, nothing is under the key,
        unless the storage did the work and only its answer was lost.
        """

    @abstractmethod
    async def read(self, key: str) -> bytes:
        """The bytes under a key."""

    @abstractmethod
    def local_copy(self, key: str) -> AbstractAsyncContextManager[Path]:
        """A path on this machine, for as long as the block runs, from which the file can be read.

        An `OSError` of whoever reads it there is the storage's, too.
        """

    @abstractmethod
    async def open(self, key: str) -> OpenedFile:
        """The file under a key, without ever holding more than a piece of it in memory."""

    @abstractmethod
    async def has(self, key: str) -> bool:
        """Whether there is a file under a key, of which nothing is read."""

    @abstractmethod
    def list_files(self) -> AsyncIterator[Sequence[ListedFile]]:
        """Every file under a key of `new_key`, in no order, some hundred at a time."""

    async def delete(self, key: str) -> None:
        """Remove a file that no row names any more; what cannot be removed now is left behind."""
        try:
            await self._remove(key)
        except StorageUnavailableError:
            log.warning("file_left_behind", storage_key=key, exc_info=True)

    async def sweep_incoming(self, before: datetime, *, dry_run: bool) -> list[ListedFile]:
        """Remove what was left in the buffer since before that time; `dry_run` only looks for it.

        The buffer is this machine's; its keys are none of the storage.
        """
        with failures_of_disk(self.incoming_folder):
            return await self._threads.run(self._sweep_incoming, before, dry_run=dry_run)

    async def check(self) -> None:
        """Raise unless uploads can be buffered and the storage answers."""
        async with self.receive() as probe:
            await probe.append(b"alive")
            await probe.read()

    @abstractmethod
    async def _remove(self, key: str) -> None:
        """Remove the file under a key; it is no error if there is none."""

    def _sweep_incoming(self, before: datetime, *, dry_run: bool) -> list[ListedFile]:
        found = walk_files(self._folder, self.incoming_folder)
        left = [file for file in found if file.modified_at < before]
        if not dry_run:
            for file in left:
                (self._folder / file.key).unlink(missing_ok=True)
        return left


def _measure(path: Path) -> tuple[int, str]:
    """A file's size in bytes and its SHA-256 in hexadecimal."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    return path.stat().st_size, digest.hexdigest()
