from collections.abc import AsyncIterator

import pytest

from src.database import Database


@pytest.fixture
async def db(sqlite_url: str) -> AsyncIterator[Database]:
    db = Database(sqlite_url, pool_size=2)
    yield db
    await db.dispose()
