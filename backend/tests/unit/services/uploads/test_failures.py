"""What went wrong, as a code: whose fault it was, and whether it may pass."""

import asyncio
import errno
import socket
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from src.database import Database, DatabaseUnavailableError
from src.errors import CATALOGUE, AppError, ErrorCode
from src.gpx import errors as gpx
from src.services.storage import FileMissingError
from src.services.uploads.failures import error_code_of

_C = ErrorCode


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (AppError(_C.FILE_CORRUPTED), _C.FILE_CORRUPTED),
        (gpx.NotXmlError("syntax error", 1), _C.INVALID_GPX_FORMAT),
        (gpx.NoUsablePointsError(1), _C.NO_USABLE_POINTS),
        (FileMissingError("key"), _C.STORAGE_UNAVAILABLE),
        (IntegrityError("INSERT", {}, Exception()), _C.INTERNAL_ERROR),
        (OperationalError("SELECT", {}, Exception()), _C.DATABASE_UNAVAILABLE),
        (asyncpg.ConnectionDoesNotExistError(), _C.DATABASE_UNAVAILABLE),
        (DatabaseUnavailableError("gone"), _C.DATABASE_UNAVAILABLE),
        (ConnectionResetError(errno.ECONNRESET, "reset"), _C.DATABASE_UNAVAILABLE),
        (TimeoutError(), _C.DATABASE_UNAVAILABLE),
        (OSError(errno.ENOSPC, "No space left on device"), _C.STORAGE_UNAVAILABLE),
        (OSError(errno.EIO, "Input/output error"), _C.STORAGE_UNAVAILABLE),
        (PermissionError(errno.EACCES, "Permission denied"), _C.STORAGE_UNAVAILABLE),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), _C.OUT_OF_MEMORY),
        (BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable"), _C.OUT_OF_MEMORY),
        (OSError(errno.EMFILE, "Too many open files"), _C.OUT_OF_MEMORY),
        (MemoryError(), _C.OUT_OF_MEMORY),
        (ZeroDivisionError(), _C.INTERNAL_ERROR),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_an_error_has_the_code_of_whoever_is_to_blame(error: Exception, code: ErrorCode) -> None:
    assert error_code_of(error) is code


@pytest.mark.parametrize("kind", [OSError, ConnectionError, TimeoutError, MemoryError])
def test_what_the_system_says_may_pass(kind: type[Exception]) -> None:
    assert CATALOGUE[error_code_of(kind())].retryable


def nobody_listens() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{free.getsockname()[1]}"


@pytest.mark.parametrize("address", ["no-such-host.invalid", None])
async def test_a_database_that_cannot_be_reached_is_told_as_the_database(
    address: str | None,
) -> None:
    db = Database(f"postgresql+asyncpg://u:p@{address or nobody_listens()}/x", pool_size=1)
    for session_of in (db.read, db.write):
        with pytest.raises(DatabaseUnavailableError) as failure:
            async with asyncio.timeout(10), session_of() as session:
                await session.execute(text("SELECT 1"))
        assert isinstance(failure.value.__cause__, OSError)
    await db.dispose()


async def test_waiting_no_longer_for_the_database_is_no_error_of_it(tmp_path: Path) -> None:
    db = Database(f"sqlite+aiosqlite:///{tmp_path / 'x.db'}", pool_size=1)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05), db.read():
            await asyncio.sleep(1)
    await db.dispose()
