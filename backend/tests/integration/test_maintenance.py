"""What the nightly jobs delete, and above all what they leave alone."""

import asyncio
import os
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, func, select, text, update

from src.config import Settings
from src.models import (
    GpxFile,
    IdempotencyKey,
    NightlyRun,
    ProcessingRun,
    RefreshToken,
    SweepMark,
    Trip,
)
from src.services.backlog.measurement import Backlog
from src.services.housekeeping import missing_columns, orphans, sweep_mark, sweeps
from src.services.housekeeping.maintenance import (
    FailedReport,
    Job,
    Maintenance,
    SweepReport,
)
from src.services.monitoring.health_report import HealthReport, PartStates
from src.services.storage import StorageUnavailableError, columns_key, new_key
from src.services.uploads import runs
from src.states import Mode, Outcome
from tests.support.cyclist import data_of
from tests.support.desk import BAD_FILE, RIDE, Desk
from tests.support.scrape import Scrape

ALL_WELL = PartStates(database="ok", storage="ok", broker="disabled", workers=None)


async def all_well() -> PartStates:
    return ALL_WELL


@pytest.fixture
def maintenance(desk: Desk, settings: Settings) -> Maintenance:
    services = desk.services
    return Maintenance(
        services.db, services.storage, desk.pipeline.columns, settings, all_well, desk.clock
    )


async def removed_by(
    maintenance: Maintenance, job: Job, *, dry_run: bool = False, even_if_most: bool = False
) -> dict[str, int]:
    report = await maintenance.run(job, dry_run=dry_run, even_if_most=even_if_most)
    assert isinstance(report, SweepReport)
    assert report.is_finished
    return report.removed


async def count(desk: Desk, table: type) -> int:
    async with desk.services.db.read() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


def files_of(desk: Desk) -> set[str]:
    root = desk.services.settings.storage_path
    files = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
    return files - {sweep_mark.KEY}


async def test_only_failed_uploads_past_their_days_go_and_their_files_with_them(
    desk: Desk, maintenance: Maintenance
) -> None:
    old_failure = await desk.fail()
    kept = [await desk.put() for _ in range(3)]
    completed, running, _waiting = kept
    await desk.pipeline.process(completed)
    assert await desk.pipeline.leases.claim(running) is not None
    desk.clock.move(days=20)
    kept.append(await desk.fail())
    desk.clock.move(days=10, seconds=1)
    key = (await desk.row(old_failure)).storage_key
    before = files_of(desk)

    expected = {"uploads": 1, "bytes": len(BAD_FILE)}
    assert await removed_by(maintenance, Job.FAILED_UPLOADS, dry_run=True) == expected
    assert await count(desk, GpxFile) == 5
    assert files_of(desk) == before
    assert await removed_by(maintenance, Job.FAILED_UPLOADS) == expected
    async with desk.services.db.read() as session:
        assert set(await session.scalars(select(GpxFile.gpx_file_id))) == set(kept)
    assert files_of(desk) == before - {key}
    assert await count(desk, Trip) == 5


async def test_a_trip_whose_failed_upload_was_deleted_takes_another_one(
    desk: Desk, maintenance: Maintenance
) -> None:
    trip_id = (await desk.row(await desk.fail())).trip_id
    desk.clock.move(days=31)
    await maintenance.run(Job.FAILED_UPLOADS)
    data_of(await desk.owner.upload(str(trip_id), RIDE, Prefer="wait=10"), 201)


async def test_every_batch_is_committed_and_the_next_run_goes_on(
    desk: Desk, maintenance: Maintenance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeps, "BATCH_ROWS", 2)
    for _ in range(5):
        await desk.fail()
    desk.clock.move(days=31)
    interrupted = await maintenance.run(Job.FAILED_UPLOADS, may_go_on=lambda: False)
    assert interrupted == SweepReport(
        {"uploads": 2, "bytes": 2 * len(BAD_FILE)}, dry_run=False, is_finished=False
    )
    assert await count(desk, GpxFile) == 3
    assert (await removed_by(maintenance, Job.FAILED_UPLOADS))["uploads"] == 3
    assert files_of(desk) == set()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_failed_upload_that_is_being_replaced_is_neither_deleted_nor_waited_for(
    desk: Desk, maintenance: Maintenance
) -> None:
    upload = await desk.row(await desk.fail())
    desk.clock.move(days=31)
    async with desk.services.db.write() as uploading:
        query = select(Trip.trip_id).where(Trip.trip_id == upload.trip_id).with_for_update()
        await uploading.execute(query)
        async with asyncio.timeout(5):
            assert (await removed_by(maintenance, Job.FAILED_UPLOADS))["uploads"] == 0
    assert await count(desk, GpxFile) == 1


