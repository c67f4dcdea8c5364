"""The addresses of the web app; the API's own win over them."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse

from src.config import Settings
from src.errors import AppError, ErrorCode
from src.observability.logs import get_logger
from src.web.files import WebFile, answer, read_folder, web_file
from src.web.maps import MapFiles
from src.web.page import Page
from src.web.policy import page_headers
from src.web.rides import PublicRides

log = get_logger(__name__)
_INDEX = "index.html"
_HASHED = "assets/"
# Asked for each time, and hardly ever sent: a new version is there with the next look.
_ALWAYS_ASKED = "no-cache"
# The name changes with the content.
_FOR_EVER = "public, max-age=31536000, immutable"
_FOR_AN_HOUR = "public, max-age=3600"


def web_routes(settings: Settings) -> APIRouter:
    """Routes for what lies in `WEB_PATH` now; without the app, `/` says how it is built."""
    router = APIRouter(include_in_schema=False)
    files = read_folder(settings.web_path)
    maps = MapFiles(settings)
    maps.add_to(router)
    index = files.pop(_INDEX, None)
    page = Page(index.content.decode(), maps.told()) if index else None
    headers = page_headers(settings)
    PublicRides(page, headers).add_to(router)
    if page is None:
        log.warning("web_app_missing", path=str(settings.web_path))
        router.add_api_route("/", _not_built, response_class=Response)
        return router
    _add_app(router, page, headers)
    _add_files(router, files)
    return router


def _add_app(router: APIRouter, page: Page, headers: dict[str, str]) -> None:
    plain = web_file(_INDEX, page.plain())

    async def get_app(request: Request) -> Response:
        return answer(request, plain, _ALWAYS_ASKED, headers)

    # Which pages there are below /app is the app's own business.
    for path in ("/", "/app", "/app/{path:path}"):
        router.add_api_route(path, get_app, response_class=Response)


def _add_files(router: APIRouter, files: dict[str, WebFile]) -> None:
    async def get_asset(request: Request, path: str) -> Response:
        if (file := files.get(_HASHED + path)) is None:
            raise AppError(ErrorCode.HTTP_404)
        return answer(request, file, _FOR_EVER)

    router.add_api_route("/assets/{path:path}", get_asset, response_class=Response)
    for name, file in files.items():
        if not name.startswith(_HASHED):
            router.add_api_route(f"/{name}", _giving(file), response_class=Response)


def _giving(file: WebFile) -> Callable[[Request], Awaitable[Response]]:
    async def get_file(request: Request) -> Response:
        return answer(request, file, _FOR_AN_HOUR)

    return get_file


async def _not_built() -> PlainTextResponse:
    return PlainTextResponse(
        "The web app is not built: frontend/web.sh build makes it.\n"
        "The API is here all the same; /docs shows it.\n",
        status_code=404,
    )
