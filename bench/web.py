"""What the web app costs a rider's device: bytes of the first view, and a long ride on its page.

`python bench/web.py [FILE]` starts `./deploy.sh dev` with a data folder of its own, uploads a ride
of 100,000 points (or FILE) and drives a headless Chromium without a graphics card, whose graphics
the processor draws. A time is from the navigation until the app has marked that both the profile
and the map are drawn (`profile-shown`, `map-shown`: the map is idle). Frames are the pauses
between callbacks of `requestAnimationFrame` while the map is dragged or a pointer moves over the
profile; the processor's time of the page's process and of that which draws tells whose they are.
Writes its section of docs/benchmarks.md.
"""

import argparse
import asyncio
import gzip
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "backend"), str(ROOT)]

import httpx  # noqa: E402
from playwright.async_api import Browser, BrowserContext, Page  # noqa: E402

from bench.report import machine, progress, publish  # noqa: E402
from tests.support.browser import DESK, chromium  # noqa: E402
from tests.support.cyclist import Cyclist  # noqa: E402
from tests.support.rides import build_gpx  # noqa: E402
from tests.support.service import dev_service  # noqa: E402

DIST = ROOT / "frontend" / "dist"
POINTS = 100_000
# What the app may cost.
MOST_JS_KB, MOST_READY_MS, MOST_FRAME_MS, MOST_MB = 150, 2000, 50, 200
FRAMES = """() => {
    window.frames = []; window.longTasks = [];
    let last = performance.now();
    const next = (now) => {
        window.frames.push(now - last);
        last = now;
        next.id = requestAnimationFrame(next);
    };
    next.id = requestAnimationFrame(next);
    const observer = new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.longTasks.push(entry.duration);
    });
    observer.observe({ type: "longtask" });
    window.stopFrames = () => {
        cancelAnimationFrame(next.id); observer.disconnect();
        return [window.frames, window.longTasks];
    };
}"""
# The app has marked that all of a ride is drawn.
READY = """() => ["map-shown", "profile-shown"].every(
    (name) => performance.getEntriesByName(name).length > 0)"""
READY_AT = """() => Object.fromEntries(["profile-shown", "map-shown"].map(
    (name) => [name, performance.getEntriesByName(name)[0].startTime]))"""


@dataclass
class Moving:
    """While something is moved: pauses between frames, long tasks, work for a frame, in ms."""

    worst: list[float] = field(default_factory=list)
    usual: list[float] = field(default_factory=list)
    task: list[float] = field(default_factory=list)
    page: list[float] = field(default_factory=list)
    graphics: list[float] = field(default_factory=list)

    def row(self, name: str) -> str:
        columns = (self.worst, self.usual, self.task, self.page, self.graphics)
        return f"| {name} | {' | '.join(middle(values) for values in columns)} |"


@dataclass
class Found:
    first_view: Counter[str] = field(default_factory=Counter)
    profile_ms: list[float] = field(default_factory=list)
    ready_ms: list[float] = field(default_factory=list)
    page_ms: list[float] = field(default_factory=list)
    graphics_ms: list[float] = field(default_factory=list)
    panning: Moving = field(default_factory=Moving)
    scrubbing: Moving = field(default_factory=Moving)
    heap_mb: list[float] = field(default_factory=list)
    renderer_mb: list[float] = field(default_factory=list)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("file", nargs="?", type=Path)
    arguments.add_argument("--repeats", type=int, default=5)
    arguments.add_argument("--dry-run", action="store_true", help="print and leave the report")
    options = arguments.parse_args()
    gpx = options.file.read_bytes() if options.file else build_gpx(points=POINTS, name="Larga")
    subprocess.run([ROOT / "frontend" / "web.sh", "build"], check=True)
    with tempfile.TemporaryDirectory() as name:
        env = {"RATE_LIMIT_ENABLED": "false"}
        with dev_service(Path(name), env) as (address, _):
            progress(f"the service is running on {address}")
            found = asyncio.run(measured(address, gpx, options.repeats))
    text = report(found, options)
    if options.dry_run:
        print(text)
    else:
        publish("web", text)


async def measured(address: str, gpx: bytes, repeats: int) -> Found:
    async with httpx.AsyncClient(base_url=address, timeout=120, trust_env=False) as client:
        ana = await Cyclist.join(client, "ana")
        upload = await ana.uploaded(gpx)
    ride = f"/app/rides/{upload['trip_id']}"
    found = Found()
    for number in range(repeats):
        # A browser of its own each time: nothing is kept from the time before.
        async with chromium() as browser:
            context = await signed_in(browser, ana.tokens)
            if number == 0:
                found.first_view = await first_view(context, address)
            await look_at_ride(browser, context, address + ride, found)
        progress(f"{number + 1} of {repeats}: ready after {found.ready_ms[-1]:.0f} ms")
    return found


async def signed_in(browser: Browser, tokens: dict[str, Any], **options: Any) -> BrowserContext:
    """A browser in which somebody has signed in; `options` are those of a context."""
    session = {
        "accessToken": tokens["access_token"],
        "refreshToken": tokens["refresh_token"],
        "expiresAt": round((time.time() + tokens["expires_in"]) * 1000),
        "user": tokens["user"],
    }
    context = await browser.new_context(**{"viewport": DESK, "locale": "es-ES", **options})
    kept = json.dumps(json.dumps(session))
    await context.add_init_script(f"localStorage.setItem('contravento.session', {kept})")
    return context


