"""Who the API takes for its client: a person behind the proxy, or whoever says so."""

from contextlib import AsyncExitStack
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from src.config import Settings
from src.http.sockets import Close
from tests.support.service import api_process
from tests.support.watching import watching

PROXY = "127.0.0.1"
ANOTHER_PROXY = "192.0.2.7"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    update = {"rate_limit_enabled": True, "rate_limit_auth": "1/hour", "celery_enabled": False}
    return settings.model_copy(update=update)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


async def sign_in(client: httpx.AsyncClient, forwarded_for: str) -> int:
    """The status for a stranger at this address, as the header has it."""
    account = {"login": "nobody", "password": "no-such-password"}
    headers = {"X-Forwarded-For": forwarded_for}
    return (await client.post("/auth/login", json=account, headers=headers)).status_code


async def test_behind_the_proxy_each_client_has_a_limit_of_its_own(
    settings: Settings, tmp_path: Path
) -> None:
    with api_process(settings, tmp_path, {"FORWARDED_ALLOW_IPS": PROXY}) as api:
        async with api.client() as client:
            assert await sign_in(client, "203.0.113.1") == 401
            assert await sign_in(client, "203.0.113.2") == 401
            assert await sign_in(client, "203.0.113.1") == 429
            # The proxy appends the address it sees: what stands before it is the client's own word.
            assert await sign_in(client, "198.51.100.9, 203.0.113.1") == 429


async def test_whoever_is_not_the_proxy_cannot_choose_an_address(
    settings: Settings, tmp_path: Path
) -> None:
    with api_process(settings, tmp_path, {"FORWARDED_ALLOW_IPS": ANOTHER_PROXY}) as api:
        async with api.client() as client:
            assert await sign_in(client, "203.0.113.1") == 401
            assert await sign_in(client, "203.0.113.2") == 429


@pytest.mark.parametrize(
    ("proxy", "codes"),
    [(PROXY, [Close.NOT_FOUND] * 3), (ANOTHER_PROXY, [Close.TOO_MANY] * 3)],
    ids=["proxy", "somebody"],
)
async def test_sockets_are_counted_by_the_address_behind_the_proxy(
    settings: Settings, tmp_path: Path, proxy: str, codes: list[Close]
) -> None:
    settings = settings.model_copy(update={"live_max_sockets_per_address": 2})
    with api_process(settings, tmp_path, {"FORWARDED_ALLOW_IPS": proxy}) as api:
        async with AsyncExitStack() as open_ones:
            for _ in range(2):
                silent = watching(api.address, uuid4(), None, {"X-Forwarded-For": "203.0.113.1"})
                await open_ones.enter_async_context(silent)
            seen = []
            for last in range(2, 5):
                forwarded = {"X-Forwarded-For": f"203.0.113.{last}"}
                async with watching(api.address, uuid4(), headers=forwarded) as another:
                    seen.append(await another.until_closed())
            assert seen == codes
            again = {"X-Forwarded-For": "203.0.113.1"}
            async with watching(api.address, uuid4(), headers=again) as third:
                assert await third.until_closed() == Close.TOO_MANY
