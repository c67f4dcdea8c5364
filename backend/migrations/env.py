"""Runs the migrations on the database of the settings, or of `sqlalchemy.url`."""

import asyncio
from typing import Any

from alembic import context
from sqlalchemy.engine import Connection

from src.config import get_settings
from src.database import UtcDateTime, make_engine
from src.models import Base


def render_item(kind: str, item: Any, _context: Any) -> str | bool:
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run_migrations(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        render_item=render_item,
    )
    with context.begin_transaction():
        context.run_migrations()


async def migrate_database() -> None:
    url = context.config.get_main_option("sqlalchemy.url") or get_settings().database_url
    engine = make_engine(url, pool_size=1, foreign_keys=False)
    async with engine.begin() as connection:
        await connection.run_sync(run_migrations)
        if connection.dialect.name == "sqlite":
            broken = (await connection.exec_driver_sql("PRAGMA foreign_key_check")).all()
            if broken:
                raise RuntimeError(f"the migration breaks {len(broken)} references")
    await engine.dispose()


asyncio.run(migrate_database())
