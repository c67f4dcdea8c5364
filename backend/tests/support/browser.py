"""A real browser: Debian's Chromium, driven by Playwright, that notices what a person would not."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    async_playwright,
    expect,
)

from src.config import PROJECT_ROOT

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")
AXE = PROJECT_ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
_ARGUMENTS = [
    # Tests may run as root, as they do in containers.
    "--no-sandbox",
    "--enable-unsafe-swiftshader",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
# The suite may share its cores with anything.
_PATIENCE_MS = 30_000
# What the graphics of a machine without a graphics card say of themselves.
_OF_THE_MACHINE = ("GL Driver Message", "GPU stall due to ReadPixels")

expect.set_options(timeout=_PATIENCE_MS)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=_ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()


class Visitor:
    """Somebody with a browser of their own; `complaints` is what its console said."""

    def __init__(self, context: BrowserContext, page: Page, address: str) -> None:
        self.context = context
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        self.strange_hosts: set[str] = set()
        page.set_default_timeout(_PATIENCE_MS)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        context.on("request", self._note)

    async def go(self, path: str) -> None:
        await self.page.goto(f"{self.address}{path}")

    async def accessible(self) -> None:
        """Raise if axe finds anything on the page as it is."""
        # Evaluated by the driver, which the page's policy does not bind.
        await self.page.evaluate(AXE.read_text())
        found: dict[str, Any] = await self.page.evaluate(
            """axe.run(document, {
                runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
            })"""
        )
        violations = [
            (violation["id"], [node["html"][:200] for node in violation["nodes"]])
            for violation in found["violations"]
        ]
        assert violations == []

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not any(
            known in message.text for known in _OF_THE_MACHINE
        ):
            self.complaints.append(message.text)

    def _note(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc not in self.address:
            self.strange_hosts.add(parts.netloc)


@asynccontextmanager
async def visitor(browser: Browser, address: str, **options: Any) -> AsyncIterator[Visitor]:
    """A visitor of the service, of whom nobody else may hear; the console must stay silent.

    `options` are those of a browser's context, such as `viewport` or `color_scheme`.
    """
    options = {"viewport": DESK, "locale": "es-ES", "reduced_motion": "reduce", **options}
    context = await browser.new_context(**options)
    try:
        someone = Visitor(context, await context.new_page(), address)
        yield someone
        assert someone.complaints == []
        assert someone.strange_hosts == set()
    finally:
        await context.close()


async def picture(page: Page, path: Path) -> None:
    """A screenshot of the whole page, for people."""
    await page.screenshot(path=path, full_page=True)
