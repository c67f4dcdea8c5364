"""Columns that are made when somebody asks: beside the uploads, and not again and again in vain."""

import asyncio
from time import monotonic
from typing import Any
from uuid import UUID

import httpx
import pytest
from prometheus_client import REGISTRY
from sqlalchemy import update

from src.config import Settings
from src.http.deps import Services
from src.main import create_app
from src.models import GpxFile
from src.services.storage import trip_of
from src.services.tracks import columns, patience
from tests.support import faulty_analysis
from tests.support.analyses import FaultyAnalyses
from tests.support.cyclist import Cyclist, data_of, error_of
from tests.support.rides import build_gpx
from tests.support.stored import keys_of, store

# Larger than what has a process of its own while somebody waits for it.
SLOW = [build_gpx(size_mb=1.1, name="wait 60", seed=seed) for seed in (1, 2)]
OTHER = build_gpx(size_mb=1.1, seed=3)
SMALL = build_gpx(points=300)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def analyses(faulty_analyses: FaultyAnalyses) -> FaultyAnalyses:
    """To be asked for before the application, which uses them."""
    return faulty_analyses


async def without_columns(
    ana: Cyclist, services: Services, analyses: FaultyAnalyses, *rides: bytes
) -> list[str]:
    """The addresses of completed uploads as of before there were columns; analyses wait again."""
    analyses.go_on()
    uploads = [await ana.uploaded(ride) for ride in rides]
    async with services.db.write() as session:
        await session.execute(update(GpxFile).values(columns_key=None))
    for name in (faulty_analysis.BEGUN, faulty_analysis.GO_ON):
        (analyses.folder / name).unlink(missing_ok=True)
    analyses.taken.clear()
    return [f"/gpx/{upload['gpx_file_id']}/series" for upload in uploads]


async def test_columns_are_made_one_ride_at_a_time_beside_the_uploads(
    analyses: FaultyAnalyses,
    ana: Cyclist,
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert services.settings.gpx_background_concurrency == 2
    one, other = await without_columns(ana, services, analyses, *SLOW)
    first = asyncio.create_task(ana.request("GET", one))
    await analyses.begun()
    second = asyncio.create_task(ana.request("GET", other))
    async with asyncio.timeout(10):
        while not services.gpx.columns._turns._waiters:
            await asyncio.sleep(0.01)
    assert (await ana.uploaded(OTHER))["processing_status"] == "completed"
    assert len(analyses.taken) == 2
    analyses.go_on()
    data_of(await first, 200)
    data_of(await second, 200)
    assert len(analyses.taken) == 3

    one, other = await without_columns(ana, services, analyses, *SLOW)
    monkeypatch.setattr(patience, "PATIENCE_S", 0.05)
    first = asyncio.create_task(ana.request("GET", one))
    await analyses.begun()
    busy = await ana.request("GET", other)
    assert error_of(busy, 503)["code"] == "SERVICE_BUSY"
    assert int(busy.headers["Retry-After"]) > 0
    analyses.go_on()
    data_of(await first, 200)
    data_of(await ana.request("GET", other), 200)


def makings() -> list[float]:
    name = "contravento_column_makings_total"
    return [REGISTRY.get_sample_value(name, {"result": it}) or 0 for it in ("made", "failed")]


async def original_of(services: Services) -> str:
    (key,) = (key for key in await keys_of(services.storage) if key.endswith(".gpx"))
    assert trip_of(key)
    return key


async def test_an_original_that_cannot_be_analysed_is_not_tried_again_for_a_while(
    analyses: FaultyAnalyses,
    ana: Cyclist,
    services: Services,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (series,) = await without_columns(ana, services, analyses, SMALL)
    key = await original_of(services)
    await services.storage.delete(key)
    await store(services.storage, key, SMALL + b" ")
    before = makings()
    for path in (series, series, series.replace("series", "stretch")):
        answer = await ana.request("GET", path)
        assert error_of(answer, 500)["code"] == "FILE_CORRUPTED"
    download = series.replace("series", "download?format=csv")
    assert error_of(await ana.request("GET", download), 500)["code"] == "FILE_CORRUPTED"
    assert len(analyses.taken) == 1
    await services.storage.delete(key)
    await store(services.storage, key, SMALL)
    monkeypatch.setattr(columns, "monotonic", lambda: monotonic() + 15 * 60)
    data_of(await ana.request("GET", series), 200)
    assert [after - then for after, then in zip(makings(), before, strict=True)] == [1, 1]


async def test_what_passes_is_not_remembered(
    analyses: FaultyAnalyses, ana: Cyclist, services: Services
) -> None:
    (series,) = await without_columns(
        ana, services, analyses, build_gpx(points=300, name="wait 60")
    )
    asked = asyncio.create_task(ana.request("GET", series))
    await analyses.begun()
    analyses.taken[-1].kill()
    assert error_of(await asked, 503)["code"] == "OUT_OF_MEMORY"
    analyses.go_on()
    data_of(await ana.request("GET", series), 200)
    async with services.db.write() as session:
        await session.execute(update(GpxFile).values(columns_key=None))
    key = await original_of(services)
    original = await services.storage.read(key)
    await services.storage.delete(key)
    assert error_of(await ana.request("GET", series), 404)["code"] == "NOT_FOUND"
    await store(services.storage, key, original)
    data_of(await ana.request("GET", series), 200)


async def test_nothing_is_made_beyond_the_end_of_the_service(
    analyses: FaultyAnalyses, settings: Settings
) -> None:
    before = asyncio.all_tasks()
    app = create_app(settings)
    services: Services = app.state.services
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            ana = await Cyclist.join(client, "ana")
            one, other = await without_columns(ana, services, analyses, *SLOW)
            asked = [asyncio.create_task(ana.request("GET", path)) for path in (one, other)]
            await analyses.begun()
            # Whoever asked has gone, and it goes on.
            for request in asked:
                request.cancel()
            await asyncio.wait(asked)
            assert len(services.gpx.columns._making) == 2
    assert asyncio.all_tasks() == before
    await analyses.all_dead()
    async with services.db.read() as session:
        path_id = UUID(one.split("/")[2])
        assert (await session.get_one(GpxFile, path_id)).columns_key is None
    await services.db.dispose()


async def test_makings_are_counted_with_those_at_night(
    analyses: FaultyAnalyses, ana: Cyclist, services: Services
) -> None:
    (series,) = await without_columns(ana, services, analyses, SMALL)
    before = makings()
    async with services.db.read() as session:
        row: Any = await session.get_one(GpxFile, UUID(series.split("/")[2]))
    await services.gpx.columns.make(row)
    assert [after - then for after, then in zip(makings(), before, strict=True)] == [1, 0]
