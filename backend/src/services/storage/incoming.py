"""An upload on its way in: buffered in a file of this machine while it is counted and hashed."""

import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import uuid4

from src.services.storage.files import StoredFile, failures_of_disk
from src.threads import Threads

_BUFFER_BYTES = 1024 * 1024
HEAD_BYTES = 64 * 1024


Put = Callable[[Path, StoredFile], Awaitable[None]]


class IncomingFile:
    """Append, then `keep` it under a key, or leave and it is gone.

    Whatever the local disk refuses is a `StorageUnavailableError`.
    """

    def __init__(self, folder: Path, put: Put, threads: Threads) -> None:
        self._path = folder / uuid4().hex
        self._put = put
        self._threads = threads
        self._buffer = bytearray()
        self._digest = hashlib.sha256()
        self.size = 0
        self.head = b""

    async def __aenter__(self) -> Self:
        with failures_of_disk(self._path):
            self._file = await self._threads.run(self._path.open, "xb")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._threads.run(self._discard)

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
        with failures_of_disk(self._path):
            return await self._threads.run(self._read)

    async def path(self) -> Path:
        """Where what has come in so far can be read, until this file is kept or left."""
        await self._flush()
        with failures_of_disk(self._path):
            await self._threads.run(self._file.flush)
        return self._path

    async def keep(self, key: str) -> StoredFile:
        """Put the file under its key; from here on it survives a crash of the machine."""
        stored = StoredFile(key=key, size=self.size, sha256=await self.sha256())
        with failures_of_disk(self._path):
            await self._threads.run(self._file.close)
        await self._put(self._path, stored)
        return stored

    async def _flush(self) -> None:
        full, self._buffer = self._buffer, bytearray()
        with failures_of_disk(self._path):
            await self._threads.run(self._write, full)

    def _write(self, data: bytearray) -> None:
        self._digest.update(data)
        self._file.write(data)

    def _read(self) -> bytes:
        self._file.flush()
        return self._path.read_bytes()

    def _discard(self) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)
