"""Real Celery workers for the tests."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
from pydantic import SecretStr

from src.celery_app import celery_app
from src.config import PROJECT_ROOT, Settings
from tests.support.faulty_analysis import FOLDER
from tests.support.servers import free_port, running, wait_for_port

BACKEND = PROJECT_ROOT / "backend"
CELERY = PROJECT_ROOT / ".venv" / "bin" / "celery"
READY_TIMEOUT_S = 30


def environment(settings: Settings) -> dict[str, str]:
    """The settings as another process reads them; what is not set is left empty."""
    return {name.upper(): _as_text(getattr(settings, name)) for name in Settings.model_fields}


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return ",".join(value) if isinstance(value, tuple) else str(value)


class Worker:
    def __init__(self, process: "subprocess.Popen[bytes]", log: Path, node: str) -> None:
        self.process = process
        self.node = node
        self.log_file = log

    @property
    def log(self) -> str:
        return self.log_file.read_text()

    async def until_logged(
        self, event: str, *, about: str = "", times: int = 1, within_s: float = 30
    ) -> None:
        """Wait until it has logged this so often; what it has done it tells a moment later."""
        deadline = time.monotonic() + within_s
        while sum(event in line and about in line for line in self.log.splitlines()) < times:
            assert time.monotonic() < deadline, self.log
            await asyncio.sleep(0.05)

    async def until_it_knows_of(self, tasks: int) -> None:
        """Wait until so many tasks are in work as far as the parent process knows.

        It hears of them from its children, and lets only those finish of which it has heard.
        """
        async with asyncio.timeout(30):
            while len(await asyncio.to_thread(self._active)) < tasks:
                await asyncio.sleep(0.05)

    def _active(self) -> list[Any]:
        replies = celery_app.control.inspect([self.node], timeout=1.0).active() or {}
        return replies.get(self.node, [])

    def children(self) -> list[psutil.Process]:
        """The processes that run tasks."""
        return psutil.Process(self.process.pid).children()

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_TIMEOUT_S
        while " ready." not in self.log:
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise RuntimeError(f"the worker does not start:\n{self.log}")
            time.sleep(0.05)


@contextmanager
def worker(
    settings: Settings,
    folder: Path,
    *,
    concurrency: int = 2,
    conf: Mapping[str, Any] | None = None,
    options: Sequence[str] = (),
    wait: bool = True,
) -> Iterator[Worker]:
    """A worker with a process group of its own; `conf` overrides settings of Celery."""
    name = uuid4().hex[:8]
    log = folder / f"worker-{name}.log"
    command: list[str | Path] = [CELERY, "-A", "tests.support.faulty_worker", "worker"]
    options = ["--without-mingle", "--without-gossip", *options]
    node = f"{name}@here"
    command += ["-n", node, "-c", str(concurrency)]
    env = {**environment(settings), "CELERY_TEST_CONF": json.dumps(conf or {})}
    env[FOLDER] = str(settings.storage_path)
    # Running as root is what test machines do; the warning is not about us.
    env["PYTHONWARNINGS"] = "ignore::celery.platforms.SecurityWarning"
    with running([*command, *options], log=log, cwd=BACKEND, env=env) as process:
        started = Worker(process, log, node)
        if wait:
            started.wait_until_ready()
        yield started


_TAKE_AND_DIE = """
import os
from src.celery_app import celery_app
channel = celery_app.connection_for_read().default_channel
assert channel.basic_get("celery") is not None
os._exit(9)
"""


def take_and_die(settings: Settings) -> None:
    """What a worker does that is killed between taking a message and beginning its work."""
    env = {**os.environ, **environment(settings)}
    command = [sys.executable, "-c", _TAKE_AND_DIE]
    taken = subprocess.run(command, cwd=BACKEND, env=env, check=False)
    assert taken.returncode == 9


@contextmanager
def beat(settings: Settings, folder: Path, every_s: float) -> Iterator[None]:
    """The scheduler, with every nightly job due each `every_s` seconds."""
    entries = {
        name: {**entry, "schedule": every_s}
        for name, entry in celery_app.conf.beat_schedule.items()
    }
    command: list[str | Path] = [CELERY, "-A", "tests.support.faulty_worker", "beat"]
    options: list[str | Path] = ["--schedule", folder / "celerybeat-schedule", "--pidfile="]
    conf = json.dumps({"beat_schedule": entries})
    env = {**environment(settings), "CELERY_TEST_CONF": conf}
    with running([*command, *options], log=folder / "beat.log", cwd=BACKEND, env=env):
        yield


@contextmanager
def flower(settings: Settings, folder: Path, credentials: tuple[str, str]) -> Iterator[str]:
    """Flower with basic authentication; its address."""
    port, log = free_port(), folder / "flower.log"
    command: list[str | Path] = [CELERY, "-A", "src.celery_app", "flower"]
    options = [f"--port={port}", "--address=127.0.0.1", f"--basic-auth={':'.join(credentials)}"]
    with running([*command, *options], log=log, cwd=BACKEND, env=environment(settings)) as process:
        wait_for_port(port, process, log)
        yield f"http://127.0.0.1:{port}"