async def test_only_expired_tokens_go(desk: Desk, maintenance: Maintenance) -> None:
    owner = desk.owner
    login = {"login": owner.username, "password": "Subida-al-Veleta-2026"}
    data_of(await owner.client.post("/auth/login", json=login), 200)
    async with desk.services.db.write() as session:
        first = select(func.min(RefreshToken.token_hash)).scalar_subquery()
        await session.execute(
            update(RefreshToken)
            .where(RefreshToken.token_hash == first)
            .values(expires_at=desk.clock.now - timedelta(seconds=1))
        )
    assert await removed_by(maintenance, Job.EXPIRED_TOKENS, dry_run=True) == {"tokens": 1}
    assert await count(desk, RefreshToken) == 2
    assert await removed_by(maintenance, Job.EXPIRED_TOKENS) == {"tokens": 1}
    assert await count(desk, RefreshToken) == 1
    assert await removed_by(maintenance, Job.EXPIRED_TOKENS) == {"tokens": 0}


async def test_idempotency_keys_live_for_a_day(
    desk: Desk, maintenance: Maintenance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeps, "BATCH_ROWS", 2)
    for number in range(3):
        key = {"Idempotency-Key": f"ride-{number}"}
        data_of(await desk.owner.upload(await desk.owner.new_trip(), RIDE, **key), 202)
    desk.clock.move(hours=23)
    assert await removed_by(maintenance, Job.IDEMPOTENCY_KEYS) == {"keys": 0}
    desk.clock.move(hours=2)
    assert await removed_by(maintenance, Job.IDEMPOTENCY_KEYS, dry_run=True) == {"keys": 3}
    assert await count(desk, IdempotencyKey) == 3
    assert await removed_by(maintenance, Job.IDEMPOTENCY_KEYS) == {"keys": 3}
    assert await count(desk, IdempotencyKey) == 0


async def runs_of(desk: Desk, gpx_file_id: UUID) -> list[Outcome | None]:
    async with desk.services.db.read() as session:
        return [run.outcome for run in await runs.newest(session, gpx_file_id, 100)]


async def test_the_trail_of_attempts_goes_after_its_days_but_for_what_is_in_work(
    desk: Desk, maintenance: Maintenance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeps, "BATCH_ROWS", 2)
    ended, in_work, taken_over = [await desk.put() for _ in range(3)]
    for _ in range(3):
        lease = await desk.pipeline.leases.claim(ended)
        assert lease is not None
        await desk.pipeline.leases.release(lease)
    for one in (in_work, taken_over):
        assert await desk.pipeline.leases.claim(one) is not None
    # As a version without the trail goes on with an upload: the run stays open.
    async with desk.services.db.write() as session:
        newer = update(GpxFile).where(GpxFile.gpx_file_id == taken_over)
        await session.execute(newer.values(fence=GpxFile.fence + 1))
    desk.clock.move(days=89)
    await desk.pipeline.process(ended)
    assert await removed_by(maintenance, Job.RUNS) == {"runs": 0}
    desk.clock.move(days=1, seconds=1)
    assert await removed_by(maintenance, Job.RUNS, dry_run=True) == {"runs": 4}
    assert await count(desk, ProcessingRun) == 6
    assert await removed_by(maintenance, Job.RUNS) == {"runs": 4}
    assert await runs_of(desk, ended) == [Outcome.COMPLETED]
    assert await runs_of(desk, in_work) == [None]
    assert await runs_of(desk, taken_over) == []


async def test_the_trail_of_an_upload_goes_with_it(desk: Desk, maintenance: Maintenance) -> None:
    await desk.fail()
    assert await count(desk, ProcessingRun) == 1
    desk.clock.move(days=31)
    await maintenance.run(Job.FAILED_UPLOADS)
    assert await count(desk, ProcessingRun) == 0


def leave(desk: Desk, key: str, *, hours_old: float) -> str:
    """A file that no row names, last written that long ago."""
    path = desk.services.settings.storage_path / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"left behind")
    written_at = (desk.clock.now - timedelta(hours=hours_old)).timestamp()
    os.utime(path, (written_at, written_at))
    return key


