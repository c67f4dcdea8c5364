"""Uploads in a real browser: from an account that is not there yet to rides that are."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.async_api import Browser, expect

from src.gpx import analyse
from tests.support.browser import needs_chromium, signed_in, visitor
from tests.support.cyclist import Cyclist, data_of
from tests.support.pages import (
    RidePage,
    UploadList,
    drop,
    gpx_file,
    pick,
    press,
    register,
    sign_in,
    spanish,
    tells,
)
from tests.support.rides import build_gpx
from tests.support.tcp_proxy import tcp_proxy
from tests.support.uploads import BAD_LATER

pytestmark = [needs_chromium, pytest.mark.asyncio(loop_scope="session")]

REAL_SIZE = build_gpx(size_mb=2, seed=3, name="Vuelta al valle")
SMALL = build_gpx(points=900, seed=4)


async def test_a_newcomer_finds_the_way_in_and_looks_at_a_first_ride(
    browser: Browser, address: str
) -> None:
    name = f"nora_{uuid4().hex[:8]}"
    async with visitor(browser, address) as nora:
        page = nora.page
        await nora.go("/app/account?from=home")
        await expect(page).to_have_url(re.compile(r"/app/sign-in\?next="))
        nora.expects(401, "/auth/login")
        await sign_in(page, name, "Not-the-one-2026")
        await expect(page.get_by_role("alert")).to_contain_text("no coinciden")
        await nora.accessible()

        await page.get_by_role("main").get_by_role("link", name="Crear cuenta").click()
        await press(page, "Crear cuenta")
        await expect(page.get_by_text("Falta este dato.")).to_have_count(3)
        await nora.accessible()
        await register(page, name)
        await expect(page).to_have_url(f"{address}/app/account?from=home")

        await page.get_by_role("link", name="Mis rutas").click()
        await expect(page.get_by_role("heading", name="Aquí vivirán tus rutas")).to_be_visible()
        await nora.accessible()
        await nora.fits(320)
        await pick(page, [gpx_file("valle.gpx", REAL_SIZE)])
        sheet = page.get_by_role("dialog", name="Nueva ruta")
        await expect(sheet.get_by_role("img", name="Perfil")).to_be_visible()
        await expect(sheet.get_by_label("Primer día")).to_have_value("2024-06-01")
        await nora.accessible()
        await sheet.get_by_label("Título").fill("Por el valle")
        await press(page, "Guardar")

        uploads = UploadList(page)
        await uploads.until_done(1)
        await nora.accessible()
        await nora.fits(320)
        expected = analyse(REAL_SIZE)
        distance = spanish(expected.distance_km, 1, "km")
        await expect(uploads.row("Por el valle")).to_contain_text(distance)
        await uploads.box.get_by_role("link", name="Ver ruta Por el valle").click()
        await expect(page.get_by_role("heading", name="Por el valle")).to_be_visible()
        ride = RidePage(page)
        await expect(ride.number("Distancia")).to_have_text(distance)
        gain = spanish(expected.elevation_gain, 0, "m")
        await expect(ride.number("Desnivel positivo")).to_have_text(gain)


async def test_of_many_files_that_are_dropped_the_broken_ones_explain_themselves(
    browser: Browser, address: str, rider: Cyclist, tmp_path: Path
) -> None:
    contents = {
        "01_ida.gpx": REAL_SIZE,
        "02_vuelta.gpx": SMALL,
        "03_nada.gpx": BAD_LATER,
        "04_foto.jpg": b"\xff\xd8",
    }
    files = [tmp_path / name for name in contents]
    for file in files:
        file.write_bytes(contents[file.name])
    async with signed_in(browser, address, rider) as ana:
        page = ana.page
        await ana.go("/app/rides")
        await expect(page.get_by_role("heading", name="Aquí vivirán tus rutas")).to_be_visible()
        await drop(page, files)
        uploads = UploadList(page)
        await uploads.until_done(2)
        await expect(uploads.box.get_by_role("heading")).to_contain_text("2 han fallado")
        for row, problem, next_step in (
            ("03 Nada", "no tiene puntos que sirvan", "al menos dos puntos"),
            ("04 Foto", "No es un archivo de ruta", "GPX"),
        ):
            why = uploads.row(row).locator("details")
            await expect(why.locator("summary")).to_contain_text(problem)
            await why.locator("summary").click()
            await expect(why.locator("p").last).to_contain_text(next_step)
        await ana.accessible()
        await press(page, "Ocultar las subidas")

        # The page of the ride says the same, and takes another file.
        await page.get_by_role("link", name="03 Nada").click()
        alert = page.get_by_role("alert")
        await expect(alert).to_contain_text("no tiene puntos que sirvan")
        await expect(alert).to_contain_text("al menos dos puntos")
        await ana.accessible()
        await ana.fits(320)
        await alert.get_by_role("link", name="Enviar otro archivo").click()
        await expect(page.get_by_text("03_nada.gpx", exact=True)).to_be_visible()
        await pick(page, [gpx_file("mejor.gpx", SMALL)], "Sustituir el archivo")
        await tells(page, "El archivo nuevo se está subiendo")
        await page.get_by_role("link", name="Volver a la ruta").click()
        length = spanish(analyse(SMALL).distance_km, 1, "km")
        await expect(RidePage(page).number("Distancia")).to_have_text(length)

        listed = data_of(await rider.request("GET", f"/users/{rider.username}/trips"), 200)
        assert sorted(trip["title"] for trip in listed["trips"]) == [
            "02 Vuelta",
            "03 Nada",
            "Vuelta al valle",
        ]


async def test_an_upload_goes_on_by_itself_after_the_connection_was_lost(
    browser: Browser, address: str, rider: Cyclist
) -> None:
    port = int(address.rpartition(":")[2])
    with tcp_proxy(port, bytes_per_s=600_000) as proxy:
        async with signed_in(browser, f"http://127.0.0.1:{proxy.port}", rider) as ana:
            page = ana.page
            proxy.narrow(None)
            await ana.go("/app/rides")
            await page.get_by_role("button", name="Subir rutas").first.wait_for()
            proxy.narrow(600_000)
            # Two files are not looked at before: what takes long is their sending.
            await pick(page, [gpx_file("larga.gpx", REAL_SIZE), gpx_file("corta.gpx", SMALL)])
            uploads = UploadList(page)
            row = uploads.row("Vuelta al valle")
            await expect(row).to_contain_text(re.compile(r"Enviando: [\d,]+.MB de 2,1.MB"))
            bar = row.get_by_role("progressbar")
            await expect(bar).to_have_attribute("aria-valuenow", re.compile(r"^[1-9]"))

            ana.expects_to_be_offline()
            await page.context.set_offline(True)
            proxy.cut()
            await expect(row).to_contain_text("Sin conexión: sigue en cuanto vuelva")
            await expect(page.get_by_text("Sin conexión: lo que hagas ahora")).to_be_visible()
            await ana.accessible()
            proxy.narrow(None)
            proxy.mend()
            await page.context.set_offline(False)
            await uploads.until_done(2)
    listed = data_of(await rider.request("GET", f"/users/{rider.username}/trips"), 200)
    assert sorted(trip["title"] for trip in listed["trips"]) == ["Corta", "Vuelta al valle"]
    files = [trip["gpx_file"]["processing_status"] for trip in listed["trips"]]
    assert files == ["completed", "completed"]
