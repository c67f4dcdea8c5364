"""What is told of uploads, from process to process over the broker's Redis."""

import asyncio
from collections.abc import AsyncGenerator
from uuid import UUID

from purgatory import AsyncCircuitBreakerFactory
from purgatory.domain.model import OpenedState
from redis.exceptions import RedisError

from src.broker.async_redis import AsyncRedis
from src.observability.logs import get_logger
from src.services.live.state import UploadState

log = get_logger(__name__)
CHANNEL = "contravento-live"
SEND_TIMEOUT_S = 1.0
# A busy event loop may let one time-out pass; a Redis that is away makes every one pass.
_FAILURES_IN_A_ROW = 3
_FLUSH_TIMEOUT_S = 0.5
BREAKER_OPEN_S = 8
# A connection that says nothing for longer is asked whether it is still there.
_PING_EVERY_S = 5.0
FAILURES = (RedisError, OSError, TimeoutError)


class Channel:
    """Sends and hears states; nothing that happens to Redis reaches whoever tells."""

    def __init__(self, redis: AsyncRedis) -> None:
        self._redis = redis
        self._waiting: dict[UUID, UploadState] = {}
        self._sending: asyncio.Task[None] | None = None
        self._breakers = AsyncCircuitBreakerFactory(
            default_threshold=_FAILURES_IN_A_ROW, default_ttl=BREAKER_OPEN_S
        )

    def tell(self, state: UploadState) -> None:
        """Have it sent soon; of one upload only the newest state waits."""
        if not state.is_news_after(self._waiting.get(state.gpx_file_id)):
            return
        self._waiting[state.gpx_file_id] = state
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._send())

    async def flush(self) -> None:
        """Wait until all is sent or given up, for a loop that stops when its work is done."""
        if self._sending is not None:
            await asyncio.wait({self._sending}, timeout=_FLUSH_TIMEOUT_S)

    async def heard(self) -> AsyncGenerator[UploadState | None]:
        """What others tell from now on; None as soon as it is connected, and where all is quiet.

        Raises one of `FAILURES` when the connection is lost.
        """
        async with self._redis.client.pubsub() as listener:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                await listener.subscribe(CHANNEL)
            yield None
            is_asked = False
            while True:
                message = await listener.get_message(timeout=_PING_EVERY_S)
                if message is None and is_asked:
                    raise TimeoutError("the connection has fallen silent")
                is_asked = message is None
                if message is None:
                    yield None
                    async with asyncio.timeout(SEND_TIMEOUT_S):
                        await listener.ping()
                elif message["type"] == "message" and (state := _state_in(message["data"])):
                    yield state

    async def close(self) -> None:
        if self._sending is not None:
            self._sending.cancel()
            await asyncio.wait({self._sending})
        await self._redis.close()

    async def _send(self) -> None:
        while self._waiting:
            state = self._waiting.pop(next(iter(self._waiting)))
            try:
                async with (
                    await self._breakers.get_breaker(CHANNEL),
                    asyncio.timeout(SEND_TIMEOUT_S),
                ):
                    await self._redis.client.publish(CHANNEL, state.to_json())
            except OpenedState:
                self._waiting.clear()
            except FAILURES as error:
                log.warning("progress_not_told", reason=type(error).__name__)
                self._waiting.clear()


def _state_in(text: bytes) -> UploadState | None:
    try:
        return UploadState.from_json(text)
    except (ValueError, KeyError, TypeError):
        # Of another version, while a new one is being rolled out; the row has it, too.
        return None