async def test_only_old_files_of_ours_that_no_upload_names_are_orphans(
    desk: Desk, maintenance: Maintenance
) -> None:
    named = await desk.row(await desk.put())
    old = desk.services.settings.storage_path / named.storage_key
    os.utime(old, (0, 0))
    orphan = leave(desk, new_key(uuid4(), desk.clock.now), hours_old=25)
    replaced = leave(desk, new_key(named.trip_id, desk.clock.now), hours_old=25)
    abandoned = leave(desk, f"incoming/{uuid4().hex}", hours_old=25)
    kept = {
        named.storage_key,
        leave(desk, new_key(uuid4(), desk.clock.now), hours_old=23),
        leave(desk, f"incoming/{uuid4().hex}", hours_old=23),
        leave(desk, "gpx_files/README.txt", hours_old=1000),
        leave(desk, "lost+found", hours_old=1000),
    }
    expected = {"leftovers": 1, "files": 2, "bytes": 33}
    assert await removed_by(maintenance, Job.ORPHANED_FILES, dry_run=True) == expected
    assert files_of(desk) == kept | {orphan, replaced, abandoned}
    assert await removed_by(maintenance, Job.ORPHANED_FILES) == expected
    assert files_of(desk) == kept


async def test_columns_that_no_upload_names_are_orphans_like_any_file(
    desk: Desk, maintenance: Maintenance
) -> None:
    upload_id = await desk.put()
    await desk.pipeline.process(upload_id)
    upload = await desk.row(upload_id)
    assert upload.columns_key is not None
    of_a_loser = columns_key(upload.storage_key, upload.upload_version, upload.fence - 1)
    leave(desk, of_a_loser, hours_old=25)
    os.utime(desk.services.settings.storage_path / upload.columns_key, (0, 0))
    assert (await removed_by(maintenance, Job.ORPHANED_FILES))["files"] == 1
    assert files_of(desk) == {upload.storage_key, upload.columns_key}


async def without_columns(desk: Desk) -> UUID:
    """An upload that was completed before there were any columns."""
    gpx_file_id = await desk.put()
    await desk.pipeline.process(gpx_file_id)
    await desk.services.storage.delete((await desk.row(gpx_file_id)).columns_key or "")
    async with desk.services.db.write() as session:
        this = GpxFile.gpx_file_id == gpx_file_id
        await session.execute(update(GpxFile).where(this).values(columns_key=None))
    return gpx_file_id


