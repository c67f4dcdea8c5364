"""Engines and sessions: one transaction per unit of work, committed at its edge."""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import orjson
from sqlalchemy import DateTime, Dialect, String, TypeDecorator, event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import InvalidatePoolError, SQLAlchemyError
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from typing_extensions import override

T = TypeVar("T")
BUSY_TIMEOUT_MS = 30_000
# A connection that nobody used for so long is asked whether it is still there.
ASKED_AFTER_S = 1.0
_USED_AT = "used_at"


class DatabaseUnavailableError(SQLAlchemyError):
    """The database cannot be reached, or the connection to it has broken."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime in UTC, also on SQLite, which stores no time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC)

    @override
    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class in_lower_case(FunctionElement[str]):  # noqa: N801 - a function of SQL
    """A text in lower case, whatever its alphabet; SQLite's own function knows ASCII only."""

    type = String()
    inherit_cache = True


@compiles(in_lower_case)
def _lower(element: in_lower_case, compiler: SQLCompiler, **options: Any) -> str:
    return f"lower({compiler.process(element.clauses, **options)})"


@compiles(in_lower_case, "sqlite")
def _lower_sqlite(element: in_lower_case, compiler: SQLCompiler, **options: Any) -> str:
    return f"in_lower_case({compiler.process(element.clauses, **options)})"


async def uninterrupted(work: Coroutine[Any, Any, T] | asyncio.Task[T]) -> T:
    """What `work` returns; whoever is cancelled meanwhile goes when it has ended, not before.

    A connection that is given up in mid-statement may never close.
    """
    working = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        # Whatever came of it, nobody asks any more.
        await asyncio.gather(asyncio.shield(working), return_exceptions=True)
        raise


def utc_now() -> datetime:
    return datetime.now(UTC)


class Database:
    """The service's connection pool and its two kinds of transaction."""

    def __init__(self, url: str, pool_size: int) -> None:
        self.engine = make_engine(url, pool_size)
        writer = self.engine.execution_options(sqlite_begin="IMMEDIATE")
        reader = _isolated(self.engine, "AUTOCOMMIT")
        self._read = async_sessionmaker(reader, expire_on_commit=False)
        self._write = async_sessionmaker(writer, expire_on_commit=False)
        repeatable = _isolated(self.engine, "REPEATABLE READ")
        self._snapshot = async_sessionmaker(repeatable, expire_on_commit=False)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session for reading: each of its queries sees what is committed by then.

        On PostgreSQL it is no transaction, which would be begun and ended for nothing: whoever
        writes does it in `write`.
        """
        with _failures_of_connection():
            async with self._read() as session:
                yield session

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[AsyncSession]:
        """As `read`, and all its queries see the database as it was at the first of them."""
        with _failures_of_connection():
            async with self._snapshot() as session:
                yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """A transaction that commits when the block ends and rolls back when it raises.

        On SQLite it takes the write lock at once: a transaction that reads first and writes
        later would fail, without waiting, whenever another one wrote in between.
        """
        with _failures_of_connection():
            async with self._write.begin() as session:
                yield session

    async def dispose(self) -> None:
        await self.engine.dispose()


@contextmanager
def _failures_of_connection() -> Iterator[None]:
    """Errors of the network, which the driver passes on as they are, become the database's own.

    A session does nothing but talk to the database: no file is read and nobody else asked in it.
    """
    try:
        yield
    except OSError as error:
        raise DatabaseUnavailableError(str(error)) from error


def _isolated(engine: AsyncEngine, level: str) -> AsyncEngine:
    """SQLite's transactions are snapshots anyway."""
    if engine.dialect.name == "sqlite":
        return engine
    return engine.execution_options(isolation_level=level)


def make_engine(url: str, pool_size: int, *, foreign_keys: bool = True) -> AsyncEngine:
    """An engine for PostgreSQL or SQLite.

    Without `foreign_keys`, SQLite does not enforce them: a migration that makes a table anew drops
    the old one, and would take along all that hangs on it.
    """
    parsed = make_url(url)
    is_sqlite = parsed.get_backend_name() == "sqlite"
    if is_sqlite and parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        hide_parameters=True,
        json_deserializer=orjson.loads,
    )
    if is_sqlite:
        prepare = partial(_prepare_sqlite, foreign_keys=foreign_keys)
        event.listen(engine.sync_engine, "connect", prepare)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    else:
        event.listen(engine.sync_engine, "checkin", _note_use)
        event.listen(engine.sync_engine, "checkout", _ensure_alive)
    return engine


def _note_use(_: Any, record: ConnectionPoolEntry) -> None:
    record.info[_USED_AT] = time.monotonic()


def _ensure_alive(connection: Any, record: ConnectionPoolEntry, _: Any) -> None:
    """Have the pool replace its connections where this one is not there any more.

    A server that ends closes its connections, which costs nothing to see; only one that was not
    used for a while is asked. SQLAlchemy's own check asks each time, within a transaction: of a
    call's messages to the database that was almost half.
    """
    is_lost = connection.driver_connection.is_closed()
    if not is_lost and time.monotonic() - record.info.get(_USED_AT, math.inf) > ASKED_AFTER_S:
        try:
            # No prepared statement, so that a pooler between us is of no matter.
            connection.run_async(lambda driver: driver.execute("SELECT 1"))
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            is_lost = True
    if is_lost:
        raise InvalidatePoolError("the connection is lost")


def _prepare_sqlite(connection: Any, _record: ConnectionPoolEntry, *, foreign_keys: bool) -> None:
    # The driver's own transaction handling would begin late and always deferred.
    connection.isolation_level = None
    connection.create_function("in_lower_case", 1, str.lower, deterministic=True)
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")
