"""Every page in a real browser: in both languages, light and dark, at a desk and on phones."""

import re
from typing import Literal
from uuid import uuid4

import pytest
from playwright.async_api import Browser, expect

from tests.support.browser import Visitor, needs_chromium, signed_in, visitor
from tests.support.cyclist import Cyclist, data_of
from tests.support.pages import RidePage, UploadList, gpx_file
from tests.support.rides import build_gpx

Role = Literal["application", "button", "link", "textbox"]

pytestmark = [needs_chromium, pytest.mark.asyncio(loop_scope="session")]

RIDE = build_gpx(points=1200, sensors=True, seed=8)
TITLE = "Puig Major"
DESCRIPTION = "Sa Calobra, Puig Major, Lluc, Pollença, Inca, Binissalem, Palma."
# What reads the same in both languages: names, units and what the test has written.
COMMON = re.compile(
    rf"ContraVento|API|Español|English|GeoJSON|No|General|Total|{TITLE}( · ContraVento)?"
    rf"|{re.escape(DESCRIPTION)}|rider_\w+(@example\.com)?|ride\.gpx"
    r"|km|mi|\W*"
)
WORDS = """() => {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const parent = walker.currentNode.parentElement;
        // What riders have called their rides is in their own language.
        const isForeign = parent.closest("script, style, noscript, article h2");
        if (!isForeign) found.push(walker.currentNode.data);
    }
    for (const element of document.querySelectorAll("[aria-label], [placeholder], [title]")) {
        for (const name of ["aria-label", "placeholder", "title"]) {
            found.push(element.getAttribute(name) ?? "");
        }
    }
    found.push(document.title);
    return found.map((text) => text.trim()).filter((text) => /\\p{L}{2}/u.test(text));
}"""


async def words(someone: Visitor) -> set[str]:
    """Every text of the page, seen or heard, without its numbers and their units."""
    texts = await someone.page.evaluate(WORDS)
    number = r"\d[\d,.]*\s*(km/h|km|kB|MB|min|rpm|W|°C|h|m|s|%)?\b"
    told = {re.sub(number, "", text) for text in texts}
    return {text.strip() for text in told if re.search(r"[^\W\d_]{2}", text)}


async def until_shown(someone: Visitor, path: str, heading: str) -> None:
    await someone.go(path)
    await expect(someone.page.get_by_role("heading", name=heading).first).to_be_visible()
    await expect(someone.page.get_by_text(re.compile("…$"))).to_have_count(0)


async def looks_right(someone: Visitor) -> None:
    await someone.accessible()
    for width in (390, 320):
        await someone.fits(width)


async def test_pages_of_guests_are_whole_in_both_languages_light_and_dark(
    browser: Browser, address: str
) -> None:
    pages = {
        "/": ("Entiende tu ruta", "Understand your ride"),
        "/app/sign-in": ("Entrar", "Sign in"),
        "/app/register": ("Crear cuenta", "Register"),
        "/app/nowhere": ("Esta página no existe", "There is no such page"),
        f"/r/{uuid4()}": ("Esta ruta no se puede ver", "This ride cannot be seen"),
    }
    async with (
        visitor(browser, address) as spanish,
        visitor(browser, address, locale="en-GB", color_scheme="dark") as english,
    ):
        for path, (in_spanish, in_english) in pages.items():
            for someone, heading in ((spanish, in_spanish), (english, in_english)):
                if path.startswith("/r/"):
                    someone.expects(404, path.replace("/r/", "/trips/"))
                await until_shown(someone, path, heading)
                await looks_right(someone)
            ensure_translated(await words(spanish), await words(english), path)
        served = await spanish.page.goto(f"{address}/app/sign-in")
        assert served is not None
        policy = served.headers["content-security-policy"]
        assert {"script-src 'self'", "default-src 'none'"} <= set(policy.split("; "))
        assert "unsafe" not in policy


def ensure_translated(spanish: set[str], english: set[str], path: str) -> None:
    same = {text for text in spanish & english if not COMMON.fullmatch(text)}
    assert same == set(), f"{path} says the same in both languages"
    assert len(spanish) > 3


