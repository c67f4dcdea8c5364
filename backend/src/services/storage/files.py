"""What is said about stored files, and the two ways in which a storage fails."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime


class StorageUnavailableError(Exception):
    """A file cannot be stored, read or listed now."""


class FileMissingError(StorageUnavailableError):
    """The storage answers, and has nothing under the key.

    A folder that is not mounted answers in the same way, so this too may pass.
    """


@dataclass(frozen=True, slots=True)
class StoredFile:
    key: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ListedFile:
    key: str
    size_bytes: int
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A stored file to be passed on piece by piece; a piece raises `StorageUnavailableError`."""

    size_bytes: int
    pieces: AsyncIterator[bytes]


@contextmanager
def failures_of_disk(what: object) -> Iterator[None]:
    """Errors of the operating system become the storage's own."""
    try:
        yield
    except FileNotFoundError as error:
        raise FileMissingError(str(what)) from error
    except OSError as error:
        raise StorageUnavailableError(f"{what}: {error}") from error
