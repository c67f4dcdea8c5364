"""Files in a bucket of S3-compatible storage, so that API and workers need no common disk."""

import hashlib
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from obstore.exceptions import BaseError
from obstore.store import S3Store

from src.config import Settings
from src.services.storage.base import LISTED_AT_ONCE, Storage
from src.services.storage.files import (
    FileMissingError,
    ListedFile,
    OpenedFile,
    StorageUnavailableError,
    StoredFile,
    failures_of_disk,
)
from src.services.storage.keys import UPLOADS

if TYPE_CHECKING:
    from obstore.store import S3Config

CONNECT_TIMEOUT_S = 3
# How long the storage may say nothing: a request with its body, or the next bytes of an answer.
SILENCE_TIMEOUT_S = 15
REQUEST_TIMEOUT_S = 60
MAX_RETRIES = 3
# No further retry later than this after the first attempt.
RETRY_WITHIN_S = 15
# The smallest part that S3 takes; what is not longer goes in one request.
PART_BYTES = 5 * 1024 * 1024
_PARTS_AT_ONCE = 3


class BucketStorage(Storage):
    """A bucket, or what is below a prefix in it."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings.storage_path)
        self._bucket = _bucket_of(settings)

    async def put(self, source: Path, stored: StoredFile) -> None:
        await self._check(source, stored)
        with _failures_of_bucket(stored.key):
            await self._bucket.put_async(
                stored.key,
                self._pieces_of(source),
                use_multipart=stored.size > PART_BYTES,
                chunk_size=PART_BYTES,
                max_concurrency=_PARTS_AT_ONCE,
            )
            meta = await self._bucket.head_async(stored.key)
        if meta["size"] != stored.size:
            await self.delete(stored.key)
            raise StorageUnavailableError(f"{stored.key} was stored with {meta['size']} bytes")

    async def read(self, key: str) -> bytes:
        with _failures_of_bucket(key):
            found = await self._bucket.get_async(key)
            return await self._threads.run(bytes, await found.bytes_async())

    @asynccontextmanager
    async def local_copy(self, key: str) -> AsyncIterator[Path]:
        opened = await self.open(key)
        async with self.receive() as copy:
            async for piece in opened.pieces:
                await copy.append(piece)
            with failures_of_disk(key):
                yield await copy.path()

    async def open(self, key: str) -> OpenedFile:
        with _failures_of_bucket(key):
            meta = await self._bucket.head_async(key)
        return OpenedFile(meta["size"], self._pieces(key, meta["size"]))

    async def has(self, key: str) -> bool:
        with suppress(FileMissingError), _failures_of_bucket(key):
            await self._bucket.head_async(key)
            return True
        return False

    async def list_files(self) -> AsyncIterator[Sequence[ListedFile]]:
        with _failures_of_bucket(UPLOADS):
            async for batch in self._bucket.list(UPLOADS, chunk_size=LISTED_AT_ONCE):
                yield [
                    ListedFile(found["path"], found["size"], found["last_modified"])
                    for found in batch
                ]

    async def check(self) -> None:
        """One listing that finds nothing: address, bucket and credentials are right."""
        await super().check()
        with _failures_of_bucket("bucket"):
            await self._bucket.list_with_delimiter_async("alive")

    async def _remove(self, key: str) -> None:
        with _failures_of_bucket(key):
            await self._bucket.delete_async(key)

    async def _pieces(self, key: str, size_bytes: int) -> AsyncIterator[bytes]:
        """One request a piece, so that a slow reader does not run into the storage's time-outs."""
        for start in range(0, size_bytes, PART_BYTES):
            with _failures_of_bucket(key):
                piece = await self._bucket.get_range_async(
                    key, start=start, end=min(start + PART_BYTES, size_bytes)
                )
            yield bytes(piece)

    async def _check(self, source: Path, stored: StoredFile) -> None:
        """Raise if the file changed, before any of it is sent: what is on its way stays sent.

        The digest of what came in is that of what goes out; the storage checks what arrives.
        """
        with failures_of_disk(source), await self._threads.run(source.open, "rb") as file:
            digest = await self._threads.run(hashlib.file_digest, file, "sha256")
        if digest.hexdigest() != stored.sha256:
            raise StorageUnavailableError(f"{source} is not what was received any more")

    async def _pieces_of(self, source: Path) -> AsyncIterator[bytes]:
        with failures_of_disk(source), await self._threads.run(source.open, "rb") as file:
            while piece := await self._threads.run(file.read, PART_BYTES):
                yield piece


def _bucket_of(settings: Settings) -> S3Store:
    endpoint, name = settings.s3_endpoint, urlsplit(settings.storage_url).netloc
    config: S3Config = {
        "region": settings.s3_region,
        # The host name that AWS gives each bucket; its certificate does not cover dots in it.
        "virtual_hosted_style_request": not endpoint and "." not in name,
        # Not every provider compares the digest in a request's signature with what arrives.
        "checksum_algorithm": "sha256",
        # Not every provider understands the deletion of several files in one request.
        "disable_bulk_delete": True,
    }
    if endpoint:
        config["endpoint"] = endpoint
    if settings.s3_access_key_id:
        config["access_key_id"] = settings.s3_access_key_id
        config["secret_access_key"] = settings.s3_secret_access_key.get_secret_value()
    return S3Store.from_url(
        settings.storage_url,
        config=config,
        client_options={
            "allow_http": endpoint.startswith("http://"),
            "connect_timeout": timedelta(seconds=CONNECT_TIMEOUT_S),
            "read_timeout": timedelta(seconds=SILENCE_TIMEOUT_S),
            "timeout": timedelta(seconds=REQUEST_TIMEOUT_S),
        },
        retry_config={
            "max_retries": MAX_RETRIES,
            "retry_timeout": timedelta(seconds=RETRY_WITHIN_S),
        },
    )


@contextmanager
def _failures_of_bucket(key: str) -> Iterator[None]:
    """Whatever the client library raises becomes the storage's own error.

    It tells a missing file with the error that the operating system has for it, and bad keys,
    which are defects of ours, with `ValueError`.
    """
    try:
        yield
    except FileNotFoundError as error:
        raise FileMissingError(key) from error
    except (BaseError, OSError) as error:
        raise StorageUnavailableError(key) from error
