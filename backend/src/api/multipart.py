"""A file out of a multipart body, streamed to storage without ever being held in memory."""

from collections.abc import AsyncIterator, Callable
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from fastapi import Request
from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

from src.errors import AppError, ErrorCode, InvalidInputError
from src.services.storage import IncomingFile

MAX_FILE_NAME = 255
_MAX_BESIDE_THE_FILE = 1024 * 1024
_parse_header: Callable[[str], tuple[str, dict[str, str]]] = parse_options_header


def file_body(field: str) -> dict[str, Any]:
    """The OpenAPI description of a multipart body with one file."""
    schema = {
        "type": "object",
        "required": [field],
        "properties": {field: {"type": "string", "format": "binary"}},
    }
    return {
        "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}
    }


async def receive_file(
    request: Request,
    target: IncomingFile,
    *,
    field: str,
    extensions: tuple[str, ...],
    limit_mb: int,
) -> str:
    """Append the file in `field` to `target` and return the client's name for it.

    Raises `VALIDATION_ERROR` without such a field, `INVALID_FILE_TYPE` for another extension and
    `FILE_TOO_LARGE` as soon as the limit is passed. A refused body is still read to a bounded
    length, because a browser shows an answer only after it could send.
    """
    chunks = request.stream()
    try:
        return await _receive(
            chunks,
            _parser(request, field),
            target,
            field=field,
            extensions=extensions,
            limit_mb=limit_mb,
        )
    except AppError:
        await _drain(chunks, at_most=2 * limit_mb * 1024 * 1024)
        raise
    except MultipartError as error:
        await _drain(chunks, at_most=2 * limit_mb * 1024 * 1024)
        raise AppError(ErrorCode.BAD_REQUEST, field=field) from error


def _parser(request: Request, field: str) -> PushMultipartParser:
    kind, options = _parse_header(request.headers.get("content-type", ""))
    if kind != "multipart/form-data" or not options.get("boundary"):
        raise InvalidInputError(field, "missing")
    return PushMultipartParser(options["boundary"], max_segment_count=32)


async def _receive(
    chunks: AsyncIterator[bytes],
    parser: PushMultipartParser,
    target: IncomingFile,
    *,
    field: str,
    extensions: tuple[str, ...],
    limit_mb: int,
) -> str:
    file_name: str | None = None
    inside = False
    received = 0
    limit = limit_mb * 1024 * 1024
    with parser:
        async for chunk in chunks:
            received += len(chunk)
            if received > limit + _MAX_BESIDE_THE_FILE:
                raise AppError(ErrorCode.FILE_TOO_LARGE, field=field, limit_mb=limit_mb)
            for event in parser.parse(chunk) if chunk else ():
                if isinstance(event, MultipartSegment):
                    inside = file_name is None and event.name == field and bool(event.filename)
                    if inside:
                        file_name = _checked_name(str(event.filename), field, extensions)
                elif event and inside:
                    if target.size + len(event) > limit:
                        raise AppError(ErrorCode.FILE_TOO_LARGE, field=field, limit_mb=limit_mb)
                    await target.append(event)
    if file_name is None:
        raise InvalidInputError(field, "missing")
    return file_name


def _checked_name(name: str, field: str, extensions: tuple[str, ...]) -> str:
    base = PureWindowsPath(PurePosixPath(name).name).name
    printable = "".join(character for character in base if character.isprintable())
    if not printable.lower().endswith(extensions):
        raise AppError(ErrorCode.INVALID_FILE_TYPE, field=field, extensions=", ".join(extensions))
    return printable[-MAX_FILE_NAME:]


async def _drain(chunks: AsyncIterator[bytes], at_most: int) -> None:
    drained = 0
    async for chunk in chunks:
        drained += len(chunk)
        if drained > at_most:
            return
