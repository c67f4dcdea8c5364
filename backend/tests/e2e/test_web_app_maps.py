"""The map of a ride in a real browser: with tiles of all kinds, without any, without WebGL."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, expect

from src.config import Settings
from tests.support.browser import Visitor, chromium, needs_chromium, signed_in
from tests.support.cyclist import Cyclist, data_of
from tests.support.map_tiles import all_water, pmtiles
from tests.support.pages import RidePage
from tests.support.rides import build_gpx
from tests.support.service import api_process

pytestmark = [needs_chromium, pytest.mark.asyncio(loop_scope="session")]

RIDE = build_gpx(points=1500, seed=9)
LINE, WATER = 0.0005, 0.5
MOSS = "rgb(84, 110, 42)"


async def new_ride(rider: Cyclist) -> str:
    trip_id = await rider.new_trip(title="En el mapa")
    data_of(await rider.upload(trip_id, RIDE, Prefer="wait=10"), 201)
    return f"/app/rides/{trip_id}"


@asynccontextmanager
async def ride_of_ana(settings: Settings, folder: Path) -> AsyncIterator[tuple[str, Cyclist, str]]:
    """The address of a service of its own, its only cyclist, and the page of her ride."""
    with api_process(settings, folder) as service:
        async with httpx.AsyncClient(base_url=service.address, trust_env=False) as client:
            ana = await Cyclist.join(client, "ana")
            path = await new_ride(ana)
        yield service.address, ana, path


async def shows_the_line(someone: Visitor) -> None:
    canvas = someone.page.locator("canvas.maplibregl-canvas")
    await someone.paints(canvas, "flat", LINE)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_operators_tiles_lie_under_the_line_and_damaged_ones_do_not_hide_it(
    browser: Browser, settings: Settings, tmp_path: Path
) -> None:
    tiles = tmp_path / "tiles.pmtiles"
    tiles.write_bytes(pmtiles(all_water()))
    async with ride_of_ana(settings.model_copy(update={"map_tiles_path": tiles}), tmp_path) as (
        address,
        ana,
        path,
    ):
        async with signed_in(browser, address, ana) as visitor:
            await visitor.go(path)
            canvas = visitor.page.locator("canvas.maplibregl-canvas")
            await visitor.paints(canvas, "map-water", WATER)
            await shows_the_line(visitor)
        for damaged in (pmtiles(b"\xff" * 50), b"no tiles at all" * 50):
            tiles.write_bytes(damaged)
            async with signed_in(browser, address, ana) as visitor:
                await visitor.go(path)
                await shows_the_line(visitor)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_operators_own_style_lies_under_the_line(
    browser: Browser, settings: Settings, tmp_path: Path
) -> None:
    ground = {"id": "ground", "type": "background", "paint": {"background-color": MOSS}}
    style = {"version": 8, "name": "Moss", "sources": {}, "layers": [ground]}
    assets = tmp_path / "map"
    assets.mkdir()
    (assets / "style.json").write_text(json.dumps(style))
    chosen = {"map_assets_path": assets, "map_style_url": "/map/assets/style.json"}
    own = settings.model_copy(update=chosen)
    async with (
        ride_of_ana(own, tmp_path) as (address, ana, path),
        signed_in(browser, address, ana) as visitor,
    ):
        await visitor.go(path)
        canvas = visitor.page.locator("canvas.maplibregl-canvas")
        await visitor.paints(canvas, f"of-no-theme, {MOSS}", WATER)
        await shows_the_line(visitor)


async def test_without_webgl_the_line_is_drawn_all_the_same(address: str, rider: Cyclist) -> None:
    path = await new_ride(rider)
    async with (
        chromium("--disable-gpu", "--disable-3d-apis") as poor,
        signed_in(poor, address, rider) as ana,
    ):
        await ana.go(path)
        ride = RidePage(ana.page)
        sketch = ana.page.get_by_role("img", name="Trazado de la ruta")
        await expect(sketch).to_be_visible()
        await expect(ana.page.get_by_text("no puede mostrar el mapa")).to_be_visible()
        await expect(ana.page.locator("canvas.maplibregl-canvas")).to_have_count(0)
        await ana.accessible()
        await ride.drag(0.2, 0.6)
        await ride.stretch_of_address()


async def test_the_map_without_tiles_asks_nobody(
    browser: Browser, address: str, rider: Cyclist
) -> None:
    path = await new_ride(rider)
    async with signed_in(browser, address, rider) as ana:
        await ana.go(path)
        await shows_the_line(ana)
        await ana.page.get_by_role("button", name="Acercar").click()
        await shows_the_line(ana)


async def test_a_map_that_is_drawn_late_has_fewer_pixels_while_it_is_dragged_and_all_at_rest(
    browser: Browser, address: str, rider: Cyclist
) -> None:
    path = await new_ride(rider)
    async with signed_in(browser, address, rider) as ana:
        page = ana.page
        await ana.go(path)
        await shows_the_line(ana)
        canvas = page.locator("canvas.maplibregl-canvas")
        finish = page.get_by_title("Llegada", exact=True)
        box = await canvas.bounding_box()
        assert box is not None
        width = str(round(box["width"]))
        await expect(canvas).to_have_attribute("width", width)
        chrome = await page.context.new_cdp_session(page)
        await chrome.send("Emulation.setCPUThrottlingRate", {"rate": 20})

        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        await page.mouse.move(x, y)
        await page.mouse.down()
        async with asyncio.timeout(60):
            steps = 0
            while await canvas.get_attribute("width") == width:
                steps += 1
                await page.mouse.move(x + steps % 40, y)
        assert await canvas.get_attribute("width") == str(round(box["width"] / 2))
        # The gesture goes on all the same.
        before = await finish.bounding_box()
        assert before is not None
        await page.mouse.move(x - 150, y)
        async with asyncio.timeout(60):
            while (now := await finish.bounding_box()) is None or now["x"] > before["x"] - 140:
                await asyncio.sleep(0.05)
        await page.mouse.up()
        await expect(canvas).to_have_attribute("width", width)
        await shows_the_line(ana)
