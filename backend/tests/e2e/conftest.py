"""One service and one browser for all tests that look at the web app."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser

from src.config import Settings
from tests.support.browser import chromium
from tests.support.cyclist import Cyclist
from tests.support.service import dev_service


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Two browsers that draw maps without a graphics card leave two cores nothing.
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Those of a service that serves the built app."""
    return settings.model_copy(update={"web_path": Settings.model_fields["web_path"].default})


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the service is that a newcomer runs; tests share it, each with riders of its own."""
    data: Path = tmp_path_factory.mktemp("web-app") / "data"
    # One browser after another registers from this machine.
    with dev_service(data, {"RATE_LIMIT_ENABLED": "false"}) as (address, _):
        yield address


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="session")
async def api(address: str) -> AsyncIterator[httpx.AsyncClient]:
    """The service's API, to prepare what a browser then looks at."""
    async with httpx.AsyncClient(base_url=address, timeout=30, trust_env=False) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def rider(api: httpx.AsyncClient) -> Cyclist:
    """A rider whom no other test knows."""
    # Of letters: pages are compared without their numbers.
    letters = uuid4().hex.translate(str.maketrans("0123456789", "ghijklmnop"))
    return await Cyclist.join(api, f"rider_{letters[:8]}")
