"""Progress as it happens, over a WebSocket."""

import asyncio
from contextlib import ExitStack
from functools import lru_cache
from uuid import UUID

import orjson
from fastapi import WebSocket, WebSocketDisconnect

from src.database import uninterrupted
from src.errors import AppError, ErrorCode, message, stage_message
from src.http.deps import Services
from src.http.negotiation import language_of
from src.http.patience import first_done
from src.http.routing import api_router
from src.http.sockets import (
    SEND_WITHIN_S,
    Auth,
    Close,
    SocketRefusedError,
    first_message,
    is_from_us,
    until_closed,
)
from src.models import GpxFile, User
from src.observability.logs import get_logger
from src.services.live.hub import Subscription
from src.services.live.state import UploadState
from src.services.uploads import lookup
from src.states import ProcessingStatus

log = get_logger(__name__)
router = api_router()
# A trip may become private, and a token expires, while somebody watches.
MAY_STILL_EVERY_S = 20.0
_KINDS = {
    ProcessingStatus.PROCESSING: "upload.progress",
    ProcessingStatus.COMPLETED: "upload.completed",
    ProcessingStatus.FAILED: "upload.failed",
}
_CLOSES = {
    ErrorCode.UNAUTHORIZED: Close.UNAUTHORIZED,
    ErrorCode.FORBIDDEN: Close.FORBIDDEN,
    ErrorCode.NOT_FOUND: Close.NOT_FOUND,
}


@router.websocket("/ws/gpx/{gpx_file_id}")
async def watch_upload(socket: WebSocket, gpx_file_id: str) -> None:
    """Tell where an upload is on its way, now and at every change, until it has ended."""
    services: Services = socket.app.state.services
    if not is_from_us(socket, services.settings):
        # Before it is accepted this is an answer of 403.
        await socket.close(Close.FORBIDDEN)
        return
    await socket.accept()
    try:
        with services.places.for_address(socket.client.host if socket.client else "unknown"):
            await _serve(socket, services, gpx_file_id)
        code = Close.DONE
    except SocketRefusedError as refused:
        code = refused.code
    except AppError as error:
        code = _CLOSES.get(error.code, Close.TRY_AGAIN)
    except WebSocketDisconnect:
        return
    except Exception:
        log.exception("socket_failed", path=socket.url.path)
        code = Close.TRY_AGAIN
    await _close(socket, code)


async def _serve(socket: WebSocket, services: Services, gpx_file_id: str) -> None:
    first = await first_message(socket)
    language = first.language or language_of(socket)
    token = first.token if isinstance(first, Auth) else None
    viewer = await _viewer(services, token)
    with ExitStack() as places:
        if viewer is not None:
            places.enter_context(services.places.for_user(str(viewer.user_id)))
        try:
            watched = UUID(gpx_file_id)
        except ValueError as error:
            raise AppError(ErrorCode.NOT_FOUND) from error
        with services.live.watch(watched) as subscription:
            upload = await _readable(services, watched, viewer)
            subscription.tell(UploadState.of(upload))
            await first_done(
                _tell(socket, subscription, language),
                _ask_again(services, watched, token),
                until_closed(socket),
            )


async def _viewer(services: Services, token: str | None) -> User | None:
    return None if token is None else await services.auth.user_of(token)


async def _readable(services: Services, gpx_file_id: UUID, viewer: User | None) -> GpxFile:
    async with services.db.read() as session:
        return await lookup.get_upload(session, gpx_file_id, viewer)


async def _ask_again(services: Services, gpx_file_id: UUID, token: str | None) -> None:
    """Raise `AppError` as soon as the client may not see the upload any more."""
    while True:
        await asyncio.sleep(MAY_STILL_EVERY_S)
        await uninterrupted(_still_readable(services, gpx_file_id, token))


async def _still_readable(services: Services, gpx_file_id: UUID, token: str | None) -> None:
    await _readable(services, gpx_file_id, await _viewer(services, token))


async def _tell(socket: WebSocket, subscription: Subscription, language: str) -> None:
    """Send what is new until the end.

    Raises:
        AppError: the upload was deleted.
        SocketRefusedError: the client takes nothing any more.
    """
    while True:
        state = await subscription.next()
        if state is None:
            raise AppError(ErrorCode.NOT_FOUND)
        try:
            async with asyncio.timeout(SEND_WITHIN_S):
                await socket.send_text(_event(state, language))
        except TimeoutError as error:
            raise SocketRefusedError(Close.TRY_AGAIN) from error
        if state.has_ended:
            return


async def _close(socket: WebSocket, code: Close) -> None:
    try:
        async with asyncio.timeout(SEND_WITHIN_S):
            await socket.close(code)
    except (WebSocketDisconnect, RuntimeError, TimeoutError):
        # It has gone by itself meanwhile.
        return


@lru_cache(maxsize=1024)
def _event(state: UploadState, language: str) -> str:
    """What is sent; made once for all who watch the same upload."""
    text = (
        message(state.error_code, language)
        if state.error_code is not None
        else stage_message(state.stage, language)
    )
    event = {
        "type": _KINDS[state.status],
        "gpx_file_id": str(state.gpx_file_id),
        "progress": state.progress,
        "stage": state.stage,
        "message": text,
        "attempt": state.attempt,
        "error_code": state.error_code,
    }
    return orjson.dumps(event).decode()
