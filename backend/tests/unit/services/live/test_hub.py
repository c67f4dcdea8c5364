"""A watcher hears the newest of an upload, never an older thing, and always the end."""

import asyncio
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from asyncpg.pgproto import pgproto
from hypothesis import given
from hypothesis import strategies as st

from src.errors import ErrorCode
from src.services.live.hub import Hub
from src.services.live.state import UploadState
from src.states import ProcessingStatus, ShownStage

ONE = UUID(int=1)
BEGUN = UploadState(ONE, 1, 1, ProcessingStatus.PROCESSING, ShownStage.VALIDATING, 0)


def at(percent: int, attempt: int = 1, version: int = 1) -> UploadState:
    return replace(
        BEGUN, progress=percent, attempt=attempt, version=version, stage=ShownStage.PARSING
    )


async def heard(hub: Hub, *told: UploadState) -> UploadState | None:
    with hub.watch(ONE) as subscription:
        for state in told:
            hub.tell(state)
        async with asyncio.timeout(1):
            return await subscription.next()


@pytest.mark.parametrize(
    "newest",
    [
        at(45),
        BEGUN.ended(ProcessingStatus.COMPLETED),
        at(30).retrying(ErrorCode.OUT_OF_MEMORY),
        at(0, version=2),
    ],
)
@pytest.mark.parametrize("order", [1, -1])
async def test_whatever_comes_last_the_newest_is_told(newest: UploadState, order: int) -> None:
    assert await heard(Hub(), *[at(40), newest][::order]) == newest


async def test_a_retry_that_has_failed_is_told_after_the_retry() -> None:
    retrying = at(30).retrying(ErrorCode.OUT_OF_MEMORY)
    failed = at(60, attempt=2).ended(ProcessingStatus.FAILED, ErrorCode.OUT_OF_MEMORY)
    assert await heard(Hub(), failed, retrying, at(70)) == failed


async def test_nothing_is_told_twice() -> None:
    hub = Hub()
    with hub.watch(ONE) as subscription:
        hub.tell(at(40))
        await subscription.next()
        hub.tell(at(40))
        hub.tell(at(30))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await subscription.next()
        hub.tell(at(41))
        assert await subscription.next() == at(41)


async def test_what_was_deleted_is_gone() -> None:
    hub = Hub()
    with hub.watch(ONE) as subscription:
        hub.tell(at(40))
        hub.tell_gone(ONE)
        assert await subscription.next() is None


async def test_each_hears_of_what_it_watches_and_nothing_is_kept_for_nobody() -> None:
    hub, other = Hub(), uuid4()
    with hub.watch(ONE) as first, hub.watch(ONE) as second, hub.watch(other) as third:
        assert set(hub.watched()) == {ONE, other}
        hub.tell(at(40))
        assert [await first.next(), await second.next()] == [at(40), at(40)]
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await third.next()
    assert hub.watched() == []
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await hub.until_watched()


states = st.builds(
    UploadState,
    gpx_file_id=st.just(ONE),
    version=st.integers(1, 3),
    attempt=st.integers(1, 4),
    status=st.sampled_from(ProcessingStatus),
    stage=st.sampled_from(ShownStage),
    progress=st.integers(0, 100),
    error_code=st.none() | st.sampled_from(ErrorCode),
)


def test_an_identifier_of_the_database_travels_too() -> None:
    state = replace(BEGUN, gpx_file_id=pgproto.UUID(str(ONE)))
    assert UploadState.from_json(state.to_json()) == BEGUN


@given(states)
def test_a_state_travels_whole(state: UploadState) -> None:
    assert UploadState.from_json(state.to_json()) == state


@given(states, states)
def test_of_two_states_at_least_one_is_no_news(one: UploadState, other: UploadState) -> None:
    """Unless they are of one place, where whatever is told later counts."""
    both = one.is_news_after(other) and other.is_news_after(one)
    assert not both or one.place == other.place
