"""What the service asks of a storage, whatever it is made of.

A key looks like a path, `gpx_files/{year}/{month}/{trip_id}/{name}.gpx`. A file under its key is
whole and survives a crash: there is nothing in between. Keys are never written twice, so a reader
of an older upload never sees the bytes of a newer one.
"""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

from src.logs import get_logger
from src.services.storage.files import (
    ListedFile,
    OpenedFile,
    StorageUnavailableError,
    StoredFile,
)
from src.services.storage.incoming import IncomingFile

log = get_logger(__name__)
UPLOADS = "gpx_files"
LISTED_AT_ONCE = 500


class Storage(ABC):
    """Files under keys. Every method raises `StorageUnavailableError`, except `delete`."""

    def __init__(self, folder: Path) -> None:
        """`folder` is on a disk of this machine; uploads are buffered in it as they come in."""
        self.incoming_folder = folder / "incoming"
        self.incoming_folder.mkdir(parents=True, exist_ok=True)

    def receive(self) -> IncomingFile:
        return IncomingFile(self.incoming_folder, self.put)

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
    async def open(self, key: str) -> OpenedFile:
        """The file under a key, without ever holding more than a piece of it in memory."""

    @abstractmethod
    def list_files(self) -> AsyncIterator[Sequence[ListedFile]]:
        """Every file under a key of `new_key`, in no order, some hundred at a time."""

    async def delete(self, key: str) -> None:
        """Remove a file that no row names any more; what cannot be removed now is left behind."""
        try:
            await self._remove(key)
        except StorageUnavailableError:
            log.warning("file_left_behind", storage_key=key, exc_info=True)

    async def check(self) -> None:
        """Raise unless uploads can be buffered and the storage answers."""
        async with self.receive() as probe:
            await probe.append(b"alive")
            await probe.read()

    @abstractmethod
    async def _remove(self, key: str) -> None:
        """Remove the file under a key; it is no error if there is none."""


def new_key(trip_id: UUID, now: datetime) -> str:
    return f"{UPLOADS}/{now:%Y}/{now:%m}/{trip_id}/{uuid4()}.gpx"
