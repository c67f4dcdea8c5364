"""A form with one file, the file streamed to storage without ever being held in memory."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from fastapi import Request
from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

from src.config import MEBIBYTE
from src.errors import AppError, ErrorCode, InvalidInputError
from src.services.storage import IncomingFile
from src.services.uploads.file_names import extension_of

MAX_FILE_NAME = 255
FORM = "multipart/form-data"
_MAX_BESIDE_THE_FILE = MEBIBYTE
_parse_header: Callable[[str], tuple[str, dict[str, str]]] = parse_options_header


@dataclass(frozen=True, slots=True)
class FileField:
    """Which field holds the file, and what it may be; `too_large_status` is HTTP's."""

    name: str
    extensions: tuple[str, ...]
    limit_mb: int
    too_large_status: int = 400

    def too_large(self) -> AppError:
        return AppError(
            ErrorCode.FILE_TOO_LARGE,
            field=self.name,
            status=self.too_large_status,
            limit_mb=self.limit_mb,
        )


@dataclass(slots=True)
class ReceivedForm:
    """The client's name of the file, and the other fields as text."""

    file_name: str
    fields: dict[str, str] = field(default_factory=dict)


def form_body(file: str, **texts: bool) -> dict[str, Any]:
    """The OpenAPI description of a form; `texts` are its other fields, true where required.

    It also tells `BodyLimit` that the route's body is bounded where the form is read.
    """
    properties: dict[str, Any] = {file: {"type": "string", "format": "binary"}}
    properties |= {name: {"type": "string"} for name in texts}
    required = [file, *(name for name, is_required in texts.items() if is_required)]
    schema = {"type": "object", "required": required, "properties": properties}
    return {"requestBody": {"required": True, "content": {FORM: {"schema": schema}}}}


async def receive_form(request: Request, target: IncomingFile, file: FileField) -> ReceivedForm:
    """Append the file to `target` and return the rest of the form.

    Raises `VALIDATION_ERROR` without the file, `INVALID_FILE_TYPE` for another extension and
    `FILE_TOO_LARGE` as soon as the limit is passed. A refused body is still read to a bounded
    length, because a browser shows an answer only after it could send.
    """
    chunks = request.stream()
    try:
        return await _receive(chunks, _parser(request, file), target, file)
    except AppError:
        await _drain(chunks, at_most=2 * file.limit_mb * MEBIBYTE)
        raise
    except (MultipartError, UnicodeDecodeError) as error:
        await _drain(chunks, at_most=2 * file.limit_mb * MEBIBYTE)
        raise AppError(ErrorCode.BAD_REQUEST, field=file.name) from error


def _parser(request: Request, file: FileField) -> PushMultipartParser:
    kind, options = _parse_header(request.headers.get("content-type", ""))
    if kind != FORM or not options.get("boundary"):
        raise InvalidInputError(file.name, "missing")
    return PushMultipartParser(options["boundary"], max_segment_count=32)


async def _receive(
    chunks: AsyncIterator[bytes],
    parser: PushMultipartParser,
    target: IncomingFile,
    file: FileField,
) -> ReceivedForm:
    sorter = _Sorter(target, file)
    received = 0
    with parser:
        async for chunk in chunks:
            received += len(chunk)
            if received > file.limit_mb * MEBIBYTE + _MAX_BESIDE_THE_FILE:
                raise file.too_large()
            for event in parser.parse(chunk) if chunk else ():
                await sorter.take(event)
    if sorter.file_name is None:
        raise InvalidInputError(file.name, "missing")
    texts = {name: text.decode() for name, text in sorter.texts.items()}
    return ReceivedForm(sorter.file_name, texts)


class _Sorter:
    """Sends each piece of the form to where it belongs: the file, a text, or nowhere."""

    def __init__(self, target: IncomingFile, file: FileField) -> None:
        self.file_name: str | None = None
        self.texts: dict[str, bytearray] = {}
        self._target = target
        self._file = file
        self._append: Callable[[bytes], Awaitable[None]] = self._drop

    async def take(self, event: MultipartSegment | bytes | bytearray | None) -> None:
        if isinstance(event, MultipartSegment):
            self._append = self._begin(event)
        elif event is not None:
            await self._append(bytes(event))

    def _begin(self, segment: MultipartSegment) -> Callable[[bytes], Awaitable[None]]:
        if segment.filename:
            if segment.name != self._file.name or self.file_name is not None:
                return self._drop
            self.file_name = _checked_name(segment.filename, self._file)
            return self._append_to_file
        return partial(self._append_to_text, self.texts.setdefault(segment.name or "", bytearray()))

    async def _append_to_file(self, data: bytes) -> None:
        if self._target.size + len(data) > self._file.limit_mb * MEBIBYTE:
            raise self._file.too_large()
        await self._target.append(data)

    async def _append_to_text(self, text: bytearray, data: bytes) -> None:
        text += data
        if sum(map(len, self.texts.values())) > _MAX_BESIDE_THE_FILE:
            raise self._file.too_large()

    async def _drop(self, data: bytes) -> None:
        """A second file, or one that nobody asked for."""


def _checked_name(name: str, file: FileField) -> str:
    base = PureWindowsPath(PurePosixPath(name).name).name
    printable = "".join(character for character in base if character.isprintable())
    if extension_of(printable, file.extensions) is None:
        raise AppError(
            ErrorCode.INVALID_FILE_TYPE, field=file.name, extensions=", ".join(file.extensions)
        )
    return printable[-MAX_FILE_NAME:]


async def _drain(chunks: AsyncIterator[bytes], at_most: int) -> None:
    drained = 0
    async for chunk in chunks:
        drained += len(chunk)
        if drained > at_most:
            return
