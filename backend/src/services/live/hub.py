"""Who watches which upload in this process."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from src.services.live.state import UploadState


class Subscription:
    """What one watcher has not heard yet: never more than the newest, so a slow one costs nothing.

    The end stays, whatever comes after it, because nothing of that version does.
    """

    def __init__(self) -> None:
        self._newest: UploadState | None = None
        self._is_gone = False
        self._has_news = asyncio.Event()

    def tell(self, state: UploadState) -> None:
        if state.is_news_after(self._newest):
            self._newest = state
            self._has_news.set()

    def tell_gone(self) -> None:
        self._is_gone = True
        self._has_news.set()

    async def next(self) -> UploadState | None:
        """The newest state, once there is one that was not given before; None when it is gone."""
        await self._has_news.wait()
        self._has_news.clear()
        return None if self._is_gone else self._newest


class Hub:
    """Passes on what is told of an upload to those who watch it."""

    def __init__(self) -> None:
        self._subscriptions: defaultdict[UUID, set[Subscription]] = defaultdict(set)
        self._is_watched = asyncio.Event()

    @contextmanager
    def watch(self, gpx_file_id: UUID) -> Iterator[Subscription]:
        subscription = Subscription()
        self._subscriptions[gpx_file_id].add(subscription)
        self._is_watched.set()
        try:
            yield subscription
        finally:
            watchers = self._subscriptions[gpx_file_id]
            watchers.discard(subscription)
            if not watchers:
                del self._subscriptions[gpx_file_id]
            if not self._subscriptions:
                self._is_watched.clear()

    def tell(self, state: UploadState) -> None:
        for subscription in self._subscriptions.get(state.gpx_file_id, ()):
            subscription.tell(state)

    def tell_gone(self, gpx_file_id: UUID) -> None:
        for subscription in self._subscriptions.get(gpx_file_id, ()):
            subscription.tell_gone()

    def watched(self) -> list[UUID]:
        return list(self._subscriptions)

    async def until_watched(self) -> None:
        """Wait until somebody watches anything."""
        await self._is_watched.wait()
