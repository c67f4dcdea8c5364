"""A rider's own account in a real browser: another password, everything taken along, the end."""

import io
import zipfile

import httpx
import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.support.browser import PHONE, needs_chromium, signed_in
from tests.support.cyclist import PASSWORD, Cyclist, data_of, error_of
from tests.support.pages import press, sign_in, tells
from tests.support.rides import build_gpx
from tests.support.sessions import is_ended, log_in
from tests.support.tcp_proxy import tcp_proxy

pytestmark = [needs_chromium, pytest.mark.asyncio(loop_scope="session")]

RIDES = {"Puig Major": build_gpx(points=300, seed=1), "Sa Calobra": build_gpx(points=90, seed=2)}
OTHER = "Bajada-del-Veleta-2027"


async def fill(place: Page | Locator, label: str, text: str) -> None:
    await place.get_by_label(label, exact=True).fill(text)


async def test_another_password_ends_the_other_sessions_and_not_this_one(
    browser: Browser, address: str, api: httpx.AsyncClient, rider: Cyclist
) -> None:
    phone = data_of(await log_in(api, rider.username, PASSWORD), 200)
    async with signed_in(browser, address, rider) as ana:
        await ana.go("/app/account")
        await fill(ana.page, "Contraseña actual", OTHER)
        await fill(ana.page, "Contraseña nueva", OTHER)
        ana.expects(400, "/users/me/password")
        await press(ana.page, "Cambiar contraseña")
        await expect(ana.page.get_by_text("Esa no es tu contraseña")).to_be_visible()
        await ana.accessible()
        assert not await is_ended(api, phone["refresh_token"])

        await fill(ana.page, "Contraseña actual", PASSWORD)
        await press(ana.page, "Cambiar contraseña")
        await tells(ana.page, "Contraseña cambiada. Las demás sesiones se han cerrado.")
        assert await is_ended(api, phone["refresh_token"])
        await ana.go("/app/rides")
        await expect(ana.page.get_by_text("Aquí vivirán tus rutas")).to_be_visible()

        await ana.go("/app/account")
        await press(ana.page, "Salir")
        await ana.page.get_by_role("link", name="Entrar").first.click()
        await sign_in(ana.page, rider.username, OTHER)
        await expect(ana.page.get_by_text("Aquí vivirán tus rutas")).to_be_visible()


async def test_an_account_ends_with_everything_once_its_files_are_taken_along(
    browser: Browser, address: str, api: httpx.AsyncClient, rider: Cyclist
) -> None:
    trips = []
    for title, gpx in RIDES.items():
        trips.append(await rider.new_trip(title=title))
        data_of(await rider.upload(trips[-1], gpx, Prefer="wait=10"), 201)
    await rider.new_trip(title="Sin archivo")
    async with signed_in(browser, address, rider, viewport=PHONE) as ana:
        page = ana.page
        await ana.go("/app/account")
        await press(page, "Borrar la cuenta")
        dialog = page.get_by_role("alertdialog")
        await expect(dialog).to_contain_text("Se borran tus 3 rutas")
        await ana.accessible()
        await ana.fits(320)

        async with page.expect_download() as downloading:
            await press(page, "Descargar mis archivos")
        await expect(dialog).to_contain_text("2 archivos descargados.")
        download = await downloading.value
        assert download.suggested_filename == f"rutas de {rider.username}.zip"
        with zipfile.ZipFile(io.BytesIO((await download.path()).read_bytes())) as archive:
            assert archive.testzip() is None
            found = {name: archive.read(name) for name in archive.namelist()}
        assert found == {f"2026-05-01 {title}.gpx": gpx for title, gpx in RIDES.items()}

        await fill(dialog, "Contraseña", OTHER)
        ana.expects(400, "/users/me")
        await press(page, "Borrar para siempre")
        await expect(dialog).to_contain_text("Esa no es tu contraseña")
        await fill(dialog, "Contraseña", PASSWORD)
        await press(page, "Borrar para siempre")

        await expect(page).to_have_url(f"{address}/")
        await expect(page.get_by_text("Tu cuenta se ha borrado", exact=True)).to_be_visible()
        await expect(page.get_by_role("link", name="Crear cuenta").first).to_be_visible()
        await ana.accessible()
        await page.reload()
        await expect(page.get_by_role("link", name="Crear cuenta").first).to_be_visible()
        await expect(page.get_by_text("Tu cuenta se ha borrado", exact=True)).to_have_count(0)
    assert error_of(await log_in(api, rider.username, PASSWORD), 401)["code"] == (
        "INVALID_CREDENTIALS"
    )
    for trip_id in trips:
        error_of(await api.get(f"/trips/{trip_id}"), 404)


async def test_an_account_whose_deletion_was_answered_to_nobody_is_said_to_be_deleted(
    browser: Browser, address: str, api: httpx.AsyncClient, rider: Cyclist
) -> None:
    is_asked = False

    def lose_the_answer(data: bytes) -> bytes:
        nonlocal is_asked
        # A browser may send a second time what was lost on a connection that it had before.
        if data.startswith(b"DELETE /users/me "):
            is_asked = True
        elif is_asked and data.startswith(b"HTTP/1.1 "):
            is_asked = False
            raise ConnectionResetError
        return data

    port = int(address.rpartition(":")[2])
    with tcp_proxy(port, lose_the_answer) as proxy:
        here = f"http://127.0.0.1:{proxy.port}"
        async with signed_in(browser, here, rider) as ana:
            page = ana.page
            await ana.go("/app/account")
            await press(page, "Borrar la cuenta")
            dialog = page.get_by_role("alertdialog")
            await expect(dialog).to_contain_text("No tienes ninguna ruta")
            await fill(dialog, "Contraseña", PASSWORD)
            ana.expects_to_be_offline()
            ana.expects(401, "/auth/me")
            ana.expects(401, "/auth/refresh")
            ana.expects(401, "/auth/login")
            await press(page, "Borrar para siempre")
            await expect(page).to_have_url(f"{here}/")
            await expect(page.get_by_text("Tu cuenta se ha borrado", exact=True)).to_be_visible()
    error_of(await log_in(api, rider.username, PASSWORD), 401)
