"""A stack under a project name of its own, beside the one that a developer may have."""

import asyncio
import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parents[1]
PROJECT = "contravento-proof"
# Longer than the 75 s that a worker has for stopping.
COMMAND_TIMEOUT_S = 300


class Stack:
    """Brings the stack up with fresh volumes, and leaves nothing of it behind."""

    def __init__(self, compose_file: str, settings: dict[str, str]) -> None:
        self._env = {**os.environ, **settings}
        self._compose = [*_compose_command(), "-p", PROJECT, "-f", str(ROOT / compose_file)]

    async def __aenter__(self) -> Self:
        try:
            await self.compose("up", "-d", "--build")
        except BaseException:
            await self._remove()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._remove()

    async def compose(self, *arguments: str) -> str:
        return await self._run([*self._compose, *arguments])

    async def docker(self, *arguments: str) -> str:
        return await self._run(["docker", *arguments])

    async def query(self, sql: str) -> list[list[str]]:
        """The rows of a query, each a list of texts."""
        psql = ["psql", "--username=contravento", "--no-align", "--tuples-only", "--command", sql]
        output = await self.compose("exec", "-T", "postgres", *psql)
        return [line.split("|") for line in output.splitlines() if line]

    async def containers(self, service: str, *filters: str) -> list[str]:
        """The ids of a service's running containers."""
        labels = {"project": PROJECT, "service": service}
        wanted = [f"label=com.docker.compose.{name}={value}" for name, value in labels.items()]
        options = [part for each in [*wanted, *filters] for part in ("--filter", each)]
        return (await self.docker("ps", "--quiet", *options)).split()

    async def wait_until_healthy(self, service: str, count: int = 1, within_s: float = 90) -> None:
        """Wait until so many containers of the service run, and all of them are healthy."""
        deadline = time.monotonic() + within_s
        while True:
            running = await self.containers(service)
            healthy = await self.containers(service, "health=healthy")
            if len(running) == len(healthy) == count:
                return
            if time.monotonic() > deadline:
                raise TimeoutError(f"{service}: {len(healthy)} of {len(running)} healthy")
            await asyncio.sleep(0.5)

    async def _remove(self) -> None:
        await self.compose("down", "--volumes", "--timeout", "5")

    async def _run(self, command: Sequence[str]) -> str:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=ROOT,
            env=self._env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        output, errors = await asyncio.wait_for(process.communicate(), COMMAND_TIMEOUT_S)
        if process.returncode:
            raise RuntimeError(f"{' '.join(command)}\n{output.decode()}{errors.decode()}")
        return output.decode()


def _compose_command() -> list[str]:
    """Compose as the plugin of Docker or, where it is not there, as its own command."""
    plugin = ["docker", "compose"]
    is_there = subprocess.run([*plugin, "version"], capture_output=True, check=False)
    return plugin if is_there.returncode == 0 else ["docker-compose"]
