"""A real browser: Debian's Chromium, driven by Playwright, that notices what a person would not."""

import base64
import json
import os
import re
import shutil
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    async_playwright,
    expect,
)

from src.config import PROJECT_ROOT
from tests.support.cyclist import Cyclist

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
# Where a browser has to be, its tests fail without one.
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("REQUIRE_BROWSER"), reason="there is no Chromium here"
)
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
_PATIENCE_MS = 60_000
# What the graphics of a machine without a graphics card say of themselves.
_OF_THE_MACHINE = ("GL Driver Message", "GPU stall due to ReadPixels")
# What Chromium says of requests and sockets whose connection was cut.
_LOST = re.compile(r"net::ERR_|^WebSocket connection to ")
_REFUSED = re.compile(r"Failed to load resource: .* status of (\d{3}) ")

expect.set_options(timeout=_PATIENCE_MS)


@asynccontextmanager
async def chromium(*more_arguments: str) -> AsyncIterator[Browser]:
    assert CHROMIUM is not None, "there is no Chromium here, and REQUIRE_BROWSER asks for one"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*_ARGUMENTS, *more_arguments]
        )
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
        self._failures: Counter[tuple[str, str]] = Counter()
        self._expected: Counter[tuple[str, str]] = Counter()
        self._may_be_offline = False
        page.set_default_timeout(_PATIENCE_MS)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        # Begun with the first who listens, and not always before the click that follows.
        page.on("filechooser", lambda _: None)
        context.on("request", self._note)

    async def go(self, path: str) -> None:
        await self.page.goto(f"{self.address}{path}")

    def expects(self, status: int, path: str, times: int = 1) -> None:
        """The test provokes that the service refuses this, and so often; Chromium logs each."""
        self._expected[str(status), path] += times

    def expects_to_be_offline(self) -> None:
        """The test cuts the connection; whatever is on its way then is lost."""
        self._may_be_offline = True

    def ensure_content(self) -> None:
        """Raise if the console said anything, or a third party was asked for anything."""
        assert self.complaints == [], self.complaints
        assert self._failures == self._expected, dict(self._failures)
        assert self.strange_hosts == set(), self.strange_hosts

    async def accessible(self) -> None:
        """Raise if axe finds anything on the page as it is."""
        # Evaluated by the driver, which the page's policy does not bind.
        if not await self.page.evaluate("'axe' in globalThis"):
            await self.page.evaluate(_axe())
        found: dict[str, Any] = await self.page.evaluate(
            # Nor what was read out already and is kept for a moment (by react-aria).
            """axe.run({ exclude: ["[data-live-announcer]"] }, {
                runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
                resultTypes: ["violations"],
            })"""
        )
        violations = [
            (violation["id"], [node["html"][:200] for node in violation["nodes"]])
            for violation in found["violations"]
        ]
        assert violations == [], f"{self.page.url}: {violations}"

    async def fits(self, width: int) -> None:
        """Raise if the page has to be scrolled sideways in a window of this width, in pixels."""
        size = self.page.viewport_size
        assert size is not None
        await self.page.set_viewport_size({"width": width, "height": 844})
        # What stands out, rather than by how much; charts follow the window a moment later.
        deadline = time.monotonic() + 5
        while standing_out := await self.page.evaluate(_STANDING_OUT):
            assert time.monotonic() < deadline, f"{self.page.url} at {width}: {standing_out}"
            await self.page.wait_for_timeout(50)
        await self.page.set_viewport_size(size)

    async def paints(self, box: Locator, token: str, share: float) -> None:
        """Wait until so much of what lies in the box has this colour of the theme."""
        colour = await self.page.evaluate(_COLOUR, token)
        deadline = time.monotonic() + _PATIENCE_MS / 1000
        seen = 0.0
        while seen < share:
            assert time.monotonic() < deadline, f"only {seen:.2%} is of {token}, {colour}"
            shot = base64.b64encode(await box.screenshot()).decode()
            seen = await self.page.evaluate(_SHARE_OF, [shot, colour])

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"}:
            return
        if any(known in message.text for known in _OF_THE_MACHINE):
            return
        if found := _REFUSED.match(message.text):
            self._failures[found[1], urlsplit(message.location["url"]).path] += 1
        elif not (self._may_be_offline and _LOST.search(message.text)):
            self.complaints.append(message.text)

    def _note(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc not in self.address:
            self.strange_hosts.add(parts.netloc)


_STANDING_OUT = """() => {
    const { scrollWidth } = document.documentElement;
    if (scrollWidth <= innerWidth) return null;
    const wide = [...document.body.querySelectorAll("*")].filter(
        (element) => element.getBoundingClientRect().right > innerWidth + 1);
    const names = wide.slice(0, 5).map((element) => element.outerHTML.slice(0, 120));
    return [`${scrollWidth} px`, ...names];
}"""


_COLOUR = """(token) => {
    const probe = document.createElement("i");
    probe.style.color = `var(--${token})`;
    document.body.append(probe);
    const colour = getComputedStyle(probe).color.match(/\\d+/g).map(Number);
    probe.remove();
    return colour;
}"""

_SHARE_OF = """async ([shot, colour]) => {
    const bytes = Uint8Array.from(atob(shot), (letter) => letter.charCodeAt(0));
    const picture = await createImageBitmap(new Blob([bytes]));
    const canvas = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
    canvas.drawImage(picture, 0, 0);
    const { data } = canvas.getImageData(0, 0, picture.width, picture.height);
    let count = 0;
    for (let at = 0; at < data.length; at += 4) {
        if (colour.every((value, channel) => Math.abs(value - data[at + channel]) <= 3)) count += 1;
    }
    return count / (data.length / 4);
}"""


@cache
def _axe() -> str:
    return AXE.read_text()


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
        someone.ensure_content()
    finally:
        await context.close()


def signed_in(
    browser: Browser, address: str, cyclist: Cyclist, **options: Any
) -> AbstractAsyncContextManager[Visitor]:
    """A visitor whose browser has kept the session of a cyclist."""
    tokens = cyclist.tokens
    session = {
        "accessToken": tokens["access_token"],
        "refreshToken": tokens["refresh_token"],
        "expiresAt": (time.time() + tokens["expires_in"]) * 1000,
        "user": tokens["user"],
    }
    kept = [{"name": "contravento.session", "value": json.dumps(session)}]
    state = {"cookies": [], "origins": [{"origin": address, "localStorage": kept}]}
    return visitor(browser, address, storage_state=state, **options)


async def picture(page: Page, path: Path) -> None:
    """A screenshot of the whole page, for people."""
    await page.screenshot(path=path, full_page=True)
