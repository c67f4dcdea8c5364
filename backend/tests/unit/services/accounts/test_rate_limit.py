from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from src.config import Settings
from src.errors import AppError, ErrorCode
from src.services.accounts.rate_limit import RateLimiter

NOON = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


def limiter(**values: Any) -> RateLimiter:
    limits = {"rate_limit_auth": "3/minute", "rate_limit_upload": "2/hour"}
    return RateLimiter(Settings(_env_file=None, **limits | values))


async def refused_auth(limiter: RateLimiter, client: str) -> AppError:
    with pytest.raises(AppError) as caught:
        await limiter.hit_auth(client)
    return caught.value


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


async def test_the_limit_is_allowed_and_one_more_is_not(clock: time_machine.Traveller) -> None:
    limits = limiter()
    for _ in range(3):
        await limits.hit_auth("10.0.0.1")
    error = await refused_auth(limits, "10.0.0.1")
    assert (error.code, error.status, error.retry_after_s) == (ErrorCode.RATE_LIMITED, 429, 60)
    assert "60 s" in error.message("es")


async def test_one_client_does_not_use_up_the_limit_of_another(
    clock: time_machine.Traveller,
) -> None:
    limits = limiter()
    for _ in range(3):
        await limits.hit_auth("10.0.0.1")
    await limits.hit_auth("10.0.0.2")


async def test_signing_in_does_not_use_up_the_uploads(clock: time_machine.Traveller) -> None:
    limits = limiter(rate_limit_auth="1/minute", rate_limit_upload="1/minute")
    await limits.hit_auth("same")
    await limits.hit_upload("same")
    await refused_auth(limits, "same")


async def test_uploads_have_a_limit_of_their_own(clock: time_machine.Traveller) -> None:
    limits = limiter()
    await limits.hit_upload("ana")
    await limits.hit_upload("ana")
    with pytest.raises(AppError) as caught:
        await limits.hit_upload("ana")
    assert caught.value.retry_after_s == 3600


async def test_the_window_moves_with_the_first_of_its_calls(clock: time_machine.Traveller) -> None:
    limits = limiter()
    await limits.hit_auth("ana")
    clock.shift(40)
    await limits.hit_auth("ana")
    await limits.hit_auth("ana")
    assert (await refused_auth(limits, "ana")).retry_after_s == 20
    clock.shift(21)
    await limits.hit_auth("ana")
    assert (await refused_auth(limits, "ana")).retry_after_s == 39


async def test_a_refused_call_does_not_prolong_the_wait(clock: time_machine.Traveller) -> None:
    limits = limiter(rate_limit_auth="1/minute")
    await limits.hit_auth("ana")
    for _ in range(5):
        clock.shift(10)
        await refused_auth(limits, "ana")
    clock.shift(11)
    await limits.hit_auth("ana")


async def test_nothing_is_counted_where_limits_are_switched_off(
    clock: time_machine.Traveller,
) -> None:
    limits = limiter(rate_limit_enabled=False, rate_limit_auth="1/hour", rate_limit_upload="1/hour")
    for _ in range(5):
        await limits.hit_auth("ana")
        await limits.hit_upload("ana")


async def test_one_who_waits_as_long_as_told_is_let_in(clock: time_machine.Traveller) -> None:
    limits = limiter(rate_limit_auth="1/minute")
    await limits.hit_auth("ana")
    clock.shift(0.7)
    clock.shift((await refused_auth(limits, "ana")).retry_after_s or 0)
    await limits.hit_auth("ana")
