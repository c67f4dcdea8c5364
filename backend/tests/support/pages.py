"""The pages of the web app as a person finds their way about them: by what is written there."""

import asyncio
import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from playwright.async_api import FilePayload, Locator, Page, expect

from tests.support.cyclist import PASSWORD

NBSP = "\u00a0"


def gpx_file(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/gpx+xml", "buffer": content}


def spanish(value: float | None, decimals: int, unit: str) -> str:
    """A number as a Spanish rider reads it."""
    if value is None:
        return "–"
    # As browsers do, and not to the even digit.
    rounded = Decimal(value).quantize(Decimal(10) ** -decimals, ROUND_HALF_UP)
    digits = f"{rounded:,}" if value >= 10_000 else f"{rounded}"
    return digits.translate(str.maketrans(",.", ".,")) + NBSP + unit


def duration(minutes: float | None) -> str:
    if minutes is None:
        return "–"
    whole = int(minutes + 0.5)
    if whole < 60:
        return f"{whole}{NBSP}min"
    return f"{whole // 60}{NBSP}h {whole % 60:02}{NBSP}min"


async def press(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name, exact=True).click()


async def tells(page: Page, text: str) -> None:
    """Wait for a note at the foot of the page."""
    await expect(page.get_by_text(text, exact=True)).to_be_visible()


async def register(page: Page, name: str) -> None:
    await page.get_by_label("Nombre", exact=True).fill(name)
    await page.get_by_label("Correo", exact=True).fill(f"{name}@example.com")
    await page.get_by_label("Contraseña", exact=True).fill(PASSWORD)
    await press(page, "Crear cuenta")


async def sign_in(page: Page, login: str, password: str = PASSWORD) -> None:
    await page.get_by_label("Nombre o correo", exact=True).fill(login)
    await page.get_by_label("Contraseña", exact=True).fill(password)
    await press(page, "Entrar")


async def pick(page: Page, files: Sequence[FilePayload], button: str = "Subir rutas") -> None:
    """Choose files in the system's own dialog."""
    async with page.expect_file_chooser() as chooser:
        await page.get_by_role("button", name=button).first.click()
    await (await chooser.value).set_files(files)


async def drop(page: Page, files: Sequence[Path]) -> None:
    """Drag files from the desk into the middle of the window, and let them go."""
    session = await page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(file) for file in files], "dragOperationsMask": 1}

    async def drag(step: str) -> None:
        place = {"type": step, "x": 400, "y": 400}
        await session.send("Input.dispatchDragEvent", {**place, "data": data})

    await drag("dragEnter")
    async with asyncio.timeout(30):
        while not await page.get_by_text("Suelta aquí tus rutas").is_visible():
            await drag("dragOver")
    await drag("drop")
    await session.detach()


class UploadList:
    """What goes on, at the foot of every page."""

    def __init__(self, page: Page) -> None:
        self.box = page.get_by_role("region", name="Subidas")

    def row(self, title: str) -> Locator:
        return self.box.get_by_role("listitem").filter(has_text=title)

    async def until_done(self, count: int) -> None:
        text = "1 ruta lista" if count == 1 else f"{count} rutas listas"
        await expect(self.box.get_by_role("heading")).to_contain_text(text)


class RidePage:
    """The numbers, map and profile of a ride."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.profile = page.get_by_role("application", name="Perfil de la ruta")
        self.stretch = page.get_by_role("region", name="Tramo elegido")
        self.said = page.get_by_role("region", name="Perfil").get_by_role("status")

    def number(self, name: str) -> Locator:
        """The value of a number of the whole ride."""
        term = self.page.get_by_role("button", name=f"{name}: ¿cómo se mide?")
        entry = self.page.locator("dl > div").filter(has=term)
        return entry.locator("dd > span").first

    async def choose(self, action: str, menu: str = "Más acciones") -> None:
        await press(self.page, menu)
        await self.page.get_by_role("menuitem", name=action, exact=True).click()

    async def drag(self, start: float, end: float) -> None:
        """Drag over the profile; both ends are shares of its width."""
        await self.profile.scroll_into_view_if_needed()
        box = await self.profile.bounding_box()
        assert box is not None
        middle = box["y"] + box["height"] / 2
        mouse = self.page.mouse
        await mouse.move(box["x"] + start * box["width"], middle)
        await mouse.down()
        await mouse.move(box["x"] + end * box["width"], middle, steps=8)
        await mouse.up()

    async def stretch_of_address(self) -> tuple[float, float]:
        """Both ends in kilometres, once the address names them."""
        await expect(self.page).to_have_url(re.compile(r"#km=[\d.]+-[\d.]+$"))
        start, end = self.page.url.rpartition("=")[2].split("-")
        return float(start), float(end)

    async def shows_stretch(self, numbers: dict[str, Any]) -> None:
        """`numbers` as `GET /gpx/{id}/stretch` answers."""
        decimals = 2 if numbers["distance_km"] < 10 else 1
        for name, value in {
            "Distancia": spanish(numbers["distance_km"], decimals, "km"),
            "Sube": spanish(numbers["elevation_gain"], 0, "m"),
            "Baja": spanish(numbers["elevation_loss"], 0, "m"),
            "Pendiente media": spanish(numbers["avg_gradient"], 1, "%"),
            "Máxima": spanish(numbers["max_gradient"], 1, "%"),
            "Velocidad": spanish(numbers["avg_speed_kmh"], 1, "km/h"),
            "Tiempo": duration(numbers["moving_time_minutes"]),
        }.items():
            entry = self.stretch.locator("dl > div").filter(
                has=self.page.get_by_text(name, exact=True)
            )
            await expect(entry.locator("dd")).to_have_text(value)
