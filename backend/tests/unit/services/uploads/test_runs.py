"""What the trail of an upload tells of each way in which an attempt begins and ends."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import structlog
from asgi_correlation_id import correlation_id
from sqlalchemy.exc import IntegrityError

from src.config import Settings
from src.database import DatabaseUnavailableError
from src.errors import ErrorCode
from src.models import ProcessingRun
from src.services.uploads import runs
from src.services.uploads.lease_holder import this_process
from src.services.uploads.leases import Lease, LeaseLostError
from src.services.uploads.runs import Replacement
from src.states import Mode, Outcome, ProcessingStatus, Stage
from tests.support.upload_rows import UploadRows

LEASE_S = 20
PERIOD = (datetime(2026, 5, 1, 7, tzinfo=UTC), datetime(2026, 5, 1, 9, tzinfo=UTC))


@pytest.fixture
def settings() -> Settings:
    return Settings(_env_file=None, gpx_lease_seconds=LEASE_S)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Mode, Outcome]]:
    """The attempts that the metrics count."""
    told: list[tuple[Mode, Outcome]] = []

    def count(mode: Mode, outcome: Outcome, _: ErrorCode | None = None) -> None:
        told.append((mode, outcome))

    monkeypatch.setattr("src.observability.metrics.count_attempt", count)
    return told


async def claimed(rows: UploadRows, gpx_file_id: UUID) -> Lease:
    lease = await rows.leases.claim(gpx_file_id, at_once=True)
    assert lease is not None
    return lease


async def only_run(rows: UploadRows, gpx_file_id: UUID) -> ProcessingRun:
    (run,) = await rows.runs(gpx_file_id)
    return run


def told_of(run: ProcessingRun) -> tuple[Any, ...]:
    return (run.fence, run.attempt, run.outcome, run.error_code)


async def test_an_attempt_tells_from_its_beginning_who_makes_it(rows: UploadRows) -> None:
    one = await rows.add(Mode.CELERY, upload_version=3)
    with structlog.contextvars.bound_contextvars(request_id="a-request", task_id="a-task"):
        await claimed(rows, one)
    run = await only_run(rows, one)
    assert (run.version, run.attempt, run.fence, run.mode) == (3, 1, 1, Mode.CELERY)
    assert (run.worker, run.task_id, run.request_id) == (this_process(), "a-task", "a-request")
    assert run.started_at == rows.clock.now
    assert (run.finished_at, run.outcome, run.points_after, run.seconds) == (None, None, None, {})


async def test_in_the_api_the_request_is_that_of_the_logs_and_there_is_no_task(
    rows: UploadRows,
) -> None:
    of_request, of_recovery = await rows.add(), await rows.add()
    token = correlation_id.set("of-the-api")
    await claimed(rows, of_request)
    correlation_id.reset(token)
    await claimed(rows, of_recovery)
    known = [await only_run(rows, one) for one in (of_request, of_recovery)]
    assert [(run.request_id, run.task_id) for run in known] == [("of-the-api", None), (None, None)]


async def test_an_id_of_any_length_leaves_the_lease_free_to_take(rows: UploadRows) -> None:
    one = await rows.add()
    with structlog.contextvars.bound_contextvars(request_id="x" * 1000, task_id="y" * 1000):
        await claimed(rows, one)
    run = await only_run(rows, one)
    assert (run.request_id, run.task_id) == ("x" * 64, "y" * 64)


async def test_a_completed_attempt_tells_what_it_replaced(rows: UploadRows) -> None:
    one = await rows.add()
    lease = await claimed(rows, one)
    with lease.stages.timed(Stage.PARSING):
        rows.clock.move(seconds=7)
    async with rows.db.write() as session:
        with lease.stages.timed(Stage.SAVING):
            await rows.leases.complete(session, lease, Replacement(0, 264, *PERIOD))
    run = await only_run(rows, one)
    assert told_of(run) == (1, 1, Outcome.COMPLETED, None)
    assert run.finished_at == rows.clock.now
    assert (run.points_before, run.points_after) == (0, 264)
    assert (run.period_start, run.period_end) == PERIOD
    assert list(run.seconds) == ["parsing", "saving"], "the stage that is not over counts, too"


async def test_what_is_not_committed_has_not_ended(rows: UploadRows) -> None:
    one = await rows.add()
    lease = await claimed(rows, one)

    async def complete_and_stumble() -> None:
        async with rows.db.write() as session:
            await rows.leases.complete(session, lease, Replacement(0, 264, *PERIOD))
            raise ConnectionError

    with pytest.raises(DatabaseUnavailableError):
        await complete_and_stumble()
    assert (await only_run(rows, one)).outcome is None
    assert (await rows.row(one)).processing_status is ProcessingStatus.PROCESSING


async def test_a_failed_attempt_tells_its_code_and_replaced_nothing(rows: UploadRows) -> None:
    one = await rows.add()
    lease = await claimed(rows, one)
    with pytest.raises(ValueError, match="broken"), lease.stages.timed(Stage.PARSING):
        raise ValueError("broken")
    await rows.leases.fail(lease, ErrorCode.NO_USABLE_POINTS)
    run = await only_run(rows, one)
    assert told_of(run) == (1, 1, Outcome.FAILED, ErrorCode.NO_USABLE_POINTS)
    assert (run.points_before, run.points_after, run.period_start) == (None, None, None)
    assert list(run.seconds) == ["parsing"]


async def test_each_retry_is_an_attempt_with_a_row_of_its_own(rows: UploadRows) -> None:
    one = await rows.add()
    await rows.leases.retry_later(await claimed(rows, one), ErrorCode.STORAGE_UNAVAILABLE, 60)
    lease = await claimed(rows, one)
    async with rows.db.write() as session:
        await rows.leases.complete(session, lease, Replacement(0, 264, None, None))
    assert [told_of(run) for run in await rows.runs(one)] == [
        (1, 1, Outcome.RETRY, ErrorCode.STORAGE_UNAVAILABLE),
        (2, 2, Outcome.COMPLETED, None),
    ]


@pytest.mark.parametrize("mode", list(Mode))
async def test_an_attempt_that_is_handed_back_says_so(
    rows: UploadRows, mode: Mode, counted: list[tuple[Mode, Outcome]]
) -> None:
    one = await rows.add(mode)
    await rows.leases.release(await claimed(rows, one))
    await claimed(rows, one)
    ended, next_one = await rows.runs(one)
    assert told_of(ended) == (1, 1, Outcome.HANDED_BACK, None)
    assert next_one.finished_at is None
    assert counted == [(mode, Outcome.HANDED_BACK)]


async def test_whoever_takes_an_upload_over_ends_the_run_of_the_dead(
    rows: UploadRows, counted: list[tuple[Mode, Outcome]]
) -> None:
    one, other = await rows.add(), await rows.add()
    await claimed(rows, other)
    await rows.take_over(one)
    rows.clock.move(seconds=LEASE_S + 1)
    await claimed(rows, one)
    lost, open_one = await rows.runs(one)
    assert told_of(lost) == (1, 1, Outcome.LOST, None)
    assert lost.finished_at == rows.clock.now
    assert told_of(open_one) == (2, 1, None, None)
    assert (await only_run(rows, other)).finished_at is None, "others' runs are left alone"
    assert counted == [(Mode.BACKGROUND, Outcome.LOST)]


async def test_an_attempt_that_the_recovery_noticed_is_lost_when_the_next_one_begins(
    rows: UploadRows,
) -> None:
    one = await rows.add()
    await rows.take_over(one)
    rows.clock.move(seconds=LEASE_S + 1)
    assert one in await rows.taken()
    assert (await only_run(rows, one)).finished_at is None, "it may still come back in time"
    await claimed(rows, one)
    assert [run.outcome for run in await rows.runs(one)] == [Outcome.LOST, None]


async def test_a_late_holder_changes_no_run(rows: UploadRows) -> None:
    one = await rows.add()
    slow = await claimed(rows, one)
    rows.clock.move(seconds=LEASE_S + 1)
    await claimed(rows, one)
    with pytest.raises(LeaseLostError):
        await rows.leases.fail(slow, ErrorCode.INTERNAL_ERROR)
    with pytest.raises(LeaseLostError):
        await rows.leases.retry_later(slow, ErrorCode.DATABASE_UNAVAILABLE, 60)
    async with rows.db.write() as session:
        with pytest.raises(LeaseLostError):
            await rows.leases.complete(session, slow, Replacement(0, 264, *PERIOD))
    await rows.leases.release(slow)
    assert [told_of(run) for run in await rows.runs(one)] == [
        (1, 1, Outcome.LOST, None),
        (2, 1, None, None),
    ]


async def test_the_last_attempt_of_an_upload_that_is_given_up_is_abandoned(
    rows: UploadRows, settings: Settings
) -> None:
    one = await rows.add()
    for _ in range(settings.gpx_max_deliveries):
        await claimed(rows, one)
        rows.clock.move(seconds=LEASE_S + 1)
    assert await rows.leases.claim(one) is None
    *lost, last = await rows.runs(one)
    assert [run.outcome for run in lost] == [Outcome.LOST] * (settings.gpx_max_deliveries - 1)
    assert (last.outcome, last.error_code) == (Outcome.ABANDONED, ErrorCode.PROCESSING_ABANDONED)
    assert last.finished_at == rows.clock.now


async def test_of_many_attempts_the_newest_come_first(rows: UploadRows) -> None:
    one = await rows.add(deliveries=-10)
    for _ in range(4):
        await rows.leases.release(await claimed(rows, one))
        # A host whose clock is behind.
        rows.clock.move(seconds=-60)
    async with rows.db.read() as session:
        assert [run.fence for run in await runs.newest(session, one, 3)] == [4, 3, 2]


async def test_no_lease_has_two_runs(rows: UploadRows) -> None:
    one = await rows.add()
    await claimed(rows, one)
    with pytest.raises(IntegrityError, match=re.escape("processing_runs.fence")):
        async with rows.db.write() as session:
            await runs.begin(session, await rows.row(one), rows.clock.now)
