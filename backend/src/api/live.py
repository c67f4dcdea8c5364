"""Progress as it happens, over a WebSocket."""

import asyncio
from functools import lru_cache
from uuid import UUID

import orjson
from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from src.errors import AppError, ErrorCode, message, stage_message
from src.http.deps import Services
from src.http.negotiation import language_of
from src.http.sockets import (
    SEND_WITHIN_S,
    Auth,
    Close,
    SocketRefusedError,
    first_message,
    is_from_us,
    until_closed,
)
from src.models import User
from src.services.live.hub import Subscription
from src.services.live.state import UploadState
from src.services.uploads import lookup
from src.states import ProcessingStatus

router = APIRouter()
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
        code = _CLOSES[error.code]
    except WebSocketDisconnect:
        return
    await _close(socket, code)


async def _serve(socket: WebSocket, services: Services, gpx_file_id: str) -> None:
    first = await first_message(socket)
    language = first.language or language_of(socket)
    if not isinstance(first, Auth):
        await _watch(socket, services, gpx_file_id, None, language)
        return
    viewer = await services.auth.user_of(first.token)
    with services.places.for_user(str(viewer.user_id)):
        await _watch(socket, services, gpx_file_id, viewer, language)


async def _watch(
    socket: WebSocket, services: Services, gpx_file_id: str, viewer: User | None, language: str
) -> None:
    try:
        watched = UUID(gpx_file_id)
    except ValueError as error:
        raise AppError(ErrorCode.NOT_FOUND) from error
    with services.live.watch(watched) as subscription:
        async with services.db.read() as session:
            upload = await lookup.get_upload(session, watched, viewer)
        subscription.tell(UploadState.of(upload))
        telling = asyncio.create_task(_tell(socket, subscription, language))
        gone = asyncio.create_task(until_closed(socket))
        try:
            await asyncio.wait({telling, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (telling, gone):
                task.cancel()
            await asyncio.gather(telling, gone, return_exceptions=True)
    if not telling.cancelled():
        telling.result()


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
