"""A running stack is replaced while rides come in: `python bench/rolling.py [COMMAND...]`.

Uploads a ride of 1 MB (the API's to process) and two of 20 MB (the workers') in turn, asks /health
twenty times a second, and meanwhile runs COMMAND, by default `./deploy.sh local restart`. In the
end every accepted upload must be completed. What it prints is quoted in docs/operations.md.

`--api` names the address; through the proxy it is `https://localhost`, whose certificate is not
checked. Uploads are limited by account and hour: each run makes an account, and uploads at most
about a hundred rides.
"""

import argparse
import asyncio
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "backend"), str(ROOT)]

import httpx  # noqa: E402

from bench.load import Load  # noqa: E402
from tests.support.cyclist import Cyclist  # noqa: E402
from tests.support.rides import build_gpx  # noqa: E402

RIDES_MB = (1, 20, 20)
ASK_EVERY_S = 0.05
COMPLETED_WITHIN_S = 180
STARTED = time.monotonic()


def say(text: str) -> None:
    print(f"{time.monotonic() - STARTED:6.1f} s  {text}", flush=True)


@dataclass(slots=True)
class Watch:
    """How often /health answered, and the longest time without an answer."""

    answers: int = 0
    failures: int = 0
    longest_silence_s: float = 0.0

    async def keep_asking(self, client: httpx.AsyncClient) -> None:
        answered_at = time.monotonic()
        while True:
            try:
                (await client.get("/health", timeout=60)).raise_for_status()
            except httpx.HTTPError:
                self.failures += 1
            else:
                now = time.monotonic()
                self.longest_silence_s = max(self.longest_silence_s, now - answered_at)
                self.answers, answered_at = self.answers + 1, now
            await asyncio.sleep(ASK_EVERY_S)


async def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--api", default="http://127.0.0.1:8000")
    arguments.add_argument("--every", type=float, default=1.0, help="seconds between two uploads")
    arguments.add_argument("command", nargs="*", default=["./deploy.sh", "local", "restart"])
    options = arguments.parse_args()
    rides = [build_gpx(size_mb=size_mb, seed=n) for n, size_mb in enumerate(RIDES_MB)]
    # A connection that is kept open would hide that the API no longer takes new ones.
    limits = httpx.Limits(max_keepalive_connections=0)
    async with httpx.AsyncClient(
        base_url=options.api, timeout=60, trust_env=False, verify=False, limits=limits
    ) as client:
        load = Load(await Cyclist.join(client, f"ana{uuid4().hex[:8]}"))
        watch = Watch()
        asking = asyncio.create_task(watch.keep_asking(client))
        async with load.running(rides, options.every):
            await asyncio.sleep(3)
            say(f"{len(load.accepted)} uploads accepted; now: {' '.join(options.command)}")
            status = await run(options.command)
            say(f"it ended with status {status}; {len(load.accepted)} uploads accepted")
        asking.cancel()
        outcomes = await ends_of(load)
    say(f"uploads accepted: {len(load.accepted)}, of these {dict(outcomes)}")
    say(f"longest wait for 202: {max(load.answer_s):.2f} s; sent again: {load.repeated}")
    say(
        f"/health: {watch.answers} answers, {watch.failures} failures, "
        f"longest silence {watch.longest_silence_s:.2f} s"
    )
    if status or set(outcomes) != {"completed"}:
        sys.exit(1)


async def run(command: list[str]) -> int:
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    assert process.stdout is not None
    async for line in process.stdout:
        say(f"    {line.decode().rstrip()}")
    return await process.wait()


async def ends_of(load: Load) -> Counter[str]:
    """How the accepted uploads ended, once none of them is being processed."""
    outcomes: Counter[str] = Counter()
    deadline = time.monotonic() + COMPLETED_WITHIN_S
    for upload_id in load.accepted:
        while (status := await load.status(upload_id))["processing_status"] == "processing":
            if time.monotonic() > deadline:
                raise TimeoutError(f"{upload_id} is not completed: {status}")
            await asyncio.sleep(0.2)
        outcomes[status["processing_status"]] += 1
    return outcomes


if __name__ == "__main__":
    asyncio.run(main())
