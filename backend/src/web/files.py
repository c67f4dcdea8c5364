"""The files of the built app: read once at the start, and served from memory.

A request names a file; no part of it is ever joined to a folder.
"""

import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fastapi import Request, Response

from src.http.compression import PROTOBUF
from src.http.negotiation import best_coding, is_known

# The build writes them beside each text, compressed as far as it goes; the smaller kind first.
_CODINGS = {"br": ".br", "gzip": ".gz"}
# A slim image knows few types, and another machine may know others.
_TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".ico": "image/vnd.microsoft.icon",
    ".js": "text/javascript",
    ".json": "application/json",
    ".mjs": "text/javascript",
    ".pbf": PROTOBUF,
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}


@dataclass(frozen=True, slots=True)
class WebFile:
    """A file as it is sent; `codings` has the compressed forms that lay beside it."""

    content: bytes
    codings: Mapping[str, bytes]
    media_type: str
    etag: str


def read_folder(folder: Path) -> dict[str, WebFile]:
    """The files below a folder by their path in it, with `/`; hidden ones stay out."""
    paths = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*"))}
    files = {
        name: path
        for name, path in paths.items()
        if path.is_file() and not any(part.startswith(".") for part in name.split("/"))
    }
    beside = {name + suffix for name in files for suffix in _CODINGS.values()}
    return {
        name: web_file(
            name,
            path.read_bytes(),
            {
                coding: files[name + suffix].read_bytes()
                for coding, suffix in _CODINGS.items()
                if name + suffix in files
            },
        )
        for name, path in files.items()
        if name not in beside
    }


def web_file(name: str, content: bytes, codings: Mapping[str, bytes] | None = None) -> WebFile:
    """`name` tells the type."""
    # Weak, as it is the same for every coding.
    etag = f'W/"{hashlib.sha256(content).hexdigest()[:32]}"'
    return WebFile(content, codings or {}, media_type_of(name), etag)


def media_type_of(name: str) -> str:
    suffix = Path(name).suffix.lower()
    return _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"


def answer(
    request: Request,
    file: WebFile,
    cache_control: str,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The file in the coding that the client likes best, or 304."""
    headers = {**(headers or {}), "ETag": file.etag, "Cache-Control": cache_control}
    if file.codings:
        headers["Vary"] = "Accept-Encoding"
    if is_known(request, file.etag):
        return Response(status_code=304, headers=headers)
    coding = best_coding(request.headers, file.codings)
    if coding is None:
        return Response(file.content, media_type=file.media_type, headers=headers)
    headers["Content-Encoding"] = coding
    return Response(file.codings[coding], media_type=file.media_type, headers=headers)
