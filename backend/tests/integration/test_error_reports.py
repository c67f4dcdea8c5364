"""What is reported to Sentry, received by a server that stands in for it."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sentry_sdk
from pydantic import SecretStr

from src.config import Settings
from src.http.deps import Services
from src.observability.error_reports import flush_error_reports
from src.tasks.gpx_tasks import process_gpx_file_async
from tests.support.cyclist import Cyclist, data_of
from tests.support.error_sink import ErrorSink, error_sink
from tests.support.rides import build_gpx
from tests.support.uploads import BAD_LATER, Uploads, brisk, ride
from tests.support.workers import worker

SECRET = "what ana@example.com wrote"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def sink() -> Iterator[ErrorSink]:
    with error_sink() as server:
        yield server
        # The application of this test has begun to report; the next one must not.
        sentry_sdk.get_client().close()
        sentry_sdk.get_global_scope().set_client(None)


@pytest.fixture
def settings(settings: Settings, redis_url: str, sink: ErrorSink) -> Settings:
    """Reports go to the sink, failures come at once."""
    at_once = {"gpx_max_retries": 0, "gpx_max_deliveries": 1}
    reports = {"sentry_dsn": SecretStr(sink.dsn), "app_release": "2026.11"}
    return brisk(settings, redis_url, gpx_async_threshold_mb=0.01, **at_once, **reports)


def break_down(*_: Any, **__: Any) -> Any:
    raise ZeroDivisionError(SECRET)


async def test_an_unforeseen_error_is_reported_with_the_requests_id(
    ana: Cyclist, services: Services, sink: ErrorSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services.auth, "user_of", break_down)
    answer = await ana.request("GET", f"/auth/me?email={SECRET}")
    assert answer.status_code == 500
    (event,) = sink.events(1)
    error = event["exception"]["values"][-1]
    assert (event["logentry"]["message"], event["level"]) == ("request_failed", "error")
    assert (error["type"], error["value"]) == ("ZeroDivisionError", "")
    assert error["stacktrace"]["frames"][-1]["function"] == "break_down"
    assert event["tags"] == {"component": "api", "request_id": answer.headers["X-Request-ID"]}
    assert (event["release"], event["environment"]) == ("contravento-gpx@2026.11", "testing")
    assert "sentry_key=public-key" in sink.authorizations[0]


async def test_no_report_carries_what_a_cyclist_sent(
    ana: Cyclist, sink: ErrorSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("src.services.gpx_service.replace_points", break_down)
    data_of(await ana.upload(await ana.new_trip(), build_gpx(points=50), name="secret.gpx"), 202)
    logging.getLogger("asyncio").error("a task for %s was lost", SECRET)
    events = sink.events(2)
    assert [event["logentry"]["message"] for event in events] == [
        "upload_failed",
        "a task for %s was lost",
    ]
    text = "".join(sink.envelopes)
    tokens = ana.tokens["access_token"], ana.headers["Authorization"]
    for private in ("ana@", "secret.gpx", "<trkpt", '"vars"', *tokens):
        assert private not in text
    assert not {"user", "request", "extra", "breadcrumbs"} & {key for e in events for key in e}


async def test_what_the_client_has_to_change_is_not_reported(
    ana: Cyclist, services: Services, sink: ErrorSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await ana.request("GET", "/trips/no-uuid")).status_code == 400
    assert (await ana.client.get("/auth/me")).status_code == 401
    assert (await ana.request("GET", "/nowhere")).status_code == 404
    data_of(await ana.upload(await ana.new_trip(), BAD_LATER), 202)
    monkeypatch.setattr(services.auth, "user_of", break_down)
    await ana.request("GET", "/auth/me")
    assert [event["logentry"]["message"] for event in sink.events(1)] == ["request_failed"]


async def test_a_workers_failures_are_reported_once_with_the_uploads_ids(
    ana: Cyclist, services: Services, settings: Settings, sink: ErrorSink, tmp_path: Path
) -> None:
    uploads = Uploads(ana, services.db)
    with worker(settings, tmp_path):
        broken = await uploads.send(BAD_LATER)
        starved = await uploads.send(ride("memory 9"))
        await uploads.until_ended()
        poison = await uploads.send(ride("kill child"))
        await uploads.until_ended()
        events = sink.events(2)
    await uploads.assert_failed(broken, "NO_USABLE_POINTS")
    by_upload = {event["tags"].get("gpx_file_id"): event for event in events}
    assert by_upload.keys() == {str(starved), str(poison)}
    assert len(events) == 2
    failed, abandoned = by_upload[str(starved)], by_upload[str(poison)]
    assert failed["exception"]["values"][-1]["type"] == "MemoryError"
    assert failed["tags"].items() >= {"component": "worker", "error_code": "OUT_OF_MEMORY"}.items()
    assert failed["tags"].keys() >= {"task_id", "request_id", "trip_id"}
    assert abandoned["logentry"]["message"] == "upload_abandoned"


async def test_a_task_that_breaks_outside_the_pipeline_is_reported(
    ana: Cyclist, services: Services, settings: Settings, sink: ErrorSink, tmp_path: Path
) -> None:
    with worker(settings, tmp_path):
        process_gpx_file_async.delay("no-uuid", "no-uuid", None, "ride.gpx")
        (event,) = sink.events(1)
    assert event["logentry"]["message"] == "task_failed"
    assert event["exception"]["values"][-1]["type"] == "ValueError"
    assert "task_id" in event["tags"]


def test_without_an_address_nothing_is_reported(sqlite_url: str) -> None:
    assert not sentry_sdk.is_initialized()
    flush_error_reports()
