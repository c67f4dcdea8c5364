"""The broker's Redis for asynchronous code, where a caller's own time-out ends what takes long."""

from typing import Protocol, Self

from pydantic import SecretStr
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel
from redis.backoff import NoBackoff

from src.broker.redis_address import is_sentinel, parse_sentinel

_SENTINEL_OPTIONS = {"socket_timeout": 0.1, "socket_connect_timeout": 0.1}


class RedisSettings(Protocol):
    """Where the broker is, and how Sentinels that know it are asked."""

    @property
    def broker_url(self) -> str: ...
    @property
    def redis_sentinel_master(self) -> str: ...
    @property
    def redis_sentinel_password(self) -> SecretStr: ...


class AsyncRedis:
    """A client that connects when it is first used; nothing is tried twice."""

    def __init__(self, url: str, sentinel_master: str, sentinel_password: str | None) -> None:
        # The caller's time-out ends what takes too long; to try again would only use it up.
        once = Retry(NoBackoff(), 0)
        self._sentinels: Sentinel | None = None
        if not is_sentinel(url):
            self.client: Redis = Redis.from_url(url, retry=once)
            return
        master = parse_sentinel(url)
        self._sentinels = Sentinel(  # type: ignore[no-untyped-call]
            master.nodes, sentinel_kwargs={"password": sentinel_password, **_SENTINEL_OPTIONS}
        )
        self.client = self._sentinels.master_for(
            sentinel_master,
            username=master.username,
            password=master.password,
            db=master.database,
            retry=once,
        )

    @classmethod
    def of(cls, settings: RedisSettings) -> Self:
        password = settings.redis_sentinel_password.get_secret_value() or None
        return cls(settings.broker_url, settings.redis_sentinel_master, password)

    async def close(self) -> None:
        await self.client.aclose()
        if self._sentinels is not None:
            await self._sentinels.aclose()
