"""Fixtures that every test can ask for: servers, a fresh database, the application, a cyclist."""

import gc
import logging
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis
from fastapi import FastAPI

from src.config import Settings
from src.http.deps import Services
from src.main import create_app
from src.services.processing import dispatch
from src.services.storage import Storage, storage_of
from tests.support import servers
from tests.support.analyses import FaultyAnalyses, faulty
from tests.support.buckets import OwnS3, own_s3
from tests.support.contract import Contract
from tests.support.cyclist import Cyclist
from tests.support.databases import PostgresTemplate, SqliteTemplate, quick_folder
from tests.support.desk import Desk
from tests.support.service import settings_of


def pytest_collection_finish() -> None:
    # All that is imported stays: a seventh of the time went into looking through it for garbage.
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _logging_ends_with_the_session() -> Iterator[None]:
    yield
    # Servers still log while the interpreter ends, when the captured output is closed already.
    logging.getLogger().handlers = []


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    # Not below pytest's folder, which is closed to the server's own user when the next run begins.
    with (
        tempfile.TemporaryDirectory(prefix="postgres-", dir=quick_folder()) as folder,
        servers.postgres(Path(folder)) as url,
    ):
        yield url


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if given := os.environ.get("TEST_REDIS_URL"):
        yield given
        return
    with servers.redis(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """An empty Redis."""
    with redis.Redis.from_url(redis_server) as client:
        client.flushall()
    return redis_server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> SqliteTemplate:
    return SqliteTemplate(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> PostgresTemplate:
    return PostgresTemplate(postgres_url)


@pytest.fixture
def sqlite_url(sqlite_template: SqliteTemplate, tmp_path: Path) -> str:
    """A fresh, migrated SQLite database."""
    return sqlite_template.copy(tmp_path)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh, migrated database; a test that asks for it runs on both kinds."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_url")
        return
    server: PostgresTemplate = request.getfixturevalue("postgres_template")
    url = server.copy()
    yield url
    server.drop(url)


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnS3]:
    with own_s3(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture(scope="session")
def unsteady_s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnS3]:
    """One that tests may kill and freeze; each leaves it running."""
    with own_s3(tmp_path_factory.mktemp("unsteady-s3")) as server:
        yield server


@pytest.fixture
def disk_settings(tmp_path: Path) -> dict[str, Any]:
    return {"storage_path": tmp_path / "storage"}


@pytest.fixture
def bucket_settings(s3_server: OwnS3, disk_settings: dict[str, Any]) -> dict[str, Any]:
    return disk_settings | s3_server.settings()


@pytest.fixture
def storage_settings(disk_settings: dict[str, Any]) -> dict[str, Any]:
    """Where the service of a test keeps its files; a module may say otherwise."""
    return disk_settings


@pytest.fixture(params=["disk", "bucket"])
def storage(request: pytest.FixtureRequest) -> Storage:
    """An empty storage; a test that asks for it runs on both kinds."""
    chosen: dict[str, Any] = request.getfixturevalue(f"{request.param}_settings")
    return storage_of(Settings(_env_file=None, **chosen))


@pytest.fixture
def settings(database_url: str, storage_settings: dict[str, Any]) -> Settings:
    return settings_of(database_url, storage_settings)


@pytest.fixture
def publish_timeout_s() -> float:
    """Longer than in earnest: the machine may be busy, and what is not sent is processed here."""
    return 10.0


@pytest.fixture
async def app(
    settings: Settings, publish_timeout_s: float, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[FastAPI]:
    monkeypatch.setattr(dispatch, "PUBLISH_TIMEOUT_S", publish_timeout_s)
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture(scope="session")
def openapi(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The document of the API; not to be changed."""
    settings = Settings(_env_file=None, storage_path=tmp_path_factory.mktemp("storage"))
    return create_app(settings).openapi()


@pytest.fixture(scope="session")
def contract(openapi: dict[str, Any]) -> Contract:
    return Contract(openapi)


@pytest.fixture
def services(app: FastAPI) -> Services:
    parts: Services = app.state.services
    return parts


@pytest.fixture
async def client(app: FastAPI, contract: Contract) -> AsyncIterator[httpx.AsyncClient]:
    """A client that also holds every answer to the OpenAPI document."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://testserver",
        event_hooks={"response": [contract.check]},
    ) as client:
        yield client


@pytest.fixture
async def ana(client: httpx.AsyncClient) -> Cyclist:
    return await Cyclist.join(client, "ana")


@pytest.fixture
async def berta(client: httpx.AsyncClient) -> Cyclist:
    return await Cyclist.join(client, "berta")


@pytest.fixture
def faulty_analyses(tmp_path: Path) -> Iterator[FaultyAnalyses]:
    """Analyses obey a file's track name; see `tests/support/faulty_worker.py`."""
    folder = tmp_path / "analyses"
    folder.mkdir()
    with faulty(folder) as processes:
        yield processes


@pytest.fixture
def desk(services: Services, settings: Settings, ana: Cyclist) -> Desk:
    return Desk(services, settings, ana)
