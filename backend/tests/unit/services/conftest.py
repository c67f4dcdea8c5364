"""Rows of uploads in a database of their own, for what works on them."""

from collections.abc import AsyncIterator

import pytest

from src.config import Settings
from src.database import Database
from tests.support.upload_rows import UploadRows


@pytest.fixture
async def rows(sqlite_url: str, settings: Settings) -> AsyncIterator[UploadRows]:
    db = Database(sqlite_url, pool_size=4)
    yield UploadRows(db, settings)
    await db.dispose()
