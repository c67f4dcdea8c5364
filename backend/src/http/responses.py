"""The envelope of every answer, and how errors become one."""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Generic, Literal, TypeVar
from uuid import UUID

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from src.errors import (
    CATALOGUE,
    DEFAULT_LANGUAGE,
    AppError,
    ErrorCode,
    FileReason,
    InvalidInputError,
    UnreadableFileError,
    message,
)
from src.http.methods import allowed_methods
from src.http.negotiation import language_of
from src.observability.logs import get_logger
from src.schemas.gpx import TableOut
from src.schemas.presence import ALWAYS_THERE
from src.services.storage import FileMissingError, StorageUnavailableError
from src.services.uploads.failures import error_code_of

log = get_logger(__name__)
T = TypeVar("T")
JSON = "application/json"
REPLAYED = {"Idempotency-Replayed": "true"}

_HTTP_CODES = {
    401: ErrorCode.UNAUTHORIZED,
    403: ErrorCode.FORBIDDEN,
    404: ErrorCode.HTTP_404,
    405: ErrorCode.HTTP_405,
}


_TYPICAL_CODES = {
    400: ErrorCode.VALIDATION_ERROR,
    401: ErrorCode.UNAUTHORIZED,
    403: ErrorCode.FORBIDDEN,
    404: ErrorCode.NOT_FOUND,
    409: ErrorCode.IDEMPOTENCY_KEY_REUSED,
    413: ErrorCode.FILE_TOO_LARGE,
    429: ErrorCode.RATE_LIMITED,
    503: ErrorCode.STORAGE_UNAVAILABLE,
}
_EXAMPLE_PARAMETERS = {"limit_mb": 50, "seconds": 30}


class Envelope(BaseModel, Generic[T]):
    """A successful answer."""

    model_config = ALWAYS_THERE

    success: Literal[True] = True
    data: T
    error: None = None


class ErrorDetail(BaseModel):
    """`reason` and the rest are there where a file was refused for what is in it.

    `details` tell what the reason is about: `missing` keys of a mapping; `key`, `header` and `why`
    or `example`; `rows` with `line` and `why`; a `count`. `csv` is what a table looks like, where
    nothing but its columns may be in the way.
    """

    code: ErrorCode
    message: str
    field: str | None
    reason: FileReason | None = None
    line: int | None = None
    details: dict[str, Any] | None = None
    csv: TableOut | None = None


class ErrorEnvelope(BaseModel):
    """An answer that tells what went wrong."""

    model_config = ALWAYS_THERE

    success: Literal[False] = False
    data: None = None
    error: ErrorDetail


class JsonResponse(Response):
    """Any JSON-ready value, serialised without another round of validation."""

    media_type = JSON

    def render(self, content: Any) -> bytes:
        return orjson.dumps(content, default=_plain, option=orjson.OPT_UTC_Z)


def ok_json(data: Any, headers: Mapping[str, str] | None = None) -> JsonResponse:
    """As `ok`, of data that are JSON-ready and too long to be made of models."""
    return JsonResponse({"success": True, "data": data, "error": None}, headers=headers)


def replayed(answer: dict[str, Any], status: int) -> JsonResponse:
    """An answer that the same request was given before."""
    return JsonResponse(answer, status_code=status, headers=REPLAYED)


def ok(data: T) -> Envelope[T]:
    return Envelope(data=data)


def errors(*causes: int | ErrorCode) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that can answer with these errors.

    A status is shown with the code that is typical of it, where none is named.
    """
    documented: dict[int | str, dict[str, Any]] = {
        "default": {"model": ErrorEnvelope, "description": "Any other error"}
    }
    for cause in causes:
        code = cause if isinstance(cause, ErrorCode) else _TYPICAL_CODES[cause]
        status = CATALOGUE[code].status if isinstance(cause, ErrorCode) else cause
        documented[status] = {
            "model": ErrorEnvelope,
            "content": {JSON: {"example": _example(code)}},
        }
    return documented


def error_response(
    request: Request, error: AppError, headers: Mapping[str, str] | None = None
) -> Response:
    headers = dict(headers or {})
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if error.retry_after_s is not None:
        headers["Retry-After"] = str(math.ceil(error.retry_after_s))
    detail: dict[str, Any] = {
        "code": error.code,
        "message": error.message(language_of(request)),
        "field": error.field,
    }
    if isinstance(error, UnreadableFileError):
        detail |= {"reason": error.reason, "line": error.line, "details": error.details}
        if error.table is not None:
            detail["csv"] = TableOut.of(error.table).model_dump()
    envelope = {"success": False, "data": None, "error": detail}
    return JsonResponse(envelope, status_code=error.status, headers=headers)


@contextmanager
def missing_is_not_found() -> Iterator[None]:
    """Of a stored file: the original is gone, or its upload was deleted meanwhile."""
    try:
        yield
    except FileMissingError as error:
        raise AppError(ErrorCode.NOT_FOUND) from error


def install_error_handlers(app: FastAPI) -> None:
    @app.exception_handler(AppError)
    async def _app_error(request: Request, error: AppError) -> Response:
        return error_response(request, error)

    @app.exception_handler(StorageUnavailableError)
    async def _storage_error(request: Request, error: StorageUnavailableError) -> Response:
        log.error("storage_unavailable", path=request.url.path, exc_info=error)
        return error_response(request, AppError(ErrorCode.STORAGE_UNAVAILABLE))

    @app.exception_handler(RequestValidationError)
    async def _validation_error(request: Request, error: RequestValidationError) -> Response:
        return error_response(request, _first_fault(error))

    @app.exception_handler(HTTPException)
    async def _http_error(request: Request, error: HTTPException) -> Response:
        code = _HTTP_CODES.get(error.status_code, ErrorCode.BAD_REQUEST)
        headers = dict(error.headers or {})
        if code is ErrorCode.HTTP_405:
            headers["Allow"] = allowed_methods(request)
        return error_response(request, AppError(code, status=error.status_code), headers)


class InternalErrors:
    """Answers and logs what nobody foresaw, inside the CORS headers.

    It is a `DATABASE_UNAVAILABLE` or an `INTERNAL_ERROR`.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except ClientDisconnect:
            log.info("client_went_away", method=scope["method"], path=scope["path"])
        except Exception as error:
            log.exception("request_failed", method=scope["method"], path=scope["path"])
            if started:
                raise
            is_database = error_code_of(error) is ErrorCode.DATABASE_UNAVAILABLE
            code = ErrorCode.DATABASE_UNAVAILABLE if is_database else ErrorCode.INTERNAL_ERROR
            response = error_response(Request(scope), AppError(code))
            await response(scope, receive, send)


def _plain(value: object) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump()
    if isinstance(value, UUID):  # PostgreSQL's driver has a subclass of its own.
        return str(value)
    raise TypeError(f"{type(value).__name__} is no JSON value")


def _example(code: ErrorCode) -> dict[str, Any]:
    detail = ErrorDetail(
        code=code, message=message(code, DEFAULT_LANGUAGE, **_EXAMPLE_PARAMETERS), field=None
    )
    return ErrorEnvelope(error=detail).model_dump(exclude={"error": {"reason", "line"}})


def _first_fault(error: RequestValidationError) -> InvalidInputError:
    fault = error.errors()[0]
    context: dict[str, Any] = dict(fault.get("ctx", {}))
    named = [part for part in fault["loc"][1:] if isinstance(part, str)]
    if "expected" in context:
        context["expected"] = str(context["expected"]).replace(" or ", ", ")
    field = context.pop("field", named[-1] if named else None)
    return InvalidInputError(field, fault["type"], **context)
