"""The map's own files: tiles in one PMTiles file, read by ranges; glyphs and sprites beside it."""

import os
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse

from src.config import Settings
from src.errors import AppError, ErrorCode
from src.http.compression import PMTILES
from src.http.negotiation import is_known
from src.observability.logs import get_logger
from src.web.files import media_type_of

log = get_logger(__name__)
TILES_ADDRESS = "/map/tiles.pmtiles"
ASSETS_ADDRESS = "/map/assets"
# Looked at again each day; a reader of tiles notices by the entity tag that the file is another.
_CACHE = "public, max-age=86400"


class MapFiles:
    """What there is at the start; a file that comes later is not served."""

    def __init__(self, settings: Settings) -> None:
        self._told = {"map-style": settings.map_style_url} if settings.map_style_url else {}
        self._tiles = settings.map_tiles_path
        self._assets: dict[str, Path] = {}
        if self._tiles is not None and not self._tiles.is_file():
            log.error("map_tiles_missing", path=str(self._tiles))
            self._tiles = None
        if self._tiles is not None:
            self._told["map-tiles"] = TILES_ADDRESS
        if settings.map_assets_path is not None:
            self._assets = _files_below(settings.map_assets_path)
            if not self._assets:
                log.error("map_assets_missing", path=str(settings.map_assets_path))
            else:
                self._told["map-assets"] = ASSETS_ADDRESS

    def told(self) -> dict[str, str]:
        """The tags of the page by which the app knows of the map."""
        return self._told

    def add_to(self, router: APIRouter) -> None:
        if self._tiles is not None:
            router.add_api_route(TILES_ADDRESS, self._get_tiles, response_class=Response)
        if self._assets:
            router.add_api_route(
                ASSETS_ADDRESS + "/{path:path}", self._get_asset, response_class=Response
            )

    async def _get_tiles(self, request: Request) -> Response:
        assert self._tiles is not None
        return _from_disk(request, self._tiles, PMTILES)

    async def _get_asset(self, request: Request, path: str) -> Response:
        if (file := self._assets.get(path)) is None:
            raise AppError(ErrorCode.HTTP_404)
        return _from_disk(request, file, media_type_of(path))


def _from_disk(request: Request, path: Path, media_type: str) -> Response:
    try:
        stat = path.stat()
    except OSError as error:
        raise AppError(ErrorCode.HTTP_404) from error
    answer = FileResponse(
        path, media_type=media_type, headers={"Cache-Control": _CACHE}, stat_result=stat
    )
    if "range" not in request.headers and is_known(request, answer.headers["etag"]):
        return Response(
            status_code=304,
            headers={"ETag": answer.headers["etag"], "Cache-Control": _CACHE},
        )
    return answer


def _files_below(folder: Path) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for parent, _, names in os.walk(folder):
        for name in names:
            path = Path(parent, name)
            found[path.relative_to(folder).as_posix()] = path
    return found
