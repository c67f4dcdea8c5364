"""Connections to PostgreSQL: a lost one is noticed before it is needed, and little is asked."""

import asyncio
import math
import os
import signal
import time
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import psutil
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from src import database
from src.config import Settings
from src.database import Database

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
async def db(settings: Settings) -> AsyncIterator[Database]:
    db = Database(settings.database_url, pool_size=1)
    yield db
    await db.dispose()


async def server_process(session: AsyncSession) -> int:
    found: int = (await session.execute(text("SELECT pg_backend_pid()"))).scalar_one()
    return found


async def driver_of(session: AsyncSession) -> Any:
    return (await (await session.connection()).get_raw_connection()).driver_connection


async def used(db: Database) -> int:
    """Use the one connection; the server's process at its other end."""
    async with db.read() as session:
        return await server_process(session)


def end_unnoticed(process: int) -> None:
    """End a server's process before this one's event loop can see that."""
    os.kill(process, signal.SIGTERM)
    deadline = time.monotonic() + 10
    while psutil.pid_exists(process):
        assert time.monotonic() < deadline
        time.sleep(0.01)


async def test_a_connection_that_the_server_closed_is_replaced_without_asking(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "ASKED_AFTER_S", math.inf)
    async with db.read() as session:
        driver = await driver_of(session)
        before = await server_process(session)
    end_unnoticed(before)
    # Only a turn of the loop tells.
    while not driver.is_closed():
        await asyncio.sleep(0)
    assert await used(db) != before


async def test_a_connection_that_was_not_used_for_a_while_is_asked(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "ASKED_AFTER_S", -1)
    before = await used(db)
    assert await used(db) == before
    end_unnoticed(before)
    assert await used(db) != before


async def test_a_connection_that_is_in_use_all_the_time_is_asked_nothing_more(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither whether it is there, nor to begin and end a transaction for what only reads."""
    monkeypatch.setattr(database, "ASKED_AFTER_S", math.inf)
    heard: list[str] = []
    async with db.read() as session:
        (await driver_of(session)).add_query_logger(lambda said: heard.append(said.query))
    # What is prepared is not among them.
    await used(db)
    assert heard == []
    async with db.write() as session:
        await server_process(session)
    assert len(heard) == 2, "begun and committed"


async def test_what_only_reads_sees_what_is_committed_and_a_snapshot_does_not(
    db: Database,
) -> None:
    async def now_twice(session: AsyncSession) -> tuple[datetime, datetime]:
        now = text("SELECT now()")
        return (await session.execute(now)).scalar_one(), (await session.execute(now)).scalar_one()

    async with db.read() as session:
        first, second = await now_twice(session)
        assert first < second
    for transaction in (db.snapshot, db.write):
        async with transaction() as session:
            first, second = await now_twice(session)
            assert first == second