async def test_columns_that_are_missing_are_made_a_few_at_a_time(
    desk: Desk, maintenance: Maintenance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(missing_columns, "BATCH_UPLOADS", 2)
    older = [await without_columns(desk) for _ in range(4)]
    await desk.fail()
    await desk.services.storage.delete((await desk.row(min(older))).storage_key)
    before = files_of(desk)
    expected = {"columns": 4, "not_made": 0}
    assert await removed_by(maintenance, Job.COLUMNS, dry_run=True) == expected
    assert files_of(desk) == before
    interrupted = await maintenance.run(Job.COLUMNS, may_go_on=lambda: False)
    assert interrupted == SweepReport(
        {"columns": 1, "not_made": 1}, dry_run=False, is_finished=False
    )
    assert await removed_by(maintenance, Job.COLUMNS) == {"columns": 2, "not_made": 1}
    rows = [await desk.row(gpx_file_id) for gpx_file_id in older]
    made = {row.columns_key for row in rows if row.columns_key is not None}
    assert len(made) == 3
    assert files_of(desk) == before | made
    assert await removed_by(maintenance, Job.COLUMNS) == {"columns": 0, "not_made": 1}


async def test_a_database_that_knows_hardly_any_file_is_not_believed(
    desk: Desk, maintenance: Maintenance
) -> None:
    files = {leave(desk, new_key(uuid4(), desk.clock.now), hours_old=48) for _ in range(21)}
    for dry_run in (True, False):
        with pytest.raises(orphans.MostFilesOrphanedError, match="21 of 21"):
            await maintenance.run(Job.ORPHANED_FILES, dry_run=dry_run)
    assert files_of(desk) == files
    removed = await removed_by(maintenance, Job.ORPHANED_FILES, even_if_most=True)
    assert removed["files"] == 21
    assert files_of(desk) == set()


def leave_many(desk: Desk) -> set[str]:
    """Enough files without a row to be most of all."""
    return {leave(desk, new_key(uuid4(), desk.clock.now), hours_old=48) for _ in range(21)}


async def test_many_orphans_are_believed_to_the_database_of_the_last_sweep(
    desk: Desk, maintenance: Maintenance
) -> None:
    await maintenance.run(Job.ORPHANED_FILES)
    leave_many(desk)
    assert (await removed_by(maintenance, Job.ORPHANED_FILES, dry_run=True))["files"] == 21
    interrupted = await maintenance.run(Job.ORPHANED_FILES, may_go_on=lambda: False)
    assert isinstance(interrupted, SweepReport)
    assert not interrupted.is_finished
    assert (await removed_by(maintenance, Job.ORPHANED_FILES))["files"] == 21
    assert files_of(desk) == set()


async def test_a_database_from_before_the_last_sweep_is_not_believed_at_all(
    desk: Desk, maintenance: Maintenance
) -> None:
    await maintenance.run(Job.ORPHANED_FILES)
    async with desk.services.db.read() as session:
        backed_up = (await session.scalars(select(SweepMark.mark))).one()
    newer = await desk.row(await desk.put())
    await maintenance.run(Job.ORPHANED_FILES)
    await restore(desk, backed_up)
    # Too young to be an orphan in the first night, and not forgotten in the second.
    assert "files" not in await removed_by(maintenance, Job.ORPHANED_FILES)
    os.utime(desk.services.settings.storage_path / newer.storage_key, (0, 0))
    for dry_run in (True, False):
        with pytest.raises(orphans.UnknownDatabaseError, match="1 of 1"):
            await maintenance.run(Job.ORPHANED_FILES, dry_run=dry_run)
    assert files_of(desk) == {newer.storage_key}
    assert (await removed_by(maintenance, Job.ORPHANED_FILES, even_if_most=True))["files"] == 1
    leave_many(desk)
    assert (await removed_by(maintenance, Job.ORPHANED_FILES))["files"] == 21


async def restore(desk: Desk, mark: str) -> None:
    """The database as it was when it had only this mark, and no upload."""
    async with desk.services.db.write() as session:
        await session.execute(delete(GpxFile))
        await session.execute(delete(SweepMark).where(SweepMark.mark != mark))


async def test_the_storage_of_another_service_is_left_alone(
    desk: Desk, maintenance: Maintenance
) -> None:
    await maintenance.run(Job.ORPHANED_FILES)
    leave(desk, sweep_mark.KEY, hours_old=0)
    theirs = leave(desk, new_key(uuid4(), desk.clock.now), hours_old=48)
    with pytest.raises(orphans.UnknownDatabaseError):
        await maintenance.run(Job.ORPHANED_FILES)
    assert files_of(desk) == {theirs}


async def test_a_sweep_that_died_between_its_two_marks_leaves_the_database_known(
    desk: Desk, maintenance: Maintenance, monkeypatch: pytest.MonkeyPatch
) -> None:
    await maintenance.run(Job.ORPHANED_FILES)
    with monkeypatch.context() as patched:
        patched.setattr("src.services.storage.DiskStorage.put", fail)
        with pytest.raises(StorageUnavailableError):
            await maintenance.run(Job.ORPHANED_FILES)
    leave_many(desk)
    assert (await removed_by(maintenance, Job.ORPHANED_FILES))["files"] == 21


async def fail(*_: Any) -> None:
    raise StorageUnavailableError("gone")


async def test_old_marks_go(desk: Desk, maintenance: Maintenance) -> None:
    for _ in range(3):
        await maintenance.run(Job.ORPHANED_FILES)
        desk.clock.move(days=50)
    assert await count(desk, SweepMark) == 2


async def test_looking_only_leaves_no_mark(desk: Desk, maintenance: Maintenance) -> None:
    await maintenance.run(Job.ORPHANED_FILES, dry_run=True)
    assert await count(desk, SweepMark) == 0
    assert not (desk.services.settings.storage_path / sweep_mark.KEY).exists()
    await maintenance.run(Job.ORPHANED_FILES)
    assert await count(desk, SweepMark) == 1


async def test_the_health_report_tells_of_the_last_day_and_of_what_waits(
    desk: Desk, maintenance: Maintenance
) -> None:
    await desk.fail()
    await desk.pipeline.process(await desk.put())
    desk.clock.move(hours=25)
    await desk.fail()
    for _ in range(2):
        await desk.pipeline.process(await desk.put())
    queued_at = (await desk.row(await desk.put())).queued_at
    desk.clock.now = max(desk.clock.now, queued_at)
    report = await maintenance.run(Job.HEALTH_REPORT)
    assert isinstance(report, HealthReport)
    assert report.is_ok
    assert (report.completed, report.failures) == (2, {"NO_USABLE_POINTS": 1})
    assert report.backlog is not None
    assert report.backlog[Mode.BACKGROUND].waiting == 1
    assert report.backlog[Mode.CELERY] == Backlog()
    assert report.disk_free_bytes > 0
    assert 0 < report.disk_free_percent < 100


async def test_the_health_report_is_given_without_a_database(
    desk: Desk, settings: Settings
) -> None:
    async def database_down() -> PartStates:
        return PartStates(database="down", storage="ok", broker="ok", workers=0)

    services = desk.services
    columns = desk.pipeline.columns
    maintenance = Maintenance(services.db, services.storage, columns, settings, database_down)
    report = await maintenance.run(Job.HEALTH_REPORT)
    assert isinstance(report, HealthReport)
    assert not report.is_ok
    assert (report.backlog, report.completed, report.failures) == (None, None, None)


async def test_one_job_that_fails_does_not_keep_the_others_from_their_work(
    desk: Desk, maintenance: Maintenance
) -> None:
    await desk.fail()
    desk.clock.move(days=31)
    await maintenance.run(Job.FAILED_UPLOADS)
    await desk.fail()
    desk.clock.move(days=31)
    for _ in range(21):
        leave(desk, new_key(uuid4(), desk.clock.now), hours_old=48)
    reports = await maintenance.run_all()
    assert list(reports) == list(Job)
    assert reports[Job.ORPHANED_FILES] == FailedReport(
        "MostFilesOrphanedError: 21 of 21 files have no upload"
    )
    assert [job for job, report in reports.items() if not report.is_ok] == [Job.ORPHANED_FILES]
    assert await count(desk, GpxFile) == 0


AGE = "contravento_nightly_job_age_seconds"


async def test_every_job_is_waited_for_before_it_was_ever_done(desk: Desk) -> None:
    scrape = await Scrape.of(desk.owner.client)
    assert scrape.label_values(AGE, "nightly_job") == {*Job}
    assert all(scrape.value(AGE, nightly_job=job) < 3600 for job in Job)


async def test_only_a_run_to_the_end_makes_a_job_young_again(
    desk: Desk, maintenance: Maintenance, monkeypatch: pytest.MonkeyPatch
) -> None:
    days_ago = desk.clock.now - timedelta(days=3)
    async with desk.services.db.write() as session:
        await session.execute(update(NightlyRun).values(completed_at=days_ago))
        await session.execute(delete(NightlyRun).where(NightlyRun.job == Job.COLUMNS))
    for job in (Job.RUNS, Job.HEALTH_REPORT, Job.COLUMNS):
        await maintenance.run(job)
    await maintenance.run(Job.EXPIRED_TOKENS, dry_run=True)
    await maintenance.run(Job.ORPHANED_FILES, may_go_on=lambda: False)

    async def away(*_: Any) -> Any:
        raise StorageUnavailableError

    monkeypatch.setattr(type(desk.services.storage), "open", away)
    monkeypatch.setattr(type(desk.services.storage), "check", away)
    await desk.put()
    desk.clock.move(days=1)
    (report,) = (await maintenance.run_all([Job.VERIFY_ORIGINALS])).values()
    assert isinstance(report, FailedReport)
    scrape = await Scrape.of(desk.owner.client)
    young = {job for job in Job if scrape.value(AGE, nightly_job=job) < 3600}
    assert young == {Job.RUNS, Job.HEALTH_REPORT, Job.COLUMNS}
    assert scrape.value(AGE, nightly_job=Job.EXPIRED_TOKENS) == pytest.approx(3 * 86400, abs=60)


async def test_a_job_is_done_though_nobody_could_note_it(
    desk: Desk, maintenance: Maintenance, caplog: pytest.LogCaptureFixture
) -> None:
    async with desk.services.db.write() as session:
        await session.execute(text("DROP TABLE nightly_runs"))
    assert isinstance(await maintenance.run(Job.RUNS), SweepReport)
    assert "maintenance_not_noted" in caplog.text