async def first_view(context: BrowserContext, address: str) -> Counter[str]:
    """Bytes by kind of all that is loaded without a click, gzipped as far as it goes."""
    page = await context.new_page()
    await page.goto(f"{address}/app/rides")
    await page.wait_for_load_state("networkidle")
    names: list[str] = await page.evaluate(
        "performance.getEntriesByType('resource').map(({ name }) => name)"
    )
    await page.close()
    sizes: Counter[str] = Counter()
    for path in {urlsplit(name).path for name in names}:
        file = DIST / path.lstrip("/")
        if file.is_file():
            sizes[file.suffix.lstrip(".")] += len(gzip.compress(file.read_bytes(), 9))
    return sizes


async def look_at_ride(
    browser: Browser, context: BrowserContext, address: str, found: Found
) -> None:
    page = await context.new_page()
    before = await worked_ms(browser)
    await page.goto(address)
    await page.wait_for_function(READY)
    worked = await worked_ms(browser)
    marks = await page.evaluate(READY_AT)
    found.profile_ms.append(marks["profile-shown"])
    found.ready_ms.append(max(marks.values()))
    found.page_ms.append(worked["renderer"] - before["renderer"])
    found.graphics_ms.append(worked["GPU"] - before["GPU"])
    await page.wait_for_load_state("networkidle")
    await moved(browser, page, pan, found.panning)
    await moved(browser, page, scrub, found.scrubbing)
    session = await context.new_cdp_session(page)
    await session.send("HeapProfiler.collectGarbage")
    heap = await session.send("Runtime.getHeapUsage")
    found.heap_mb.append(heap["usedSize"] / 1e6)
    found.renderer_mb.append(
        max(
            proportional_mb(process["id"])
            for process in await processes(browser)
            if process["type"] == "renderer"
        )
    )


async def moved(
    browser: Browser, page: Page, move: Callable[[Page], Awaitable[None]], into: Moving
) -> None:
    before = await worked_ms(browser)
    await page.evaluate(FRAMES)
    await move(page)
    frames, tasks = await page.evaluate("stopFrames()")
    worked = await worked_ms(browser)
    into.worst.append(max(frames))
    into.usual.append(statistics.median(frames))
    into.task.append(max(tasks, default=0))
    into.page.append((worked["renderer"] - before["renderer"]) / len(frames))
    into.graphics.append((worked["GPU"] - before["GPU"]) / len(frames))


async def pan(page: Page) -> None:
    box = await page.locator(".maplibregl-canvas").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    await page.mouse.move(x, y)
    await page.mouse.down()
    for step in range(60):
        await page.mouse.move(x - 3 * step, y + step)
        await asyncio.sleep(0.016)
    await page.mouse.up()


async def scrub(page: Page) -> None:
    box = await page.locator(".u-over").bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    for step in range(120):
        await page.mouse.move(box["x"] + box["width"] * step / 120, y)
        await asyncio.sleep(0.016)


async def worked_ms(browser: Browser) -> Counter[str]:
    """The processor's time by kind of process: all renderers, and what draws for them."""
    worked: Counter[str] = Counter()
    for process in await processes(browser):
        worked[process["type"]] += 1000 * process["cpuTime"]
    return worked


async def processes(browser: Browser) -> list[dict[str, Any]]:
    session = await browser.new_browser_cdp_session()
    answer = await session.send("SystemInfo.getProcessInfo")
    await session.detach()
    found: list[dict[str, Any]] = answer["processInfo"]
    return found


def proportional_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise LookupError(f"process {pid} has no size")


def middle(values: list[float]) -> str:
    return f"{statistics.median(values):.0f}"


def report(found: Found, options: argparse.Namespace) -> str:
    command = "python bench/web.py" + (f" {options.file.name}" if options.file else "")
    kinds = "\n".join(
        f"| {kind} | {size / 1000:.1f} |" for kind, size in found.first_view.most_common()
    )
    what = options.file.name if options.file else f"a generated ride of {POINTS:,} points"
    return f"""## The web app

`{command}`, {machine()}. Headless Chromium; medians of {options.repeats} browsers
that start empty. All that the rides' list loads without a click, where at most {MOST_JS_KB} kB of
scripts are wanted:

| kind | kB, gzipped |
| --- | ---: |
{kinds}

The page of {what}, on a screen of {DESK["width"]} x {DESK["height"]}. There is no graphics card:
what draws is a process of its own on the same cores, beside the page's (scripts, layout, and the
map's workers).

| | median | wanted |
| --- | ---: | ---: |
| profile drawn, ms from navigation | {middle(found.profile_ms)} | |
| map and profile drawn, ms from navigation | {middle(found.ready_ms)} | {MOST_READY_MS} |
| until then, the processor's time for the page, ms | {middle(found.page_ms)} | |
| until then, the processor's time for graphics, ms | {middle(found.graphics_ms)} | |
| JavaScript heap, MB | {middle(found.heap_mb)} | |
| memory of the page's process, MB | {middle(found.renderer_mb)} | {MOST_MB} |

Of frames at most {MOST_FRAME_MS} ms are wanted; in ms:

| | worst frame | median frame | longest task | page's work for a frame | graphics' |
| --- | ---: | ---: | ---: | ---: | ---: |
{found.panning.row("dragging the map")}
{found.scrubbing.row("moving over the profile")}
"""


if __name__ == "__main__":
    main()
