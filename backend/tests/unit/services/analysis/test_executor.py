"""Analyses in processes: ended by their time, by their memory, or because nobody waits."""

import asyncio
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

import psutil
import pytest

from src.config import Settings
from src.gpx import Step, analyse
from src.gpx.errors import NotXmlError, TooManyPointsError, UnknownFormatError
from src.services.analysis.errors import (
    AnalysisBusyError,
    AnalysisDiedError,
    AnalysisMemoryError,
    AnalysisTimeoutError,
    DifferentFileError,
)
from src.services.analysis.executor import AnalysisExecutor
from src.services.analysis.messages import AnalysisRequest, receive, send
from src.services.analysis.process import AnalysisProcess, IdleProcesses, idle_processes
from tests.support.analyses import FaultyAnalyses
from tests.support.uploads import ride

RIDE = ride()


def executor_with(**settings: Any) -> AnalysisExecutor:
    return AnalysisExecutor(Settings(_env_file=None, **settings))


def run(executor: AnalysisExecutor, data: bytes, **options: Any) -> Awaitable[Any]:
    return executor.analyse(data, **{"size_bytes": len(data), **options})


async def until_dead(pid: int) -> None:
    async with asyncio.timeout(20):
        while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
            await asyncio.sleep(0.02)


async def until_at_rest(processes: IdleProcesses, count: int) -> None:
    async with asyncio.timeout(20):
        while len(processes) < count:
            await asyncio.sleep(0.02)


async def test_what_comes_back_is_what_the_engine_says_without_the_recording() -> None:
    found, expected = await run(executor_with(), RIDE), analyse(RIDE)
    assert found.summary() == expected.summary()
    assert found.simplified.latitude.tolist() == expected.simplified.latitude.tolist()
    assert (len(expected.track), len(found.track)) == (300, 0)


async def test_a_file_is_read_from_its_path_by_the_process(tmp_path: Path) -> None:
    path = tmp_path / "ride.gpx"
    path.write_bytes(RIDE)
    found = await executor_with().analyse(path, size_bytes=len(RIDE))
    assert found.summary() == analyse(RIDE).summary()
    with pytest.raises(FileNotFoundError):
        await executor_with().analyse(tmp_path / "nothing.gpx", size_bytes=0)


async def test_a_file_with_another_digest_is_not_analysed() -> None:
    executor = executor_with()
    digest = hashlib.sha256(RIDE).hexdigest()
    assert (await run(executor, RIDE, sha256=digest)).total_points == 300
    with pytest.raises(DifferentFileError):
        await run(executor, RIDE + b" ", sha256=digest)


async def test_a_files_own_faults_arrive_whole() -> None:
    with pytest.raises(NotXmlError) as refused:
        await run(executor_with(), b"<gpx>\n<trk>\n")
    assert refused.value.line == 3
    with pytest.raises(TooManyPointsError) as too_many:
        await run(executor_with(gpx_max_points=10), RIDE)
    assert too_many.value.limit == 10


async def test_a_process_serves_one_file_after_another() -> None:
    executor = executor_with()
    await run(executor, RIDE)
    before = len(idle_processes)
    for data in (RIDE, b"no file", RIDE):
        try:
            await run(executor, data)
        except UnknownFormatError:
            assert data == b"no file"
    assert len(idle_processes) == before


async def test_steps_are_reported_in_order() -> None:
    heard: list[str] = []

    async def report(step: str) -> None:
        await asyncio.sleep(0)
        heard.append(step)

    await run(executor_with(), RIDE, report=report)
    assert heard == list(Step)


async def test_what_a_report_raises_ends_the_call_and_spares_the_process() -> None:
    async def report(step: str) -> None:
        raise ZeroDivisionError(step)

    executor = executor_with()
    await run(executor, RIDE)
    before = len(idle_processes)
    with pytest.raises(ZeroDivisionError):
        await run(executor, RIDE, report=report)
    assert len(idle_processes) == before


async def test_an_analysis_that_takes_too_long_is_killed_and_replaced(
    faulty_analyses: FaultyAnalyses,
) -> None:
    executor = executor_with(gpx_analysis_timeout_seconds=1)
    await run(executor, RIDE)
    started = time.monotonic()
    with pytest.raises(AnalysisTimeoutError):
        await run(executor, ride("spin 60"))
    assert time.monotonic() - started < 20
    await until_dead(faulty_analyses.taken[-1].pid)
    await until_at_rest(faulty_analyses, 1)
    assert (await run(executor, RIDE)).total_points == 300


async def test_an_analysis_that_wants_too_much_memory_is_refused(
    faulty_analyses: FaultyAnalyses,
) -> None:
    executor = executor_with(gpx_analysis_memory_mb=64)
    assert (await run(executor, ride("eat 16"))).total_points == 300
    with pytest.raises(AnalysisMemoryError):
        await run(executor, ride("eat 200"))
    assert (await run(executor, RIDE)).total_points == 300


async def test_memory_grows_with_the_file(faulty_analyses: FaultyAnalyses) -> None:
    executor = executor_with(gpx_analysis_memory_mb=64)
    found = await run(executor, ride("eat 200").ljust(20 << 20))
    assert found.total_points == 300


