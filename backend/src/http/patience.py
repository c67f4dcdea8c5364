"""Work for a client that may go away before it is done."""

import asyncio
from collections.abc import Coroutine
from typing import Any, NoReturn, TypeVar

from fastapi import Request
from starlette.requests import ClientDisconnect

T = TypeVar("T")


async def unless_gone(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """What `work` returns; it is cancelled as soon as the client has gone.

    To be called when the request's body has been read.

    Raises:
        ClientDisconnect: nobody waits for the answer any more.
    """
    return await first_done(work, _gone(request))


async def first_done(*works: Coroutine[Any, Any, T]) -> T:
    """What the first of them returns or raises that is done; the others are ended with it.

    Of several that are done, the first in their order counts. They are cancelled, and waited for:
    what asks the database does it `uninterrupted`.
    """
    tasks = [asyncio.create_task(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return next(task for task in tasks if task in done).result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _gone(request: Request) -> NoReturn:
    while (await request.receive())["type"] != "http.disconnect":
        pass
    raise ClientDisconnect
