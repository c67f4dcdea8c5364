"""The web app as browsers get it: its files, its page and the map's files."""

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from src.config import Settings
from src.main import create_app
from tests.support.cyclist import error_of
from tests.support.web_app import BROTLI, GZIP, SCRIPT, built_app

ASSET = "/assets/index-abc.js"
TILES = bytes(range(256)) * 20
Opened = Callable[..., httpx.AsyncClient]
# As a browser asks for a page.
PAGE = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """A client of an application with the given settings, and an app that is built."""

    def client(**settings: Any) -> httpx.AsyncClient:
        chosen = {
            "storage_path": tmp_path / "storage",
            "database_url": f"sqlite:///{tmp_path / 'empty.db'}",
            "web_path": built_app(tmp_path / "dist"),
            **settings,
        }
        app = create_app(Settings(_env_file=None, **chosen))
        transport = httpx.ASGITransport(app)
        return httpx.AsyncClient(
            transport=transport, base_url="http://rides", headers={"Accept-Encoding": "identity"}
        )

    return client


@pytest.fixture
def browser(opened: Opened) -> httpx.AsyncClient:
    return opened()


@pytest.mark.parametrize("path", ["/", "/app", "/app/", "/app/rides/1/edit", "/app/no%20such.js"])
async def test_every_page_of_the_app_is_the_same_file(
    browser: httpx.AsyncClient, path: str
) -> None:
    answer = await browser.get(path, headers=PAGE)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "<title>ContraVento</title>" in answer.text
    assert answer.text.count("<title>") == answer.text.count('name="description"') == 1
    assert '<script type="module" crossorigin src="/assets/index-abc.js">' in answer.text


async def test_a_page_says_what_it_may_do(browser: httpx.AsyncClient) -> None:
    headers = (await browser.get("/app/rides")).headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


@pytest.mark.parametrize("path", ["/", ASSET, "/health", "/nowhere", "/trips/7", "/docs"])
async def test_every_answer_is_safe_from_guesses(browser: httpx.AsyncClient, path: str) -> None:
    headers = (await browser.get(path)).headers
    assert headers.get_list("X-Content-Type-Options") == ["nosniff"]
    assert headers.get_list("Referrer-Policy") == ["strict-origin-when-cross-origin"]


async def test_the_documentation_of_the_api_keeps_its_scripts(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/docs", headers=PAGE)
    assert "swagger-ui" in answer.text
    assert "Content-Security-Policy" not in answer.headers


@pytest.mark.parametrize(
    ("accepted", "coding", "sent"),
    [
        ("gzip, deflate, br, zstd", "br", BROTLI),
        ("gzip", "gzip", GZIP),
        ("br;q=0.5, gzip", "gzip", GZIP),
        ("br;q=0, *", "gzip", GZIP),
        ("identity", None, SCRIPT),
        ("br;q=0, gzip;q=0", None, SCRIPT),
        ("zstd", None, SCRIPT),
    ],
)
async def test_a_file_comes_as_the_browser_likes_it_best(
    browser: httpx.AsyncClient, accepted: str, coding: str | None, sent: bytes
) -> None:
    request = browser.build_request("GET", ASSET, headers={"Accept-Encoding": accepted})
    answer = await browser.send(request, stream=True)
    assert b"".join([piece async for piece in answer.aiter_raw()]) == sent
    assert answer.headers.get("Content-Encoding") == coding
    assert answer.headers["Content-Length"] == str(len(sent))
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("path", ["/", ASSET, "/favicon.svg"])
async def test_what_the_browser_has_is_not_sent_again(
    browser: httpx.AsyncClient, path: str
) -> None:
    etag = (await browser.get(path)).headers["ETag"]
    again = await browser.get(path, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == etag
    changed = await browser.get(path, headers={"If-None-Match": 'W/"other"'})
    assert changed.status_code == 200


@pytest.mark.parametrize("path", ["/app/rides", ASSET])
async def test_head_tells_the_same_without_the_content(
    browser: httpx.AsyncClient, path: str
) -> None:
    whole, head = await browser.get(path), await browser.head(path)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("ETag", "Content-Type", "Content-Length", "Cache-Control"):
        assert head.headers[name] == whole.headers[name]


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/assets/none.js",
        "/assets/",
        "/assets/index-abc.js.br",
        "/assets/../index.html",
        "/assets/..%2f.built",
        "/assets/%2e%2e/%2e%2e/secret_key",
        "/assets//etc/passwd",
        "/.built",
        "/index.html",
        "/map/tiles.pmtiles",
        "/map/assets/secret.json",
    ],
)
async def test_anything_else_is_not_found(
    browser: httpx.AsyncClient, path: str, tmp_path: Path
) -> None:
    (tmp_path / "secret_key").write_text("secret")
    request = browser.build_request("GET", "/", headers=PAGE)
    # As it stands: the client would tidy the path.
    request.url = request.url.copy_with(raw_path=path.encode())
    assert error_of(await browser.send(request), 404)["code"] == "HTTP_404"


