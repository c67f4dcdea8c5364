"""`GET /metrics`: what the API has counted, and the state of the service."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
from pydantic import SecretStr

from src.config import Settings
from src.errors import ErrorCode
from src.gpx import Analysis
from src.http.deps import Services
from src.services.gpx_service import GPXService
from src.services.storage import StorageUnavailableError
from tests.support.cyclist import Cyclist, data_of, error_of
from tests.support.desk import Desk
from tests.support.rides import build_gpx
from tests.support.scrape import Scrape, growth
from tests.support.uploads import BAD_LATER

RIDE = build_gpx(points=300)
DESCRIPTION = "Cuesta arriba hasta el collado, y luego todo bajada."

BROKER_DOWN = {
    "celery_enabled": True,
    "gpx_async_threshold_mb": 0,
    "redis_url": "redis://127.0.0.1:1/0",
}

postgres_only = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    """With the changes that a test names in its parameter."""
    return settings.model_copy(update=getattr(request, "param", {}))


@sqlite_only
async def test_requests_are_counted_by_route_and_not_by_path(ana: Cyclist) -> None:
    trip_id = await ana.new_trip()
    async with growth(ana.client) as grown:
        for _ in range(3):
            await ana.request("GET", f"/trips/{trip_id}")
        await ana.request("GET", "/trips/no-uuid")
        await ana.request("GET", f"/nowhere/{trip_id}")
        await ana.request("PROPFIND", "/nowhere")
    name, trip = "contravento_http_requests_total", "/trips/{trip_id}"
    assert grown.of(name, method="GET", route=trip, status="2xx") == 3
    assert grown.of(name, method="GET", route=trip, status="4xx") == 1
    assert grown.of(name, method="GET", route="other", status="4xx") == 1
    assert grown.of(name, method="other", route="other", status="4xx") == 1
    assert grown.of("contravento_http_request_seconds_count", method="GET", route=trip) == 4
    routes = (await Scrape.of(ana.client)).label_values(name, "route")
    assert not [route for route in routes if trip_id in route]


@sqlite_only
async def test_defects_are_counted_as_5xx(
    ana: Cyclist, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(services.auth, "user_of", fail)
    async with growth(ana.client) as grown:
        assert (await ana.request("GET", "/auth/me")).status_code == 500
    name = "contravento_http_requests_total"
    assert grown.of(name, method="GET", route="/auth/me", status="5xx") == 1


@sqlite_only
async def test_a_request_ends_with_its_answer_not_with_the_processing_after_it(
    ana: Cyclist, monkeypatch: pytest.MonkeyPatch
) -> None:
    parse = GPXService.parse_gpx_file

    async def slowly(self: GPXService, source: Any, **options: Any) -> Analysis:
        await asyncio.sleep(1.5)
        return await parse(self, source, **options)

    monkeypatch.setattr(GPXService, "parse_gpx_file", slowly)
    trip_id = await ana.new_trip()
    async with growth(ana.client) as grown:
        data_of(await ana.upload(trip_id, build_gpx(size_mb=1.1)), 202)
    labels = {"method": "POST", "route": "/trips/{trip_id}/gpx"}
    assert grown.of("contravento_http_request_seconds_count", **labels) == 1
    assert grown.of("contravento_http_request_seconds_sum", **labels) < 1.5
    stage = {"mode": "background", "stage": "parsing"}
    assert grown.of("contravento_processing_seconds_sum", **stage) >= 1.5


@sqlite_only
async def test_uploads_are_counted_by_mode_outcome_and_error(ana: Cyclist) -> None:
    async with growth(ana.client) as grown:
        await ana.uploaded(RIDE)
        trip_id = await ana.new_trip()
        data_of(await ana.upload(trip_id, BAD_LATER), 202)
        form = {"title": "V", "description": DESCRIPTION, "start_date": "2026-05-01"}
        files = {"gpx_file": ("ride.gpx", RIDE)}
        made = await ana.request("POST", "/trips/gpx-wizard", data=form, files=files)
        data_of(made, 201)
    mode = "background"
    assert grown.of("contravento_uploads_received_total", mode=mode) == 3
    attempts = "contravento_upload_attempts_total"
    assert grown.of(attempts, mode=mode, outcome="completed") == 2
    assert grown.of(attempts, mode=mode, outcome="failed") == 1
    code = ErrorCode.NO_USABLE_POINTS
    assert grown.of("contravento_upload_errors_total", mode=mode, error_code=code) == 1
    for stage, times in (("parsing", 3), ("saving", 2)):
        name = "contravento_processing_seconds_count"
        assert grown.of(name, mode=mode, stage=stage) == times


@sqlite_only
async def test_retries_and_abandoned_uploads_are_outcomes_of_their_own(
    desk: Desk, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def without_disk(*_: Any, **__: Any) -> Analysis:
        raise StorageUnavailableError("the disk is gone")

    retried, poison = await desk.put(), await desk.put()
    async with growth(desk.owner.client) as grown:
        monkeypatch.setattr(desk.pipeline, "parse_gpx_file", without_disk)
        await desk.pipeline.process(retried)
        await give_up(desk, poison, settings)
    attempts, errors = "contravento_upload_attempts_total", "contravento_upload_errors_total"
    mode = "background"
    assert grown.of(attempts, mode=mode, outcome="retry") == 1
    assert grown.of(attempts, mode=mode, outcome="abandoned") == 1
    assert grown.of(errors, mode=mode, error_code="STORAGE_UNAVAILABLE") == 1
    assert grown.of(errors, mode=mode, error_code="PROCESSING_ABANDONED") == 1


async def give_up(desk: Desk, gpx_file_id: UUID, settings: Settings) -> None:
    """Let whoever works on an upload die, until nobody is to try it any more."""
    for _ in range(settings.gpx_max_deliveries + 1):
        await desk.pipeline.leases.claim(gpx_file_id)
        desk.clock.move(seconds=2 * settings.gpx_lease_seconds)


@sqlite_only
async def test_every_outcome_is_there_before_it_first_happens(client: httpx.AsyncClient) -> None:
    scrape = await Scrape.of(client)
    outcomes = scrape.label_values("contravento_upload_attempts_total", "outcome")
    assert outcomes >= {"completed", "failed", "retry", "abandoned"}
    modes = scrape.label_values("contravento_upload_attempts_total", "mode")
    assert modes == {"background", "celery"}
    assert not scrape.has("contravento_upload_attempts_created")


async def test_the_backlog_is_shown_by_mode_and_state(
    client: httpx.AsyncClient, desk: Desk
) -> None:
    running, _waiting, _another = [await desk.put() for _ in range(3)]
    await desk.pipeline.leases.claim(running)
    scrape = await Scrape.of(client)
    backlog = "contravento_backlog_uploads"
    assert scrape.value(backlog, mode="background", state="waiting") == 2
    assert scrape.value(backlog, mode="background", state="running") == 1
    assert scrape.value(backlog, mode="celery", state="waiting") == 0
    assert 0 < scrape.value("contravento_backlog_oldest_waiting_seconds", mode="background") < 60


@postgres_only
async def test_connections_are_shown_with_their_limit(
    client: httpx.AsyncClient, services: Services, settings: Settings
) -> None:
    async with services.db.read() as one, services.db.read() as other:
        for session in (one, other):
            _ = await session.connection()
        # The recovery, which looks for work as the service starts, has given its own back by then.
        scrape = await Scrape.once(
            client, lambda now: now.value("contravento_database_pool_in_use") <= 2
        )
    assert scrape.value("contravento_database_up") == 1
    assert scrape.value("contravento_database_pool_connections") == settings.db_pool_size
    # Those of this test; the measuring one has been given back by then.
    assert scrape.value("contravento_database_pool_in_use") == 2
    assert scrape.value("contravento_database_connections") >= 3
    assert scrape.value("contravento_database_connections_limit") == 100


@postgres_only
async def test_metrics_are_served_while_the_database_does_not_answer(
    client: httpx.AsyncClient, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("src.services.monitoring.gauges.MEASURING_TIMEOUT_S", 0.2)
    held = [services.db.read() for _ in range(services.settings.db_pool_size)]
    for transaction in held:
        session = await transaction.__aenter__()
        _ = await session.connection()
    scrape = await Scrape.of(client)
    for transaction in held:
        await transaction.__aexit__(None, None, None)
    assert scrape.value("contravento_database_up") == 0
    assert not scrape.has("contravento_backlog_uploads")
    assert not scrape.has("contravento_database_connections")
    assert scrape.value("contravento_database_pool_in_use") == services.settings.db_pool_size


@sqlite_only
@pytest.mark.parametrize("settings", [BROKER_DOWN], indirect=True)
async def test_a_broker_that_is_down_shows_in_publications_and_breaker(
    ana: Cyclist, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with growth(ana.client) as grown:
        for _ in range(3):
            await ana.upload(await ana.new_trip(), RIDE)
    failed = grown.of("contravento_publications_total", result="failed")
    # The recovery's first look at the broker may have found out before the first upload did.
    assert failed <= 1
    assert grown.of("contravento_publications_total", result="avoided") == 3 - failed
    assert grown.of("contravento_publications_total", result="published") == 0
    assert grown.of("contravento_uploads_received_total", mode="celery") == 3
    assert (
        grown.of("contravento_upload_attempts_total", mode="background", outcome="completed") == 3
    )
    assert (await Scrape.of(ana.client)).value("contravento_broker_avoided") == 1
    monkeypatch.setattr("src.services.processing.dispatch.BREAKER_OPEN_S", -1)
    assert (await Scrape.of(ana.client)).value("contravento_broker_avoided") == 0


@sqlite_only
@pytest.mark.parametrize("settings", [{"metrics_token": SecretStr("scraper")}], indirect=True)
async def test_where_a_token_is_set_only_who_knows_it_is_answered(
    client: httpx.AsyncClient,
) -> None:
    for wrong in ({}, {"Authorization": "Bearer scrape"}, {"Authorization": "Basic scraper"}):
        assert error_of(await client.get("/metrics", headers=wrong), 401)["code"] == "UNAUTHORIZED"
    answer = await client.get("/metrics", headers={"Authorization": "Bearer scraper"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"


@sqlite_only
@pytest.mark.parametrize("settings", [{"app_release": "2026.11-a"}], indirect=True)
async def test_the_release_that_runs_is_shown(client: httpx.AsyncClient) -> None:
    scrape = await Scrape.of(client)
    assert scrape.value("contravento_build_info", component="api", release="2026.11-a") == 1
