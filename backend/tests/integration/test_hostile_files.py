"""Files that hang, eat or kill: each costs its own process, and nobody else's time."""

import asyncio

import httpx
import pytest

from src.config import Settings
from tests.support.analyses import FaultyAnalyses
from tests.support.cyclist import PASSWORD, Cyclist, data_of, error_of
from tests.support.uploads import ride


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    changed = {"gpx_analysis_memory_mb": 64, "gpx_heartbeat_seconds": 0.2}
    return settings.model_copy(update={**changed, **getattr(request, "param", {})})


def large(order: str, seed: int = 1) -> bytes:
    """A ride that is no small file, so that none of the processes for those takes it."""
    return ride(order, seed).replace(b"</trk>", b"<!--" + b"x" * (1 << 20) + b"--></trk>")


async def ended(ana: Cyclist, order: str) -> dict[str, object]:
    """The status of an upload of such a file, as it stands after the first attempt."""
    upload = data_of(await ana.upload(await ana.new_trip(), large(order)), 202)
    status = await ana.request("GET", f"/gpx/{upload['gpx_file_id']}/status")
    found: dict[str, object] = data_of(status, 200)
    return found


async def test_five_slow_files_hold_up_nobody(
    ana: Cyclist, client: httpx.AsyncClient, faulty_analyses: FaultyAnalyses
) -> None:
    trips = [await ana.new_trip() for _ in range(5)]
    slow = [
        asyncio.create_task(ana.upload(trip_id, large("spin 60", seed)))
        for seed, trip_id in enumerate(trips)
    ]
    await faulty_analyses.taken_at_least(2)
    login = {"login": ana.username, "password": PASSWORD}
    assert (await client.post("/auth/login", json=login)).status_code == 200
    assert (await client.get("/health/ready")).status_code == 200
    small = await ana.request("POST", "/gpx/analyze", files={"file": ("small.gpx", ride())})
    assert data_of(small, 200)["distance_km"] > 0
    assert not all(upload.done() for upload in slow), "the slow files were not slow"
    for trip_id in trips:
        assert (await ana.request("DELETE", f"/trips/{trip_id}/gpx")).status_code == 204
    for upload in slow:
        data_of(await upload, 202)


@pytest.mark.parametrize("settings", [{"gpx_analysis_timeout_seconds": 2.0}], indirect=True)
async def test_a_file_that_takes_too_long_fails_with_the_reason(
    ana: Cyclist, faulty_analyses: FaultyAnalyses
) -> None:
    status = await ended(ana, "spin 60")
    assert (status["processing_status"], status["error_code"]) == ("failed", "PROCESSING_TIMEOUT")


async def test_a_file_that_takes_too_much_memory_fails_at_once_and_for_good(
    ana: Cyclist, faulty_analyses: FaultyAnalyses
) -> None:
    status = await ended(ana, "eat 200")
    assert (status["processing_status"], status["error_code"]) == ("failed", "ANALYSIS_TOO_LARGE")
    assert status["attempt"] == 1
    preview = await ana.request("POST", "/gpx/analyze", files={"file": ("a.gpx", ride("eat 200"))})
    assert error_of(preview, 400)["code"] == "ANALYSIS_TOO_LARGE"


async def test_an_analysis_process_that_dies_is_a_passing_trouble(
    ana: Cyclist, faulty_analyses: FaultyAnalyses
) -> None:
    status = await ended(ana, "die 1")
    assert (status["processing_status"], status["stage"]) == ("processing", "retrying")
    assert status["error_code"] == "OUT_OF_MEMORY"


async def test_a_client_that_goes_away_gives_its_turn_and_its_process_up(
    ana: Cyclist, faulty_analyses: FaultyAnalyses
) -> None:
    gone = asyncio.create_task(
        ana.request("POST", "/gpx/analyze", files={"file": ("a.gpx", large("wait 60"))})
    )
    await faulty_analyses.begun()
    gone.cancel()
    await faulty_analyses.all_dead()


async def test_what_is_deleted_while_it_is_analysed_gives_its_process_up(
    ana: Cyclist, faulty_analyses: FaultyAnalyses
) -> None:
    trip_id = await ana.new_trip()
    sent = asyncio.create_task(ana.upload(trip_id, large("wait 60")))
    await faulty_analyses.begun()
    assert (await ana.request("DELETE", f"/trips/{trip_id}/gpx")).status_code == 204
    await faulty_analyses.all_dead()
    data_of(await sent, 202)
