"""A ride in a real browser: measured, shared, published, taken along, made anew, deleted."""

import asyncio
import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from src.gpx import analyse
from tests.support.browser import PHONE, needs_chromium, signed_in, visitor
from tests.support.cyclist import Cyclist, data_of
from tests.support.pages import RidePage, duration, press, spanish, tells
from tests.support.rides import passes, record

pytestmark = [needs_chromium, pytest.mark.asyncio(loop_scope="session")]

# Two passes, so that there are climbs to go to.
RIDE = record(passes(30, [(4, 6, 7), (18, 4, 5)]), seed=2).gpx(name="Dos puertos")


@pytest.fixture(scope="module")
def truth() -> dict[str, str]:
    expected = analyse(RIDE)
    statistics = expected.statistics
    return {
        "Distancia": spanish(expected.distance_km, 1, "km"),
        "Desnivel positivo": spanish(expected.elevation_gain, 0, "m"),
        "Tiempo en movimiento": duration(statistics.moving_time_minutes),
        "Velocidad media": spanish(statistics.avg_speed_kmh, 1, "km/h"),
        "Desnivel negativo": spanish(expected.elevation_loss, 0, "m"),
        "Punto más alto": spanish(expected.max_elevation, 0, "m"),
        "Punto más bajo": spanish(expected.min_elevation, 0, "m"),
        "Tiempo total": duration(statistics.total_time_minutes),
        "Velocidad máxima": spanish(statistics.max_speed_kmh, 1, "km/h"),
        "Pendiente máxima": spanish(statistics.max_gradient, 1, "%"),
    }


async def new_ride(rider: Cyclist, title: str) -> tuple[str, str]:
    """The ids of a trip and of its file."""
    trip_id = await rider.new_trip(title=title)
    upload = data_of(await rider.upload(trip_id, RIDE, name="dos.gpx", Prefer="wait=10"), 201)
    return trip_id, upload["gpx_file_id"]


async def until_analysed(rider: Cyclist, file_id: str, times: int) -> None:
    async with asyncio.timeout(60):
        while True:
            runs = data_of(await rider.request("GET", f"/gpx/{file_id}/runs"), 200)
            if [run["outcome"] for run in runs].count("completed") == times:
                return
            await asyncio.sleep(0.1)


async def test_a_ride_is_measured_by_hand_by_keys_and_by_its_climbs(
    browser: Browser, address: str, rider: Cyclist, truth: dict[str, str]
) -> None:
    trip_id, file_id = await new_ride(rider, "Dos puertos")

    async def stretch(start: float, end: float) -> dict[str, object]:
        path = f"/gpx/{file_id}/stretch?from_km={start}&to_km={end}"
        numbers: dict[str, object] = data_of(await rider.request("GET", path), 200)
        return numbers

    async with signed_in(browser, address, rider) as ana:
        page, ride = ana.page, RidePage(ana.page)
        await ana.go(f"/app/rides/{trip_id}")
        for name, value in truth.items():
            await expect(ride.number(name)).to_have_text(value)

        await ride.drag(0.3, 0.6)
        start, end = await ride.stretch_of_address()
        length = analyse(RIDE).distance_km
        assert 0.2 * length < start < 0.4 * length
        assert 0.5 * length < end < 0.7 * length
        await ride.shows_stretch(await stretch(start, end))
        await ana.accessible()

        # By keys alone the place is said, and what is chosen.
        await ride.profile.focus()
        await page.keyboard.press("Escape")
        await expect(ride.stretch).to_have_count(0)
        await page.keyboard.press("Home")
        await page.keyboard.press("ArrowRight")
        await expect(ride.said).to_have_text(re.compile(r"^km 0,2, [\d.]+\sm, -?[\d,]+\s%$"))
        for _ in range(4):
            await page.keyboard.press("Shift+PageUp")
        by_keys = await ride.stretch_of_address()
        await expect(ride.said).to_have_text(re.compile(r"^Tramo de 0,\d\skm a \d,\d\skm$"))
        await ride.shows_stretch(await stretch(*by_keys))

        # A climb is one of the stretches.
        climb = analyse(RIDE).statistics.top_climbs[0]
        await (
            page.get_by_role("button", name="Fuera de categoría")
            .or_(page.get_by_role("button", name="ª categoría"))
            .first.click()
        )
        of_climb = await ride.stretch_of_address()
        assert of_climb[1] > of_climb[0]
        assert climb.category is not None
        await ride.shows_stretch(await stretch(*of_climb))
        shared = page.url

    # Whoever is given the address sees the same stretch, on a phone as well.
    async with signed_in(browser, address, rider, viewport=PHONE, has_touch=True) as ana:
        ride = RidePage(ana.page)
        await ana.go(shared.removeprefix(address))
        await ride.shows_stretch(await stretch(*of_climb))
        await ana.accessible()
        await ana.fits(320)