async def test_a_process_that_dies_takes_only_its_own_file_along(
    faulty_analyses: FaultyAnalyses,
) -> None:
    executor = executor_with()
    dying = asyncio.create_task(asyncio.wait_for(run(executor, ride("die 1")), 30))
    assert (await run(executor, RIDE)).total_points == 300
    with pytest.raises(AnalysisDiedError):
        await dying
    assert (await run(executor, ride("die 1"))).total_points == 300


async def test_whoever_is_cancelled_gives_the_process_up(faulty_analyses: FaultyAnalyses) -> None:
    executor = executor_with(gpx_background_concurrency=1)
    given_up = asyncio.ensure_future(run(executor, ride("wait 60")))
    await faulty_analyses.begun()
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    await until_dead(faulty_analyses.taken[-1].pid)
    assert (await asyncio.wait_for(run(executor, RIDE), 20)).total_points == 300


async def test_no_more_files_are_analysed_at_once_than_is_allowed(
    faulty_analyses: FaultyAnalyses,
) -> None:
    executor = executor_with(gpx_background_concurrency=1)
    first = asyncio.ensure_future(run(executor, ride("wait 60")))
    await faulty_analyses.begun()
    with pytest.raises(AnalysisBusyError):
        await run(executor, RIDE, size_bytes=5_000_000, patience_s=0.05)
    faulty_analyses.go_on()
    await first
    assert (await run(executor, RIDE, size_bytes=5_000_000, patience_s=20)).total_points == 300


async def test_a_small_file_for_somebody_who_waits_needs_no_turn_of_the_large_ones(
    faulty_analyses: FaultyAnalyses,
) -> None:
    executor = executor_with(gpx_background_concurrency=1)
    large = asyncio.ensure_future(run(executor, ride("wait 60")))
    await faulty_analyses.begun()
    assert (await run(executor, RIDE, patience_s=20)).total_points == 300
    faulty_analyses.go_on()
    await large


async def test_the_system_ends_an_analysis_whose_parent_has_died(tmp_path: Path) -> None:
    """The process's own alarm: nobody is left to kill it."""
    script = (
        "import sys; from src.services.analysis.messages import AnalysisRequest, send\n"
        "from src.services.analysis.process import AnalysisProcess\n"
        "AnalysisProcess.module = 'tests.support.faulty_analysis'\n"
        "it = AnalysisProcess(); print(it.pid, flush=True)\n"
        "it.wait_until_ready()\n"
        "data = sys.stdin.buffer.read()\n"
        "send(it._requests, AnalysisRequest(data, None, {}, 1.0, 1 << 30))\n"
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    backend = Path(__file__).parents[4]
    parent = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", script],
        input=ride("spin 60"),
        stdout=subprocess.PIPE,
        cwd=backend,
        env=os.environ | {"PYTHONPATH": str(backend)},
        timeout=30,
    )
    assert parent.returncode < 0
    await until_dead(int(parent.stdout))


def test_what_an_analysis_prints_does_not_disturb_the_answers() -> None:
    process = AnalysisProcess()
    request = AnalysisRequest(RIDE, None, {"report": None}, 30.0, 1 << 30)
    process.wait_until_ready()
    send(process._requests, request)
    # The engine's option is given twice, which is a defect that the process tells of.
    assert "multiple values" in receive(process._answers).answer.traceback
    process.kill()


async def test_warming_up_leaves_a_process_at_rest_for_every_turn(
    faulty_analyses: FaultyAnalyses,
) -> None:
    executor = executor_with(gpx_background_concurrency=2)
    await executor.warm_up()
    await executor.warm_up()
    assert len(faulty_analyses) == 3


async def test_no_more_processes_rest_than_may_work(faulty_analyses: FaultyAnalyses) -> None:
    executor = executor_with(gpx_background_concurrency=1)
    await executor.warm_up()
    for _ in range(4):
        given_up = asyncio.ensure_future(run(executor, ride("sleep 60")))
        taken = len(faulty_analyses.taken)
        await faulty_analyses.taken_at_least(taken + 1)
        given_up.cancel()
        with pytest.raises(asyncio.CancelledError):
            await given_up
    await until_at_rest(faulty_analyses, 2)
    await run(executor, RIDE)
    assert len(faulty_analyses) <= 2


async def test_a_machine_that_can_start_no_process_is_no_fault_of_the_file(
    faulty_analyses: FaultyAnalyses, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(24, "Too many open files")

    executor = executor_with()
    with monkeypatch.context() as patch:
        patch.setattr(subprocess, "Popen", refuse)
        await executor.warm_up()
        with pytest.raises(AnalysisDiedError):
            await run(executor, RIDE)
    assert (await run(executor, RIDE)).total_points == 300


def test_a_process_is_small_and_knows_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "nobody-may-know")
    process = AnalysisProcess()
    process.wait_until_ready()
    try:
        child = psutil.Process(process.pid)
        assert "SECRET_KEY" not in child.environ()
        mapped = {Path(area.path).name for area in child.memory_maps()}
        assert not [name for name in mapped if "pydantic" in name or "sqlalchemy" in name]
        assert child.memory_info().rss < 64 << 20
    finally:
        process.kill()
