"""The pipeline's promises: points exactly once, no lost upload, nothing newer overwritten."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from src.config import Settings
from src.gpx.model import SimplifiedTrack
from src.models import GpxFile, TrackPoint
from src.services.gpx_service import GPXService, retry_delay_s
from src.services.processing.background import BackgroundRunner
from src.services.processing.recovery import recover
from src.services.tracks.points import replace_points
from src.services.uploads.leases import DueUpload, LeaseLostError, Leases
from src.states import Mode, Outcome, ProcessingStatus, Stage
from tests.support.desk import Desk
from tests.support.rides import build_gpx
from tests.support.stored import store
from tests.support.upload_rows import in_queues

RIDE = build_gpx(points=400, seed=1)
LONGER_RIDE = build_gpx(points=900, seed=2)


def fail_with(monkeypatch: pytest.MonkeyPatch, errors: Sequence[Exception]) -> None:
    """Let the first analyses raise these errors, one each."""
    remaining, parse = iter(errors), GPXService.parse_gpx_file

    async def parse_or_fail(self: GPXService, source: Any, **options: Any) -> Any:
        for error in remaining:
            raise error
        return await parse(self, source, **options)

    monkeypatch.setattr(GPXService, "parse_gpx_file", parse_or_fail)


async def outcome_later(desk: Desk, pipeline: GPXService, gpx_file_id: UUID) -> Outcome:
    """How the next attempt ends, long after the one before."""
    desk.clock.move(hours=1)
    return (await pipeline.process(gpx_file_id)).outcome


async def test_completed_is_never_visible_before_its_points(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    gpx_file_id = await desk.put()
    seen: list[ProcessingStatus | None] = []

    async def watch(session: AsyncSession, upload_id: UUID, track: SimplifiedTrack) -> None:
        status = select(GpxFile.processing_status).where(GpxFile.gpx_file_id == upload_id)
        seen.append(await session.scalar(status))
        await replace_points(session, upload_id, track)
        async with desk.services.db.read() as other_session:
            seen.append(await other_session.scalar(status))

    monkeypatch.setattr("src.services.gpx_service.replace_points", watch)
    await desk.pipeline.process(gpx_file_id)
    assert seen == [ProcessingStatus.PROCESSING, ProcessingStatus.PROCESSING]
    await desk.assert_completed_once(gpx_file_id)


async def test_points_that_cannot_be_stored_leave_nothing_half_done(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    gpx_file_id = await desk.put()

    async def break_off(session: AsyncSession, upload_id: UUID, track: SimplifiedTrack) -> None:
        await replace_points(session, upload_id, track)
        raise OperationalError("COPY", {}, ConnectionError("gone"))

    with monkeypatch.context() as patch:
        patch.setattr("src.services.gpx_service.replace_points", break_off)
        result = await desk.pipeline.process(gpx_file_id)
    assert (result.outcome, result.error_code) == (Outcome.RETRY, "DATABASE_UNAVAILABLE")
    assert await desk.count(TrackPoint, gpx_file_id) == 0
    row = await desk.row(gpx_file_id)
    assert (row.processing_status, row.stage) == (ProcessingStatus.PROCESSING, Stage.RETRYING)
    desk.clock.move(seconds=result.retry_in_s or 0)
    await desk.pipeline.process(gpx_file_id)
    await desk.assert_completed_once(gpx_file_id)


async def test_many_deliveries_at_once_do_the_work_once(desk: Desk) -> None:
    gpx_file_id = await desk.put()
    results = await asyncio.gather(*(desk.pipeline.process(gpx_file_id) for _ in range(5)))
    assert sorted(result.outcome for result in results) == [
        Outcome.COMPLETED,
        *[Outcome.NOTHING_TO_DO] * 4,
    ]
    assert (await desk.row(gpx_file_id)).deliveries == 1
    await desk.assert_completed_once(gpx_file_id)


async def test_a_completed_upload_is_left_alone(desk: Desk) -> None:
    gpx_file_id = await desk.put()
    await desk.pipeline.process(gpx_file_id)
    before = await desk.row(gpx_file_id)
    assert (await desk.pipeline.process(gpx_file_id)).outcome is Outcome.NOTHING_TO_DO
    assert (await desk.row(gpx_file_id)).processed_at == before.processed_at


async def test_a_worker_past_its_lease_cannot_write(desk: Desk, settings: Settings) -> None:
    gpx_file_id = await desk.put()
    leases = Leases(desk.services.db, settings, desk.clock)
    late = await leases.claim(gpx_file_id)
    assert late is not None
    assert await leases.claim(gpx_file_id) is None
    desk.clock.move(seconds=2 * settings.gpx_lease_seconds)
    result = await desk.pipeline.process(gpx_file_id)
    assert result.outcome is Outcome.COMPLETED

    async with desk.services.db.write() as session:
        with pytest.raises(LeaseLostError):
            await leases.lock(session, late)
    with pytest.raises(LeaseLostError):
        await leases.fail(late, result.error_code or "INTERNAL_ERROR")  # type: ignore[arg-type]
    await desk.assert_completed_once(gpx_file_id)


async def test_a_newer_upload_is_not_overwritten_by_an_older_one(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    gpx_file_id = await desk.put(RIDE)
    trip_id = (await desk.row(gpx_file_id)).trip_id
    original_parse = desk.pipeline.parse_gpx_file

    async def replaced_meanwhile(source: Any, **options: Any) -> Any:
        async with desk.services.db.write() as session:
            await session.execute(update(GpxFile).values(processing_status=ProcessingStatus.FAILED))
        assert await desk.put(LONGER_RIDE, trip_id) == gpx_file_id
        return await original_parse(source, **options)

    with monkeypatch.context() as patch:
        patch.setattr(desk.pipeline, "parse_gpx_file", replaced_meanwhile)
        result = await desk.pipeline.process(gpx_file_id)
    assert result.outcome is Outcome.NOTHING_TO_DO
    assert await desk.count(TrackPoint, gpx_file_id) == 0
    await desk.pipeline.process(gpx_file_id)
    await desk.assert_completed_once(gpx_file_id, LONGER_RIDE)


async def test_deleting_while_processing_cancels(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    gpx_file_id = await desk.put()
    trip_id = (await desk.row(gpx_file_id)).trip_id
    original_parse = desk.pipeline.parse_gpx_file

    async def deleted_meanwhile(source: Any, **options: Any) -> Any:
        response = await desk.owner.request("DELETE", f"/trips/{trip_id}/gpx")
        assert response.status_code == 204
        return await original_parse(source, **options)

    monkeypatch.setattr(desk.pipeline, "parse_gpx_file", deleted_meanwhile)
    result = await desk.pipeline.process(gpx_file_id)
    assert result.outcome is Outcome.NOTHING_TO_DO
    assert await desk.count(TrackPoint, gpx_file_id) == 0


async def test_passing_troubles_are_retried_three_times_and_then_explained(
    desk: Desk, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    gpx_file_id = await desk.put()
    fail_with(monkeypatch, [MemoryError()] * 4)
    for attempt in (1, 2, 3):
        result = await desk.pipeline.process(gpx_file_id)
        assert result.outcome is Outcome.RETRY
        expected_s = 60 * 2 ** (attempt - 1)
        assert result.retry_in_s == pytest.approx(expected_s, rel=0.1)
        row = await desk.row(gpx_file_id)
        assert (row.stage, row.attempt) == (Stage.RETRYING, attempt + 1)
        assert row.error_code == "OUT_OF_MEMORY"
        assert row.next_attempt_at == desk.clock.now + timedelta(seconds=result.retry_in_s or 0)
        early = await desk.pipeline.process(gpx_file_id)
        assert early.outcome is Outcome.NOTHING_TO_DO, "a second message does not use up attempts"
        desk.clock.move(seconds=result.retry_in_s or 0)
    result = await desk.pipeline.process(gpx_file_id)
    assert (result.outcome, result.error_code) == (Outcome.FAILED, "OUT_OF_MEMORY")
    row = await desk.row(gpx_file_id)
    assert (row.processing_status, row.attempt) == (ProcessingStatus.FAILED, 4)


async def test_an_upload_recovers_from_a_passing_trouble(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    gpx_file_id = await desk.put()
    fail_with(monkeypatch, [OSError("disk"), OSError("disk")])
    outcomes = [await outcome_later(desk, desk.pipeline, gpx_file_id) for _ in range(3)]
    assert outcomes == [Outcome.RETRY, Outcome.RETRY, Outcome.COMPLETED]
    assert (await desk.row(gpx_file_id)).error_code is None
    await desk.assert_completed_once(gpx_file_id)


async def test_a_refused_file_is_logged_as_such_and_our_own_failure_as_an_error(
    desk: Desk, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.pipeline.process(await desk.put(b"<gpx><trk></trk></gpx>"))
    fail_with(monkeypatch, [ZeroDivisionError("defect")])
    await desk.pipeline.process(await desk.put())
    refused, broken = (r for r in caplog.records if "upload_failed" in r.getMessage())
    assert (refused.levelname, "exc_info" in refused.getMessage()) == ("INFO", False)
    assert "NO_USABLE_POINTS" in refused.getMessage()
    assert "0 usable points" in refused.getMessage()
    assert (broken.levelname, "ZeroDivisionError" in broken.getMessage()) == ("ERROR", True)


async def test_a_bad_file_is_not_retried_unless_the_setting_says_so(
    desk: Desk, settings: Settings
) -> None:
    gpx_file_id = await desk.put(b"<gpx><trk></trk></gpx>")
    assert (await desk.pipeline.process(gpx_file_id)).outcome is Outcome.FAILED

    patient = settings.model_copy(update={"gpx_retry_invalid_files": True})
    pipeline = GPXService(desk.services.db, desk.services.storage, patient, desk.clock)
    gpx_file_id = await desk.put(b"<gpx><trk></trk></gpx>")
    outcomes = [await outcome_later(desk, pipeline, gpx_file_id) for _ in range(4)]
    assert outcomes == [Outcome.RETRY, Outcome.RETRY, Outcome.RETRY, Outcome.FAILED]


async def test_a_defect_of_ours_fails_without_retry_and_without_internals(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    gpx_file_id = await desk.put()
    fail_with(monkeypatch, [ZeroDivisionError("secret detail")])
    assert (await desk.pipeline.process(gpx_file_id)).outcome is Outcome.FAILED
    response = await desk.owner.request("GET", f"/gpx/{gpx_file_id}/status")
    assert response.json()["data"]["error_code"] == "INTERNAL_ERROR"
    assert "secret detail" not in response.text


async def test_a_damaged_original_is_noticed(desk: Desk) -> None:
    gpx_file_id = await desk.put()
    row = await desk.row(gpx_file_id)
    await store(desk.services.storage, row.storage_key, LONGER_RIDE)
    result = await desk.pipeline.process(gpx_file_id)
    assert (result.outcome, result.error_code) == (Outcome.FAILED, "FILE_CORRUPTED")


async def test_a_file_that_kills_its_workers_is_given_up(desk: Desk, settings: Settings) -> None:
    gpx_file_id = await desk.put()
    for _ in range(settings.gpx_max_deliveries):
        assert await desk.pipeline.leases.claim(gpx_file_id) is not None
        desk.clock.move(seconds=2 * settings.gpx_lease_seconds)
    assert (await desk.pipeline.process(gpx_file_id)).outcome is Outcome.NOTHING_TO_DO
    row = await desk.row(gpx_file_id)
    assert row.processing_status is ProcessingStatus.FAILED
    assert row.error_code == "PROCESSING_ABANDONED"


async def test_the_heartbeat_keeps_a_slow_analysis_leased(
    desk: Desk, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = settings.model_copy(update={"gpx_lease_seconds": 0.4, "gpx_heartbeat_seconds": 0.1})
    pipeline = GPXService(desk.services.db, desk.services.storage, quick)
    gpx_file_id = await desk.put()
    original_parse = pipeline.parse_gpx_file

    async def slowly(source: Any, **options: Any) -> Any:
        await asyncio.sleep(1.0)
        assert await pipeline.leases.take_due() == []
        return await original_parse(source, **options)

    monkeypatch.setattr(pipeline, "parse_gpx_file", slowly)
    assert (await pipeline.process(gpx_file_id)).outcome is Outcome.COMPLETED


async def test_being_cancelled_hands_the_upload_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    gpx_file_id = await desk.put()
    with monkeypatch.context() as patch:
        begun = asyncio.Event()

        async def never_ends(source: Any, **options: Any) -> None:
            begun.set()
            await asyncio.sleep(60)

        patch.setattr(desk.pipeline, "parse_gpx_file", never_ends)
        work = asyncio.create_task(desk.pipeline.process(gpx_file_id))
        await begun.wait()
        assert (await desk.row(gpx_file_id)).stage is Stage.PARSING
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
    row = await desk.row(gpx_file_id)
    assert (row.stage, row.deliveries, row.lease_expires_at) == (Stage.QUEUED, 0, None)
    await desk.pipeline.process(gpx_file_id)
    await desk.assert_completed_once(gpx_file_id)


async def taken(desk: Desk, in_queue: int | None = 0) -> set[UUID]:
    due = await desk.pipeline.leases.take_due(in_queues(in_queue))
    return {upload.gpx_file_id for upload in due}


async def change(desk: Desk, gpx_file_id: UUID, **values: Any) -> None:
    async with desk.services.db.write() as session:
        await session.execute(
            update(GpxFile).where(GpxFile.gpx_file_id == gpx_file_id).values(**values)
        )


async def test_recovery_leaves_alone_what_is_in_good_hands(desk: Desk, settings: Settings) -> None:
    queued, leased, done, failed = [await desk.put() for _ in range(4)]
    await desk.pipeline.leases.claim(leased)
    await desk.pipeline.process(done)
    await change(desk, failed, processing_status=ProcessingStatus.FAILED)
    assert await taken(desk) == set()
    desk.clock.move(seconds=2 * settings.gpx_lease_seconds)
    assert await taken(desk) == {queued, leased}
    assert await taken(desk) == set(), "what was just taken is not taken again at once"


async def test_recovery_waits_for_the_next_attempt(
    desk: Desk, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    gpx_file_id = await desk.put()
    fail_with(monkeypatch, [MemoryError()])
    result = await desk.pipeline.process(gpx_file_id)
    delay_s = result.retry_in_s or 0
    desk.clock.move(seconds=delay_s + settings.gpx_redispatch_seconds - 1)
    assert await taken(desk) == set(), "whoever planned it has time to begin"
    desk.clock.move(seconds=2)
    assert await taken(desk) == {gpx_file_id}
    assert await taken(desk) == set()


async def test_recovery_takes_at_once_what_a_dead_process_held(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued, leased = await desk.put(), await desk.put()
    await desk.pipeline.leases.claim(leased)
    monkeypatch.setattr("src.services.uploads.leases.is_known_dead", lambda holder: True)
    assert await taken(desk) == {queued, leased}


async def test_several_recoveries_at_once_share_the_work(desk: Desk, settings: Settings) -> None:
    expected = {await desk.put() for _ in range(6)}
    desk.clock.move(seconds=2 * settings.gpx_lease_seconds)
    shares = await asyncio.gather(*(desk.pipeline.leases.take_due() for _ in range(4)))
    everything = [upload.gpx_file_id for share in shares for upload in share]
    assert sorted(everything) == sorted(expected)


async def put_for_workers(desk: Desk, count: int) -> list[UUID]:
    """Uploads that were sent to the workers one after another, too long ago to be on their way."""
    ids = [await desk.put() for _ in range(count)]
    for seconds_ago, gpx_file_id in enumerate(reversed(ids), start=100):
        dispatched_at = desk.clock.now - timedelta(seconds=seconds_ago)
        await change(desk, gpx_file_id, mode=Mode.CELERY, holder=None, dispatched_at=dispatched_at)
    return ids


async def test_uploads_whose_messages_wait_in_the_queue_are_not_sent_again(desk: Desk) -> None:
    first, second, third = await put_for_workers(desk, 3)
    assert await taken(desk, in_queue=3) == set()
    assert await taken(desk, in_queue=5) == set()
    assert await taken(desk, in_queue=2) == {first}, "the longest untold is most likely unheard of"
    assert await taken(desk, in_queue=3) == set()
    assert await taken(desk, in_queue=0) == {second, third}, "an emptied queue is filled again"


async def test_an_upload_whose_worker_died_is_sent_again_however_long_the_queue(
    desk: Desk, settings: Settings
) -> None:
    (died,) = await put_for_workers(desk, 1)
    await desk.pipeline.leases.claim(died)
    desk.clock.move(seconds=settings.gpx_lease_seconds + 30)
    lost, waiting = await put_for_workers(desk, 2)
    # One message in the queue, and one that is being sent now: of three, one is unheard of.
    assert await taken(desk, in_queue=1) == {died, lost}
    assert waiting not in await taken(desk, in_queue=3)


async def test_uploads_for_workers_are_left_alone_while_nobody_knows_the_queue(
    desk: Desk, settings: Settings
) -> None:
    for_worker, in_api = (await put_for_workers(desk, 1))[0], await desk.put()
    desk.clock.move(seconds=settings.gpx_lease_seconds + 30)
    assert await taken(desk, in_queue=None) == {in_api}
    assert await taken(desk) == {for_worker}


async def test_recovery_finishes_what_was_left(desk: Desk, settings: Settings) -> None:
    gpx_file_id = await desk.put()
    desk.clock.move(seconds=2 * settings.gpx_lease_seconds)

    async def process(upload: DueUpload) -> None:
        await desk.pipeline.process(upload.gpx_file_id)

    assert await recover(desk.pipeline.leases, process) == 1
    await desk.assert_completed_once(gpx_file_id)


def test_retry_delays_double_with_a_tenth_of_jitter() -> None:
    for attempt, expected_s in ((1, 60), (2, 120), (3, 240)):
        delays = [retry_delay_s(attempt, base_s=60) for _ in range(300)]
        assert min(delays) >= expected_s * 0.9
        assert max(delays) <= expected_s * 1.1
        assert max(delays) - min(delays) > expected_s * 0.1


async def test_the_api_itself_retries_in_time(
    desk: Desk, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = settings.model_copy(update={"gpx_retry_base_seconds": 0.05})
    pipeline = GPXService(desk.services.db, desk.services.storage, quick)
    runner = BackgroundRunner(pipeline.process, concurrency=1)
    gpx_file_id = await desk.put()
    fail_with(monkeypatch, [MemoryError(), MemoryError()])
    await runner.run(gpx_file_id)
    async with asyncio.timeout(5):
        while (await desk.row(gpx_file_id)).processing_status is ProcessingStatus.PROCESSING:
            await asyncio.sleep(0.02)
    await runner.stop()
    await desk.assert_completed_once(gpx_file_id)