async def test_a_ride_is_published_taken_along_and_analysed_again(
    browser: Browser, address: str, rider: Cyclist, truth: dict[str, str], tmp_path: Path
) -> None:
    trip_id, file_id = await new_ride(rider, "Para todos")
    async with signed_in(browser, address, rider) as ana:
        page, ride = ana.page, RidePage(ana.page)
        await ana.go(f"/app/rides/{trip_id}/edit")
        await page.get_by_label("Título").fill("")
        await page.get_by_label("Primer día").fill("2999-01-01")
        await press(page, "Guardar cambios")
        await expect(page.get_by_text("No puede quedar vacío.")).to_be_visible()
        await expect(page.get_by_text("Ese día todavía no ha llegado.")).to_be_visible()
        await ana.accessible()
        await page.get_by_role("link", name="Volver a la ruta").click()
        guard = page.get_by_role("alertdialog", name="¿Salir sin guardar?")
        await expect(guard).to_be_visible()
        await ana.accessible()
        await press(page, "Seguir editando")
        await page.get_by_label("Título").fill("Los dos puertos")
        await page.get_by_label("Primer día").fill("2026-05-02")
        await page.get_by_label("Descripción").fill("Subir, bajar, volver a subir y a bajar. " * 2)
        await press(page, "Guardar cambios")
        await tells(page, "Cambios guardados")
        await page.get_by_role("link", name="Volver a la ruta").click()
        await expect(page.get_by_role("heading", name="Los dos puertos")).to_be_visible()

        await press(page, "Más acciones")
        await expect(page.get_by_role("menu")).to_be_visible()
        await ana.accessible()
        await page.keyboard.press("Escape")
        await ride.choose("Publicar")
        await tells(page, "Ruta publicada")

        async with page.expect_download() as download:
            await ride.choose("El archivo original", menu="Descargar")
        await (await download.value).save_as(tmp_path / "original.gpx")
        assert (tmp_path / "original.gpx").read_bytes() == RIDE

        async with page.expect_response(re.compile("/reprocess$")) as begun:
            await ride.choose("Analizar de nuevo")
        assert (await begun.value).status == 202
        await until_analysed(rider, file_id, times=2)
        await expect(ride.number("Distancia")).to_have_text(truth["Distancia"])

    async with visitor(browser, address) as guest:
        page, ride = guest.page, RidePage(guest.page)
        await guest.go(f"/r/{trip_id}")
        await expect(page).to_have_title(re.compile("^Los dos puertos"))
        await expect(ride.number("Desnivel positivo")).to_have_text(truth["Desnivel positivo"])
        await expect(page.get_by_role("button", name="Descargar")).to_be_visible()
        await expect(page.get_by_role("button", name="Más acciones")).to_have_count(0)
        await expect(page.get_by_role("link", name="Editar")).to_have_count(0)
        await guest.accessible()
        await guest.fits(320)


async def test_a_ride_is_deleted_with_time_to_think_again(
    browser: Browser, address: str, rider: Cyclist
) -> None:
    trip_id, _ = await new_ride(rider, "Para borrar")
    other_id, _ = await new_ride(rider, "Para borrar del todo")
    async with signed_in(browser, address, rider) as ana:
        page, ride = ana.page, RidePage(ana.page)
        await page.clock.install()
        await ana.go(f"/app/rides/{trip_id}")
        await ride.choose("Borrar la ruta")
        await press(page, "Deshacer")
        await tells(page, "La ruta sigue aquí")
        await page.clock.fast_forward(20_000)
        assert (await rider.request("GET", f"/trips/{trip_id}")).status_code == 200

        await ride.choose("Borrar la ruta")
        await expect(page.get_by_text("La ruta se va a borrar")).to_be_visible()
        await ana.accessible()
        await page.clock.fast_forward(8_000)
        await tells(page, "Ruta borrada")
        await expect(page).to_have_url(f"{address}/app/rides")
        assert (await rider.request("GET", f"/trips/{trip_id}")).status_code == 404

        await page.get_by_role("link", name="Para borrar del todo").click()
        await page.get_by_role("link", name="Editar").click()
        await press(page, "Borrar la ruta")
        await expect(page.get_by_role("alertdialog", name="¿Borrar esta ruta?")).to_be_visible()
        await ana.accessible()
        await press(page, "Borrar para siempre")
        await expect(page.get_by_role("heading", name="Aquí vivirán tus rutas")).to_be_visible()
        assert (await rider.request("GET", f"/trips/{other_id}")).status_code == 404

        ana.expects(404, f"/trips/{other_id}")
        await ana.go(f"/r/{other_id}")
        await expect(page.get_by_role("heading", name="Esta ruta no se puede ver")).to_be_visible()
