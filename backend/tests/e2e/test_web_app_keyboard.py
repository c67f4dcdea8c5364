"""A ride from its upload to its deletion by the keyboard alone."""

import re
from uuid import uuid4

import httpx
import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.support.browser import needs_chromium, visitor
from tests.support.cyclist import PASSWORD, Cyclist
from tests.support.pages import RidePage, UploadList, gpx_file, tells
from tests.support.rides import passes, record

pytestmark = [needs_chromium, pytest.mark.asyncio(loop_scope="session")]

RIDE = record(passes(30, [(4, 6, 7), (18, 4, 5)]), seed=5).gpx(name="Dos puertos")
# As many as a page has places for the keys.
MOST_STEPS = 60
# What has the focus is seen: it is marked, and nothing lies over its middle.
_IS_SEEN = """(element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    const over = document.elementFromPoint(left + width / 2, top + height / 2);
    return element.matches(":focus-visible") && (element.contains(over) || over?.contains(element));
}"""


async def step_to(page: Page, wanted: Locator, key: str = "Tab") -> None:
    """Press a key until `wanted` has the focus, which is seen all the way."""
    await expect(wanted).to_be_visible()
    for _ in range(MOST_STEPS):
        await page.keyboard.press(key)
        focused = page.locator(":focus")
        if await focused.count() == 0:
            # Between the end of the page and its beginning.
            continue
        assert await focused.evaluate(_IS_SEEN), await focused.evaluate("(it) => it.outerHTML")
        if await wanted.evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError(f"{wanted} is not reached by {key}")


async def test_a_ride_is_uploaded_measured_published_and_deleted_by_keys(
    browser: Browser, address: str, api: httpx.AsyncClient
) -> None:
    name = f"teclas_{uuid4().hex[:8]}"
    await Cyclist.join(api, name)
    async with visitor(browser, address) as ana:
        page, keys, ride = ana.page, ana.page.keyboard, RidePage(ana.page)
        await ana.go("/app/sign-in")
        await step_to(page, page.get_by_label("Nombre o correo", exact=True))
        await keys.type(name)
        await step_to(page, page.get_by_label("Contraseña", exact=True))
        await keys.type(PASSWORD)
        await keys.press("Enter")

        # The form is gone: the keys go on where the page begins.
        main = page.get_by_role("main")
        begin = main.get_by_role("button", name="Subir rutas")
        await expect(begin).to_be_visible()
        await expect(main).to_be_focused()
        await keys.press("Tab")
        await expect(begin).to_be_focused()
        async with page.expect_file_chooser() as chooser:
            await keys.press("Enter")
        await (await chooser.value).set_files([gpx_file("dos.gpx", RIDE)])
        sheet = page.get_by_role("dialog", name="Nueva ruta")
        await step_to(page, sheet.get_by_label("Descripción"))
        await keys.type("Subir, bajar, volver a subir y a bajar. " * 2)
        await step_to(page, sheet.get_by_role("button", name="Guardar"))
        await keys.press("Enter")
        uploads = UploadList(page)
        await uploads.until_done(1)
        await step_to(page, uploads.box.get_by_role("link", name="Ver ruta Dos puertos"))
        await keys.press("Enter")

        # A stretch is chosen, and taken back without losing the place.
        await step_to(page, ride.profile)
        await keys.press("Home")
        for _ in range(3):
            await keys.press("Shift+PageUp")
        await ride.stretch_of_address()
        await step_to(page, ride.stretch.get_by_role("button", name="Quitar el tramo"))
        await keys.press("Enter")
        await expect(ride.stretch).to_have_count(0)
        await expect(ride.profile).to_be_focused()
        await step_to(page, page.get_by_role("button", name="ª categoría").first)
        await keys.press("Enter")
        start, end = await ride.stretch_of_address()
        assert end - start > 1

        # The list of uploads lies over the page, but over nothing that has the focus.
        await step_to(page, uploads.box.get_by_role("button", name="Limpiar"))
        more = page.get_by_role("button", name="Más acciones")
        await step_to(page, more, "Shift+Tab")
        await keys.press("Enter")
        await step_to(page, page.get_by_role("menuitem", name="Publicar"), "ArrowDown")
        await keys.press("Enter")
        await tells(page, "Ruta publicada")
        await expect(more).to_be_focused()

        # There are seconds to think again: what undoes it is under the fingers at once.
        await keys.press("Enter")
        await step_to(page, page.get_by_role("menuitem", name="Borrar la ruta"), "ArrowDown")
        await keys.press("Enter")
        await expect(page.get_by_role("button", name="Deshacer")).to_be_focused()
        await keys.press("Enter")
        await tells(page, "La ruta sigue aquí")
        await expect(more).to_be_focused()

        await step_to(page, page.get_by_role("link", name="Editar"), "Shift+Tab")
        await keys.press("Enter")
        await expect(page).to_have_url(re.compile("/edit$"))
        await expect(main).to_be_focused()
        await step_to(page, page.get_by_role("button", name="Borrar la ruta"))
        await keys.press("Enter")
        asked = page.get_by_role("alertdialog", name="¿Borrar esta ruta?")
        await step_to(page, asked.get_by_role("button", name="Borrar para siempre"))
        await keys.press("Enter")
        await expect(page.get_by_role("heading", name="Aquí vivirán tus rutas")).to_be_visible()
        await expect(main).to_be_focused()
        await ana.accessible()
