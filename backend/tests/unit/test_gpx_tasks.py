"""The Celery task, awaited directly as from any asynchronous code."""

import base64
from collections.abc import AsyncIterator
from typing import Any
from unittest.mock import AsyncMock, patch
from uuid import UUID, uuid4

import pytest

from src.config import Settings
from src.gpx import analyse
from src.services.gpx_service import GPXService
from src.services.processing.task_payload import decode_payload, encode_payload
from src.services.processing.worker_runtime import WorkerRuntime
from src.services.uploads.failures import PassingTroubleError, ProcessingFailedError
from src.tasks.database_task import DatabaseTask
from src.tasks.gpx_tasks import process_gpx_file_async
from tests.support.desk import Desk
from tests.support.rides import build_gpx

RIDE = build_gpx(points=300)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture(autouse=True)
async def runtime(settings: Settings) -> AsyncIterator[WorkerRuntime]:
    runtime = WorkerRuntime(settings)
    with patch("src.tasks.gpx_tasks.current_runtime", return_value=runtime):
        yield runtime
    await runtime.dispose()


async def run(gpx_file_id: UUID, content: str | None = None) -> dict[str, Any]:
    result: dict[str, Any] = await process_gpx_file_async(
        str(gpx_file_id), str(uuid4()), content, "ride.gpx"
    )
    return result


async def test_process_gpx_file_success(desk: Desk) -> None:
    gpx_file_id = await desk.put(RIDE)
    result = await run(gpx_file_id, encode_payload(RIDE))
    expected = analyse(RIDE)
    assert result == {
        "success": True,
        "outcome": "completed",
        "gpx_file_id": str(gpx_file_id),
        "distance_km": expected.distance_km,
        "total_points": 300,
        "simplified_points": expected.simplified_points,
    }
    await desk.assert_completed_once(gpx_file_id, RIDE)


async def test_process_gpx_file_succeeds_at_the_third_call_after_two_transient_failures(
    desk: Desk,
) -> None:
    gpx_file_id = await desk.put(RIDE)
    answers = [ConnectionError("database"), ConnectionError("database"), analyse(RIDE)]
    with patch.object(GPXService, "parse_gpx_file", AsyncMock(side_effect=answers)) as parse:
        for _ in range(2):
            with pytest.raises(PassingTroubleError):
                await run(gpx_file_id)
        result = await run(gpx_file_id)
    assert result["success"] is True
    assert parse.await_count == 3
    await desk.assert_completed_once(gpx_file_id, RIDE)


async def test_a_bad_file_raises_its_reason_and_cause(desk: Desk) -> None:
    gpx_file_id = await desk.put(b"<gpx></gpx>")
    with pytest.raises(ProcessingFailedError, match="NO_USABLE_POINTS") as failure:
        await run(gpx_file_id)
    assert failure.value.__cause__ is not None


async def test_a_message_without_content_is_read_from_storage(desk: Desk) -> None:
    gpx_file_id = await desk.put(RIDE)
    assert (await run(gpx_file_id, None))["success"] is True


async def test_content_that_is_not_the_uploaded_file_is_ignored(desk: Desk) -> None:
    gpx_file_id = await desk.put(RIDE)
    other = encode_payload(build_gpx(points=77))
    assert (await run(gpx_file_id, other))["total_points"] == 300


async def test_a_second_delivery_does_nothing(desk: Desk) -> None:
    gpx_file_id = await desk.put(RIDE)
    await run(gpx_file_id)
    again = await run(gpx_file_id)
    assert (again["success"], again["outcome"]) == (False, "nothing_to_do")


async def test_retries_are_published_by_reference_with_the_rows_delay(desk: Desk) -> None:
    gpx_file_id = await desk.put(RIDE)
    task = process_gpx_file_async
    task.push_request(id="t", args=[], kwargs={}, called_directly=False, retries=0)
    try:
        with (
            patch.object(GPXService, "parse_gpx_file", AsyncMock(side_effect=MemoryError)),
            patch.object(DatabaseTask, "apply_async") as publish,
            pytest.raises(Exception, match="Retry in"),
        ):
            await task.run(str(gpx_file_id), "trip", encode_payload(RIDE), "ride.gpx")
    finally:
        task.pop_request()
    args, _ = publish.call_args
    assert args[0] == (str(gpx_file_id), "trip", None, "ride.gpx")
    assert 54 <= publish.call_args.kwargs["countdown"] <= 66


async def test_content_that_cannot_be_read_is_ignored(desk: Desk) -> None:
    gpx_file_id = await desk.put(RIDE)
    assert (await run(gpx_file_id, "no base64 at all"))["success"] is True


def test_messages_are_compressed_and_plain_base64_is_understood() -> None:
    assert len(encode_payload(RIDE)) < len(RIDE) / 3
    assert decode_payload(encode_payload(RIDE), len(RIDE)) == RIDE
    assert decode_payload(base64.b64encode(RIDE).decode(), len(RIDE)) == RIDE


def test_a_message_is_not_unpacked_beyond_the_largest_upload() -> None:
    bomb = encode_payload(b"0" * 10_000_000)
    assert len(bomb) < 100_000
    assert decode_payload(bomb, 1_000_000) is None
