"""The trail of an upload's attempts: by whom, how they ended, and what they replaced."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from src.config import Settings
from src.database import DatabaseUnavailableError
from src.gpx import analyse
from src.http.deps import Services
from src.models import TrackPoint
from src.services.gpx_service import GPXService
from src.services.uploads.lease_holder import this_process
from tests.support.cyclist import Cyclist, data_of
from tests.support.desk import RIDE, Desk
from tests.support.uploads import NO_RECOVERY, Uploads, brisk, ride
from tests.support.workers import worker

DESCRIPTION = "Cuesta arriba hasta el collado, y luego todo bajada."
postgres_only = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
with_workers = pytest.mark.parametrize("settings", [NO_RECOVERY], indirect=True)


@pytest.fixture
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    if not hasattr(request, "param"):
        return settings
    return brisk(settings, request.getfixturevalue("redis_url"), **request.param)


@pytest.fixture
def uploads(ana: Cyclist, services: Services) -> Uploads:
    return Uploads(ana, services.db)


async def runs_of(cyclist: Cyclist, gpx_file_id: object, **query: Any) -> list[dict[str, Any]]:
    """What the owner is told, the newest first."""
    response = await cyclist.request("GET", f"/gpx/{gpx_file_id}/runs", params=query)
    told: list[dict[str, Any]] = data_of(response, 200)
    return told


def moment(text: str) -> datetime:
    assert text.endswith("Z")
    return datetime.fromisoformat(text)


def told_by(run: dict[str, Any], *names: str) -> list[Any]:
    return [run[name] for name in names]


@postgres_only
@with_workers
async def test_the_trail_leads_from_the_request_to_the_worker_and_to_what_it_replaced(
    ana: Cyclist, uploads: Uploads, settings: Settings, tmp_path: Path
) -> None:
    expected = analyse(ride())
    assert expected.start_time_s is not None
    assert expected.end_time_s is not None
    with worker(settings, tmp_path, concurrency=1) as it:
        sent = await ana.upload(await ana.new_trip(), ride())
        gpx_file_id = data_of(sent, 202)["gpx_file_id"]
        await uploads.until_ended()
        (first,) = await runs_of(ana, gpx_file_id)
        again = await ana.request("POST", f"/gpx/{gpx_file_id}/reprocess")
        data_of(again, 202)
        await uploads.until_ended()
        workers = {str(child.pid) for child in it.children()}
        log = it.log

    assert told_by(first, "version", "attempt", "fence", "mode") == [1, 1, 1, "celery"]
    assert told_by(first, "outcome", "error_code") == ["completed", None]
    assert told_by(first, "points_before", "points_after") == [0, expected.simplified_points]
    assert moment(first["period_start"]) == datetime.fromtimestamp(expected.start_time_s, UTC)
    assert moment(first["period_end"]) == datetime.fromtimestamp(expected.end_time_s, UTC)
    assert first["worker"].split(":")[-2] in workers
    assert first["task_id"] in log
    assert first["request_id"] == sent.headers["X-Request-ID"]
    logged = "".join(line for line in log.splitlines() if first["request_id"] in line)
    assert all(event in logged for event in ("task_started", "upload_completed", "task_ended"))
    stages = ["validating", "parsing", "analysing", "simplifying", "saving", "finishing"]
    assert list(first["seconds"]) == stages
    took_s = (moment(first["finished_at"]) - moment(first["started_at"])).total_seconds()
    assert 0 < sum(first["seconds"].values()) <= took_s + 0.002

    second, former = await runs_of(ana, gpx_file_id)
    assert former == first
    assert told_by(second, "version", "attempt", "fence") == [2, 1, 2]
    assert told_by(second, "points_before", "points_after") == [expected.simplified_points] * 2
    assert second["request_id"] == again.headers["X-Request-ID"]
    assert second["task_id"] != first["task_id"]
    assert await runs_of(ana, gpx_file_id, limit=1) == [second]


@postgres_only
@with_workers
async def test_a_retry_is_a_second_attempt_of_the_same_request(
    ana: Cyclist, uploads: Uploads, settings: Settings, tmp_path: Path
) -> None:
    with worker(settings, tmp_path, concurrency=1):
        gpx_file_id = await uploads.send(ride("trouble 1"))
        await uploads.until_ended()
    second, first = await runs_of(ana, gpx_file_id)
    names = ("attempt", "fence", "version", "outcome", "error_code")
    assert told_by(first, *names) == [1, 1, 1, "retry", "STORAGE_UNAVAILABLE"]
    assert told_by(first, "points_before", "points_after", "period_start") == [None] * 3
    assert list(first["seconds"]) == ["validating"]
    assert told_by(second, *names) == [2, 2, 1, "completed", None]
    assert second["points_before"] == 0
    assert first["request_id"] == second["request_id"] is not None
    assert first["task_id"] == second["task_id"] is not None
    assert moment(first["finished_at"]) <= moment(second["started_at"])


async def test_an_attempt_whose_results_are_not_stored_has_not_completed(
    desk: Desk, ana: Cyclist, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = GPXService.store

    async def store_and_stumble(self: GPXService, session: AsyncSession, *rest: Any) -> None:
        await store(self, session, *rest)
        raise DatabaseUnavailableError

    gpx_file_id = await desk.put()
    await desk.pipeline.process(gpx_file_id)
    data_of(await ana.request("GET", f"/gpx/{gpx_file_id}/track"), 200)
    monkeypatch.setattr(GPXService, "store", store_and_stumble)
    data_of(await ana.request("POST", f"/gpx/{gpx_file_id}/reprocess"), 202)
    newest, former = await runs_of(ana, gpx_file_id)
    assert told_by(newest, "outcome", "error_code") == ["retry", "DATABASE_UNAVAILABLE"]
    assert told_by(newest, "points_before", "points_after", "period_end") == [None] * 3
    assert {"analysing", "finishing"} <= newest["seconds"].keys(), "in vain, but it took its time"
    assert former["outcome"] == "completed"
    assert await desk.count(TrackPoint, gpx_file_id) == former["points_after"]


async def test_the_api_names_itself_and_its_request_but_no_task(ana: Cyclist) -> None:
    sent = await ana.upload(await ana.new_trip(), RIDE, Prefer="wait=10")
    (run,) = await runs_of(ana, data_of(sent, 201)["gpx_file_id"])
    assert told_by(run, "mode", "worker", "task_id") == ["background", this_process(), None]
    assert run["request_id"] == sent.headers["X-Request-ID"]
    assert run["outcome"] == "completed"


async def test_what_replaces_a_failed_upload_is_another_version_in_the_same_trail(
    desk: Desk, ana: Cyclist
) -> None:
    gpx_file_id = await desk.fail()
    trip_id = str((await desk.row(gpx_file_id)).trip_id)
    data_of(await ana.upload(trip_id, RIDE, Prefer="wait=10"), 201)
    second, first = await runs_of(ana, gpx_file_id)
    names = ("version", "fence", "outcome", "error_code")
    assert told_by(first, *names) == [1, 1, "failed", "NO_USABLE_POINTS"]
    assert told_by(second, *names) == [2, 2, "completed", None]
    assert second["points_before"] == 0


async def test_the_wizard_has_its_attempt_too(ana: Cyclist) -> None:
    form = {"title": "V", "description": DESCRIPTION, "start_date": "2026-05-01"}
    files = {"gpx_file": ("ride.gpx", RIDE)}
    sent = await ana.request("POST", "/trips/gpx-wizard", data=form, files=files)
    gpx_file_id = data_of(sent, 201)["gpx_file"]["gpx_file_id"]
    (run,) = await runs_of(ana, gpx_file_id)
    assert told_by(run, "version", "attempt", "outcome") == [1, 1, "completed"]
    assert run["points_after"] == analyse(RIDE).simplified_points
    assert run["request_id"] == sent.headers["X-Request-ID"]
    assert list(run["seconds"]) == ["parsing", "saving"]
    assert moment(run["started_at"]) < moment(run["finished_at"])
    data_of(await ana.request("POST", f"/gpx/{gpx_file_id}/reprocess"), 202)
    again, _ = await runs_of(ana, gpx_file_id)
    assert told_by(again, "version", "points_before") == [2, run["points_after"]]