async def test_pages_of_riders_are_whole_in_both_languages_light_and_dark(
    browser: Browser, address: str, rider: Cyclist
) -> None:
    trip_id = await rider.new_trip(title=TITLE, description=DESCRIPTION)
    data_of(await rider.upload(trip_id, RIDE, Prefer="wait=10"), 201)
    data_of(await rider.request("POST", f"/trips/{trip_id}/publish"), 200)
    pages = {
        "/app/account": ("Cuenta", "Account"),
        "/app/rides": (TITLE, TITLE),
        f"/app/rides/{trip_id}": ("Pendientes", "Gradients"),
        f"/app/rides/{trip_id}/edit": ("Editar ruta", "Edit ride"),
        "/app/rides?q=none": ("Ninguna ruta coincide", "No ride matches"),
    }
    async with (
        signed_in(browser, address, rider) as spanish,
        signed_in(browser, address, rider, color_scheme="dark") as english,
    ):
        # Chosen in the account, and kept on the device.
        await until_shown(english, "/app/account", "Cuenta")
        await english.page.get_by_label("Idioma").select_option(label="English")
        await expect(english.page.get_by_role("heading", name="Account").first).to_be_visible()
        await expect(english.page.locator("html")).to_have_attribute("lang", "en")
        for path, (in_spanish, in_english) in pages.items():
            for someone, heading in ((spanish, in_spanish), (english, in_english)):
                await until_shown(someone, path, heading)
                await looks_right(someone)
            ensure_translated(await words(spanish), await words(english), path)
        await until_shown(english, "/app/account", "Account")
        await english.page.get_by_role("button", name="Sign out on every device").click()
        await expect(english.page.get_by_role("alertdialog")).to_be_visible()
        await looks_right(english)
        await english.page.get_by_role("button", name="Cancel").click()
        await english.page.get_by_role("button", name="Delete the account").click()
        await expect(english.page.get_by_role("alertdialog")).to_contain_text("no way back")
        await looks_right(english)


async def test_the_whole_way_goes_without_a_mouse(browser: Browser, address: str) -> None:
    name = f"kai_{uuid4().hex[:8]}"
    async with visitor(browser, address) as kai:
        page = kai.page
        keys = page.keyboard

        async def to(role: Role, label: str) -> None:
            """Tab to what is called so."""
            for _ in range(80):
                await keys.press("Tab")
                wanted = page.locator(":focus").and_(page.get_by_role(role, name=label))
                if await wanted.count():
                    return
            pytest.fail(f"{label} cannot be reached with the keyboard")

        await until_shown(kai, "/", "Entiende tu ruta")
        await to("link", "Saltar al contenido")
        await to("link", "Crear cuenta")
        await keys.press("Enter")
        await expect(page.get_by_role("heading", name="Crear cuenta")).to_be_visible()
        await to("textbox", "Nombre")
        await keys.type(name)
        await to("textbox", "Correo")
        await keys.type(f"{name}@example.com")
        await to("textbox", "Contraseña")
        await keys.type("Subida-al-Veleta-2026")
        await keys.press("Enter")

        await expect(page.get_by_role("heading", name="Aquí vivirán tus rutas")).to_be_visible()
        await expect(page.get_by_role("button", name="Subir rutas")).to_have_count(2)
        await to("button", "Subir rutas")
        async with page.expect_file_chooser() as chooser:
            await keys.press("Enter")
        await (await chooser.value).set_files([gpx_file("salida.gpx", RIDE)])
        await expect(page.get_by_role("img", name="Perfil")).to_be_visible()
        await to("button", "Guardar")
        await keys.press("Enter")
        await UploadList(page).until_done(1)
        await to("link", "Ver ruta")
        await keys.press("Enter")

        ride = RidePage(page)
        await ride.profile.wait_for()
        await to("application", "Perfil de la ruta")
        await keys.press("Home")
        for _ in range(3):
            await keys.press("ArrowRight")
        await expect(ride.said).to_have_text(re.compile(r"^km \d,\d+, \d+\sm, -?[\d,]+\s%$"))

        await to("link", "Cuenta")
        await keys.press("Enter")
        await expect(page.get_by_role("heading", name="Quién eres")).to_be_visible()
        await to("button", "Salir")
        await keys.press("Enter")
        await expect(page).to_have_url(f"{address}/")
        await expect(page.get_by_role("link", name="Entrar").first).to_be_visible()
