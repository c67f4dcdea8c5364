"""An attempt tells how far it has come, and goes on where that cannot be noted."""

from typing import Any
from uuid import UUID

import pytest

from src.config import Settings
from src.database import DatabaseUnavailableError
from src.gpx import Step
from src.services.live.progress import Progress
from src.services.live.state import UploadState
from src.services.uploads.leases import Lease, LeaseLostError
from src.states import ShownStage, Stage
from tests.support.upload_rows import UploadRows


@pytest.fixture
def settings() -> Settings:
    return Settings(_env_file=None)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


async def claimed(rows: UploadRows, gpx_file_id: UUID) -> Lease:
    lease = await rows.leases.claim(gpx_file_id)
    assert lease is not None
    return lease


async def test_each_step_is_told_and_noted(rows: UploadRows) -> None:
    one, told = await rows.add(), list[UploadState]()
    progress = Progress(await claimed(rows, one), rows.leases, told.append)
    for step in Step:
        await progress.take_step(step)
    await progress.reach(ShownStage.SAVING)
    assert [state.progress for state in told] == [0, 10, 30, 50, 60]
    row = await rows.row(one)
    assert (row.progress, row.stage) == (60, Stage.SAVING)


async def test_an_attempt_that_is_taken_up_again_does_not_go_back(rows: UploadRows) -> None:
    one, told = await rows.add(), list[UploadState]()
    first = await claimed(rows, one)
    await Progress(first, rows.leases, told.append).reach(ShownStage.SAVING)
    await rows.leases.release(first)
    second = await claimed(rows, one)
    await Progress(second, rows.leases, told.append).take_step(Step.READING)
    assert [state.progress for state in told] == [0, 60, 60, 60]
    assert (await rows.row(one)).progress == 60
    assert list(second.stages.seconds()) == ["validating", "parsing"], "what it really does"


@pytest.mark.parametrize("error", [DatabaseUnavailableError, LeaseLostError])
async def test_only_a_lost_lease_ends_the_work(
    rows: UploadRows, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    progress = Progress(await claimed(rows, await rows.add()), rows.leases, lambda _: None)

    async def fail(*_: Any) -> None:
        raise error

    monkeypatch.setattr(rows.leases, "advance", fail)
    if error is LeaseLostError:
        with pytest.raises(LeaseLostError):
            await progress.take_step(Step.MEASURING)
    else:
        await progress.take_step(Step.MEASURING)
