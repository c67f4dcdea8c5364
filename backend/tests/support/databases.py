"""Fresh, migrated databases for each test, copied from a template that is migrated once."""

import asyncio
import shutil
from pathlib import Path
from uuid import uuid4

import asyncpg
from alembic import command
from alembic.config import Config
from sqlalchemy.engine import make_url

from src.config import PROJECT_ROOT, with_password

_MEMORY = Path("/dev/shm")
_ENOUGH_BYTES = 4 << 30


def quick_folder() -> Path | None:
    """Where copies of a database cost a quarter of the time, if this machine has such a place."""
    if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ENOUGH_BYTES:
        return _MEMORY
    return None


def alembic_config(url: str) -> Config:
    config = Config(str(PROJECT_ROOT / "backend" / "alembic.ini"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def migrate(url: str) -> None:
    command.upgrade(alembic_config(url), "head")


class SqliteTemplate:
    def __init__(self, folder: Path) -> None:
        self._file = folder / "template.db"
        migrate(f"sqlite+aiosqlite:///{self._file}")

    def copy(self, folder: Path) -> str:
        target = folder / "test.db"
        shutil.copy(self._file, target)
        return f"sqlite+aiosqlite:///{target}"


class PostgresTemplate:
    """`server_url` needs the right to create databases."""

    def __init__(self, server_url: str) -> None:
        self._server_url = server_url
        self._template = f"template_{uuid4().hex}"
        self._execute(f"CREATE DATABASE {self._template}")
        migrate(self._url_of(self._template))

    def copy(self) -> str:
        name = f"test_{uuid4().hex}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {self._template} STRATEGY file_copy")
        return self._url_of(name)

    def drop(self, url: str) -> None:
        self._execute(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

    def _url_of(self, database: str) -> str:
        return with_password(make_url(self._server_url).set(database=database))

    def _execute(self, statement: str) -> None:
        asyncio.run(self._execute_async(statement))

    async def _execute_async(self, statement: str) -> None:
        connection = await asyncpg.connect(
            self._server_url.replace("postgresql+asyncpg", "postgresql")
        )
        try:
            await connection.execute(statement)
        finally:
            await connection.close()
