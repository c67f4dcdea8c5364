"""One ride as every device writes it, in a real browser: the same numbers whatever the format."""

import gzip

import pytest
from playwright.async_api import Browser, expect

from src.gpx import analyse
from tests.support.browser import needs_chromium, signed_in
from tests.support.csv_text import NOT_RECOGNISED, CsvForm, csv_log
from tests.support.cyclist import Cyclist, data_of
from tests.support.fit_files import ride_as_fit
from tests.support.pages import RidePage, UploadList, gpx_file, pick, press, spanish, tells
from tests.support.rides import record, rolling
from tests.support.tcx_text import ride_as_tcx

pytestmark = [needs_chromium, pytest.mark.asyncio(loop_scope="session")]

RIDE = record(rolling(8, seed=2), seed=2, stops=1)
GPX = RIDE.gpx()
FILES = {
    "en_fit.fit": ride_as_fit(RIDE),
    "en_tcx.tcx": ride_as_tcx(RIDE),
    "en_csv.csv": csv_log(RIDE.track(), CsvForm(separator=";", decimal_sign=",")),
    "en_gpx.gpx.gz": gzip.compress(GPX),
}


async def test_one_ride_has_the_same_numbers_in_every_format(
    browser: Browser, address: str, rider: Cyclist
) -> None:
    async with signed_in(browser, address, rider) as ana:
        page = ana.page
        await ana.go("/app/rides")
        await pick(page, [gpx_file(name, content) for name, content in FILES.items()])
        await UploadList(page).until_done(len(FILES))
        listed = data_of(await rider.request("GET", f"/users/{rider.username}/trips"), 200)
        trips = {trip["title"]: trip for trip in listed["trips"]}
        assert trips.keys() == {"En Fit", "En Tcx", "En Csv", "En Gpx"}
        # Of the ride, and not of the upload, though none was looked at before it was sent.
        assert len({trip["start_date"] for trip in trips.values()}) == 1

        expected = analyse(GPX)
        for trip in trips.values():
            await ana.go(f"/app/rides/{trip['trip_id']}")
            ride = RidePage(page)
            for name, value in {
                "Distancia": spanish(expected.distance_km, 1, "km"),
                "Desnivel positivo": spanish(expected.elevation_gain, 0, "m"),
            }.items():
                await expect(ride.number(name)).to_have_text(value)


async def test_a_table_that_takes_the_place_of_a_file_has_its_columns_asked_for(
    browser: Browser, address: str, rider: Cyclist
) -> None:
    trip_id = await rider.new_trip(title="Por la sierra")
    data_of(await rider.upload(trip_id, GPX, Prefer="wait=10"), 201)
    async with signed_in(browser, address, rider) as ana:
        page = ana.page
        await ana.go(f"/app/rides/{trip_id}/edit")
        ana.expects(400, "/gpx/analyze")
        await pick(page, [gpx_file("registro.csv", NOT_RECOGNISED)], "Sustituir el archivo")
        sheet = page.get_by_role("dialog", name="Elige las columnas")
        for label, header in (
            ("Latitud", "breite"),
            ("Longitud", "laenge"),
            ("Fecha y hora", "wann"),
        ):
            await sheet.get_by_label(label, exact=True).select_option(header)
        await ana.accessible()
        await ana.fits(320)
        await press(page, "Guardar")
        await expect(page.get_by_role("alertdialog")).to_contain_text("registro.csv")
        await press(page, "Borrar y subir el nuevo")
        await tells(page, "El archivo nuevo se está subiendo")
        await UploadList(page).until_done(1)
        await page.get_by_role("link", name="Volver a la ruta").click()
        await expect(RidePage(page).number("Distancia")).to_have_text(spanish(6.6, 1, "km"))
