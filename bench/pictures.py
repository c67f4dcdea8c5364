"""Pictures of the web app for docs/images, of the demo's rides.

`python bench/pictures.py` starts `./deploy.sh dev --demo` with a data folder of its own and takes
them with a headless Chromium. The drawing `ride.svg` is the engine's own, of the pass among them.
"""

import asyncio
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "backend"), str(ROOT)]

import httpx  # noqa: E402
from playwright.async_api import Browser, Page  # noqa: E402

from bench.report import progress  # noqa: E402
from bench.web import READY, signed_in  # noqa: E402
from src.demo.__main__ import PASSWORD, USERNAME  # noqa: E402
from src.demo.rides import DEMO_RIDES  # noqa: E402
from src.gpx import analyse  # noqa: E402
from src.gpx.presentation.drawing import drawing  # noqa: E402
from tests.support.browser import DESK, PHONE, chromium  # noqa: E402
from tests.support.cyclist import data_of  # noqa: E402
from tests.support.rides import build_gpx  # noqa: E402
from tests.support.service import dev_service  # noqa: E402

IMAGES = ROOT / "docs" / "images"
# As large as a picture may be in the repository.
MOST_BYTES = 300_000
LOOKS: dict[str, dict[str, Any]] = {
    "ride-desk": {"viewport": DESK},
    "ride-desk-dark": {"viewport": DESK, "color_scheme": "dark"},
    "ride-phone": {"viewport": PHONE},
    "ride-phone-dark": {"viewport": PHONE, "color_scheme": "dark"},
}
UPLOADED = ("Tarde por la vega", "Vuelta al embalse", "Sierra y regreso")


def main() -> None:
    draw()
    subprocess.run([ROOT / "frontend" / "web.sh", "build"], check=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        env = {"RATE_LIMIT_ENABLED": "false"}
        with dev_service(folder / "data", env, demo=True) as (address, _):
            asyncio.run(take_all(address, folder))


def draw() -> None:
    over_pass = next(ride for ride in DEMO_RIDES if "puerto" in ride.title)
    (IMAGES / "ride.svg").write_text(drawing(analyse(over_pass.gpx())), encoding="utf-8")


async def take_all(address: str, folder: Path) -> None:
    async with httpx.AsyncClient(base_url=address, timeout=30, trust_env=False) as client:
        login = {"login": USERNAME, "password": PASSWORD}
        tokens = data_of(await client.post("/auth/login", json=login), 200)
        trips = data_of(await client.get(f"/users/{USERNAME}/trips"), 200)["trips"]
        ride = next(trip["trip_id"] for trip in trips if "puerto" in trip["title"])
        preview = await client.get(f"/r/{ride}/preview.png")
    keep("preview", preview.content)
    async with chromium() as browser:
        for name, how in LOOKS.items():
            page = await visit(browser, tokens, f"{address}/app/rides/{ride}", **how)
            await page.wait_for_function(READY)
            await take(page, name)
        look: dict[str, Any] = {"viewport": DESK, "locale": "es-ES"}
        stranger = await (await browser.new_context(**look)).new_page()
        await stranger.goto(f"{address}/r/{ride}")
        await stranger.wait_for_function(READY)
        await take(stranger, "public")
        page = await visit(browser, tokens, f"{address}/app/rides")
        await page.get_by_role("article").nth(2).wait_for()
        await take(page, "rides")
        await page.locator("input[type=file]").first.set_input_files(files_in(folder))
        # One has arrived while others are on their way.
        await page.locator("[data-state=processing]").first.wait_for()
        await take(page, "upload")


def files_in(folder: Path) -> list[Path]:
    """Rides that are long enough to be seen on their way."""
    files = [folder / f"{name}.gpx" for name in UPLOADED]
    for seed, file in enumerate(files):
        file.write_bytes(build_gpx(points=60_000, seed=seed, name=file.stem))
    return files


async def visit(browser: Browser, tokens: dict[str, Any], address: str, **look: Any) -> Page:
    context = await signed_in(browser, tokens, **look)
    page = await context.new_page()
    await page.goto(address)
    return page


async def take(page: Page, name: str) -> None:
    keep(name, await page.screenshot(type="png"))


def keep(name: str, png: bytes) -> None:
    if len(png) > MOST_BYTES:
        raise ValueError(f"{name}.png has {len(png)} bytes")
    (IMAGES / f"{name}.png").write_bytes(png)
    progress(f"{name}.png: {len(png) / 1000:.0f} kB")


if __name__ == "__main__":
    main()
