"""Large answers, compressed for clients that can unpack them."""

from functools import cached_property
from typing import Any

from isal import isal_zlib
from starlette.datastructures import Headers
from starlette.middleware.gzip import (
    DEFAULT_EXCLUDED_CONTENT_TYPES,
    GZipMiddleware,
    GZipResponder,
    IdentityResponder,
)
from starlette.types import ASGIApp, Receive, Scope, Send
from typing_extensions import override

from src.http.negotiation import accepts_gzip

MIN_BYTES = 1024
PMTILES, PROTOBUF = "application/vnd.pmtiles", "application/x-protobuf"
# Packed already; and ranges of a file count its own bytes.
_LEFT_ALONE = (*DEFAULT_EXCLUDED_CONTENT_TYPES, PMTILES, PROTOBUF)
_GZIP_FORMAT = 16 + isal_zlib.MAX_WBITS


class Compression(GZipMiddleware):
    """Starlette's compression with ISA-L, which takes a quarter of zlib's time for fewer bytes."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(app, minimum_size=MIN_BYTES)

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        responds = _Responder if accepts_gzip(Headers(scope=scope)) else IdentityResponder
        responder = responds(self.app, self.minimum_size, exclude_content_types=_LEFT_ALONE)
        await responder(scope, receive, send)


class _Responder(GZipResponder):
    @cached_property
    @override
    def compressor(self) -> Any:
        return isal_zlib.compressobj(wbits=_GZIP_FORMAT)
