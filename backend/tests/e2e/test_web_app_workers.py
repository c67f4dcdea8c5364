"""The web app before the service as it is operated: PostgreSQL, Redis and a Celery worker."""

import re
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, expect

from src.config import Settings
from src.gpx import analyse
from tests.support.analyses import until_begun
from tests.support.browser import needs_chromium, signed_in
from tests.support.cyclist import Cyclist
from tests.support.faulty_analysis import GO_ON
from tests.support.pages import RidePage, UploadList, gpx_file, pick, press, spanish
from tests.support.rides import build_gpx
from tests.support.service import api_process
from tests.support.workers import worker

pytestmark = [
    needs_chromium,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.parametrize("database_url", ["postgresql"], indirect=True),
]

# Larger than what the API reads itself; its analysis waits for us, as the name in it says.
NAME = "wait 120"
LARGE = build_gpx(size_mb=6, seed=11, name=NAME)
STAGE = re.compile("Comprobando el archivo|Leyendo los puntos|Midiendo la ruta")


async def test_a_page_that_is_left_in_mid_processing_shows_what_goes_on(
    browser: Browser, settings: Settings, redis_url: str, tmp_path: Path
) -> None:
    settings = settings.model_copy(update={"celery_enabled": True, "redis_url": redis_url})
    with worker(settings, tmp_path, concurrency=1), api_process(settings, tmp_path) as service:
        async with httpx.AsyncClient(base_url=service.address, trust_env=False) as client:
            ana = await Cyclist.join(client, "ana")
        async with signed_in(browser, service.address, ana) as visitor:
            page = visitor.page
            await visitor.go("/app/rides")
            await pick(page, [gpx_file("grande.gpx", LARGE)])
            await expect(page.get_by_text("Es un archivo grande")).to_be_visible()
            await press(page, "Guardar")
            uploads = UploadList(page)
            await until_begun(settings.storage_path)
            await expect(uploads.row(NAME)).to_contain_text(STAGE)

            await page.reload()
            await expect(uploads.row(NAME)).to_contain_text(STAGE)
            await expect(uploads.row(NAME).get_by_role("progressbar")).to_be_visible()
            card = page.get_by_role("article").filter(has_text=NAME)
            await expect(card.get_by_role("progressbar")).to_be_visible()
            await card.get_by_role("link").click()
            notice = page.get_by_role("status").filter(has_text="Estamos leyendo tu ruta")
            await expect(notice).to_contain_text(STAGE)
            await visitor.accessible()
            await visitor.fits(320)

            (settings.storage_path / GO_ON).touch()
            await uploads.until_done(1)
            expected = analyse(LARGE)
            ride = RidePage(page)
            length = spanish(expected.distance_km, 1, "km")
            await expect(ride.number("Distancia")).to_have_text(length)
            gain = spanish(expected.elevation_gain, 0, "m")
            await expect(ride.number("Desnivel positivo")).to_have_text(gain)