@pytest.mark.parametrize(
    ("path", "status"), [("/trips/7", 400), ("/health", 200), ("/gpx/7/track", 400)]
)
async def test_the_api_answers_json_whoever_asks(
    browser: httpx.AsyncClient, path: str, status: int
) -> None:
    answer = await browser.get(path, headers=PAGE)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/json"


async def test_the_app_takes_nothing(browser: httpx.AsyncClient) -> None:
    assert error_of(await browser.post("/app/rides"), 405)["code"] == "HTTP_405"


async def test_without_a_built_app_there_is_the_api(opened: Opened, tmp_path: Path) -> None:
    browser = opened(web_path=tmp_path / "nowhere")
    answer = await browser.get("/", headers=PAGE)
    assert answer.status_code == 404
    assert "frontend/web.sh build" in answer.text
    assert error_of(await browser.get("/app/rides"), 404)["code"] == "HTTP_404"
    assert (await browser.get("/health")).status_code == 200


async def test_the_page_tells_the_app_of_the_map(opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "earth.pmtiles").write_bytes(TILES)
    (tmp_path / "map").mkdir()
    (tmp_path / "map" / "style.json").write_text("{}")
    browser = opened(
        map_style_url="https://tiles.example.com/a.json?a=1&b=2",
        map_tiles_path=tmp_path / "earth.pmtiles",
        map_assets_path=tmp_path / "map",
    )
    text = (await browser.get("/app/rides")).text
    assert (
        '<meta name="map-style" content="https://tiles.example.com/a.json?a=1&amp;b=2" />' in text
    )
    assert '<meta name="map-tiles" content="/map/tiles.pmtiles" />' in text
    assert '<meta name="map-assets" content="/map/assets" />' in text


async def test_what_the_map_lacks_is_not_told(opened: Opened, tmp_path: Path) -> None:
    browser = opened(map_tiles_path=tmp_path / "none", map_assets_path=tmp_path / "nowhere")
    assert "map-" not in (await browser.get("/")).text
    assert (await browser.get("/map/tiles.pmtiles")).status_code == 404


@pytest.mark.parametrize(
    ("asked", "status", "sent", "told"),
    [
        (None, 200, TILES, None),
        ("bytes=0-126", 206, TILES[:127], "bytes 0-126/5120"),
        ("bytes=5000-9999", 206, TILES[5000:], "bytes 5000-5119/5120"),
        ("bytes=-20", 206, TILES[-20:], "bytes 5100-5119/5120"),
        ("bytes=9000-9999", 416, None, "bytes */5120"),
    ],
)
async def test_tiles_come_by_ranges(
    opened: Opened,
    tmp_path: Path,
    asked: str | None,
    status: int,
    sent: bytes | None,
    told: str | None,
) -> None:
    (tmp_path / "earth.pmtiles").write_bytes(TILES)
    browser = opened(map_tiles_path=tmp_path / "earth.pmtiles")
    headers = {"Accept-Encoding": "gzip"} | ({"Range": asked} if asked else {})
    answer = await browser.get("/map/tiles.pmtiles", headers=headers)
    assert answer.status_code == status
    assert answer.headers.get("Content-Range") == told
    # Ranges are of the file as it lies there.
    assert "Content-Encoding" not in answer.headers
    if sent is not None:
        assert answer.content == sent
        assert answer.headers["Accept-Ranges"] == "bytes"
        known = {"If-None-Match": answer.headers["ETag"]}
        assert (await browser.get("/map/tiles.pmtiles", headers=known)).status_code == 304


async def test_glyphs_and_sprites_come_from_their_folder_alone(
    opened: Opened, tmp_path: Path
) -> None:
    folder = tmp_path / "map"
    (folder / "Open Sans").mkdir(parents=True)
    (folder / "Open Sans" / "0-255.pbf").write_bytes(b"glyphs" * 500)
    (folder / "sprite.json").write_text("{}")
    (tmp_path / "secret.json").write_text("secret")
    browser = opened(map_assets_path=folder)
    glyphs = await browser.get(
        "/map/assets/Open%20Sans/0-255.pbf", headers={"Accept-Encoding": "gzip"}
    )
    assert glyphs.content == b"glyphs" * 500
    assert glyphs.headers["Content-Type"] == "application/x-protobuf"
    assert (await browser.get("/map/assets/sprite.json")).json() == {}
    for path in ("/map/assets/..%2fsecret.json", "/map/assets/none.pbf", "/map/assets/Open%20Sans"):
        assert error_of(await browser.get(path), 404)["code"] == "HTTP_404"


def test_what_lies_beside_a_file_is_that_file() -> None:
    """Of the app that is built here, where it is: what other plugins change late is compressed."""
    built = Settings(_env_file=None).web_path
    for packed in built.rglob("*.gz"):
        assert gzip.decompress(packed.read_bytes()) == packed.with_suffix("").read_bytes()
