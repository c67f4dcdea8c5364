"""Old and new run side by side while containers are replaced, and old alone after a rollback."""

import asyncio
from collections.abc import Mapping

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from src.database import make_engine
from tests.support.databases import alembic_config

LAST_BEFORE_ANY_DEPLOYMENT = "0003"

# For each table its columns, and whether an INSERT must give them a value.
Schema = Mapping[str, Mapping[str, bool]]


def what_breaks(before: Schema, after: Schema) -> list[str]:
    """What an INSERT or SELECT written for `before` meets in `after`."""
    faults = []
    for table, columns in before.items():
        now = after.get(table, {})
        faults += [f"{table}.{name} is gone" for name in columns if name not in now]
        faults += [
            f"{table}.{name} must be given"
            for name, is_required in now.items()
            if is_required and not columns.get(name, False)
        ]
    return faults


@pytest.mark.parametrize(
    ("after", "faults"),
    [
        ({"trips": {"title": True, "note": False}}, []),
        ({"trips": {"title": False, "note": False}, "likes": {"at": True}}, []),
        ({}, ["trips.title is gone", "trips.note is gone"]),
        ({"trips": {"title": True}}, ["trips.note is gone"]),
        ({"trips": {"title": True, "note": True}}, ["trips.note must be given"]),
        ({"trips": {"title": True, "note": False, "to": True}}, ["trips.to must be given"]),
    ],
)
def test_a_change_that_the_version_before_cannot_live_with_is_seen(
    after: Schema, faults: list[str]
) -> None:
    assert what_breaks({"trips": {"title": True, "note": False}}, after) == faults


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
def test_every_migration_leaves_the_version_before_working(database_url: str) -> None:
    config = alembic_config(database_url)
    command.downgrade(config, LAST_BEFORE_ANY_DEPLOYMENT)
    before = schema_of(database_url)
    scripts = ScriptDirectory.from_config(config)
    for script in reversed([*scripts.iterate_revisions("head", LAST_BEFORE_ANY_DEPLOYMENT)]):
        command.upgrade(config, script.revision)
        after = schema_of(database_url)
        assert what_breaks(before, after) == [], script.revision
        before = after


def schema_of(database_url: str) -> Schema:
    def read(connection: Connection) -> Schema:
        inspector = inspect(connection)
        return {
            table: {
                column["name"]: not column["nullable"] and column["default"] is None
                for column in inspector.get_columns(table)
            }
            for table in inspector.get_table_names()
        }

    async def connect() -> Schema:
        engine = make_engine(database_url, pool_size=1)
        try:
            async with engine.connect() as connection:
                return await connection.run_sync(read)
        finally:
            await engine.dispose()

    return asyncio.run(connect())
