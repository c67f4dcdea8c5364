"""A client that watches an upload over a WebSocket."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

HELLO = {"type": "hello"}


class Watcher:
    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.told: list[dict[str, Any]] = []

    async def next(self, within_s: float = 20) -> dict[str, Any]:
        async with asyncio.timeout(within_s):
            self.told.append(json.loads(await self.socket.recv()))
        return self.told[-1]

    async def until_closed(self, within_s: float = 40) -> int:
        """Hear everything; the code with which the server closed."""
        with suppress(ConnectionClosed):
            while True:
                await self.next(within_s)
        code = self.socket.close_code
        assert code is not None
        return code


@asynccontextmanager
async def watching(
    address: str,
    gpx_file_id: object,
    first: object = HELLO,
    headers: Mapping[str, str] | None = None,
    trusted: ssl.SSLContext | None = None,
) -> AsyncIterator[Watcher]:
    """A watcher that has said `first`; nothing where that is None."""
    url = f"{address.replace('http', 'ws', 1)}/ws/gpx/{gpx_file_id}"
    async with connect(url, additional_headers=headers, ssl=trusted, proxy=None) as socket:
        if first is not None:
            # It may be closed already, by a server that does not want to hear anything.
            with suppress(ConnectionClosed):
                await socket.send(first if isinstance(first, str) else json.dumps(first))
        yield Watcher(socket)
