from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, text

from src.config import Settings
from src.database import make_engine
from src.models import Base
from tests.support.cyclist import Cyclist
from tests.support.databases import alembic_config, migrate
from tests.support.rides import build_gpx


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based")
async def test_the_migrations_make_the_tables_of_the_models(database_url: str) -> None:
    def differences(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))

    engine = make_engine(database_url, pool_size=1)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


def test_the_migrations_can_be_undone_and_done_again(database_url: str) -> None:
    command.downgrade(alembic_config(database_url), "base")
    migrate(database_url)


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
async def test_a_table_can_be_made_anew_without_losing_what_hangs_on_it(
    ana: Cyclist, settings: Settings
) -> None:
    await ana.uploaded(build_gpx(points=100))

    def remake_trips(connection: Connection) -> None:
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("trips") as table:
            table.alter_column("title", new_column_name="name")

    engine = make_engine(settings.database_url, pool_size=1, foreign_keys=False)
    async with engine.begin() as connection:
        await connection.run_sync(remake_trips)
        left = await connection.scalar(text("SELECT count(*) FROM gpx_files"))
    await engine.dispose()
    assert left == 1
