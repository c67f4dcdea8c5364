"""The public page of a ride and its picture: what is told of it, and to whom."""

import struct
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from uuid import uuid4

import pytest
from fastapi import FastAPI

from src.config import Settings
from src.http.deps import Services
from src.services.accounts.rate_limit import RateLimiter
from tests.support.cyclist import Cyclist, data_of, error_of
from tests.support.rides import build_gpx
from tests.support.web_app import built_app

RIDE = build_gpx(points=300, seed=3)
HOSTILE = "</title><script>alert('a')</script>\"' onload=x <b>&amp; 🚴 Añover"
DESCRIPTION = "Cuesta arriba hasta el <b>collado</b>, y luego todo bajada: &quot;otra&quot; vez."


class Head(HTMLParser):
    """What a messenger reads of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.told: dict[str, str] = {}
        self.scripts = 0
        self.title = ""
        self._in_title = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self._in_title = tag == "title"
        self.scripts += tag == "script"
        name = found.get("property") or found.get("name")
        if tag == "meta" and name:
            assert name not in self.told
            assert set(found) <= {"property", "name", "content", "charset"}
            self.told[name] = found["content"] or ""
        if tag == "link":
            self.told[found["rel"] or ""] = found["href"] or ""

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data

    def handle_endtag(self, tag: str) -> None:
        self._in_title = False


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    return settings.model_copy(update={"web_path": built_app(tmp_path / "dist")})


async def ride_of(cyclist: Cyclist, title: str = "Vuelta", *, is_private: bool = False) -> str:
    """A published trip with its route."""
    trip_id = await cyclist.new_trip(title=title, description=DESCRIPTION, is_private=is_private)
    data_of(await cyclist.upload(trip_id, RIDE, Prefer="wait=10"), 201)
    data_of(await cyclist.request("POST", f"/trips/{trip_id}/publish"), 200)
    return trip_id


async def test_a_published_ride_tells_messengers_what_it_is(ana: Cyclist) -> None:
    trip_id = await ride_of(ana, "Vuelta al pantano")
    answer = await ana.client.get(f"/r/{trip_id}")
    head = Head(answer.text)
    address = f"http://testserver/r/{trip_id}"
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert head.title == "Vuelta al pantano · ContraVento"
    trip = data_of(await ana.request("GET", f"/trips/{trip_id}"), 200)
    kilometres = f"{trip['gpx_file']['distance_km']:.1f} km".replace(".", ",")
    assert head.told["description"].startswith(kilometres)
    assert 'hasta el collado, y luego todo bajada: "otra" vez.' in head.told["description"]
    assert head.told["canonical"] == head.told["og:url"] == address
    assert head.told["og:title"] == head.told["twitter:title"] == "Vuelta al pantano"
    assert head.told["og:image"] == head.told["twitter:image"] == f"{address}/preview.png"
    assert (head.told["og:image:width"], head.told["og:image:height"]) == ("1200", "630")
    assert head.told["twitter:card"] == "summary_large_image"
    assert "robots" not in head.told
    assert head.scripts == 1


async def test_a_hostile_title_stays_a_title(ana: Cyclist) -> None:
    trip_id = await ride_of(ana, HOSTILE)
    head = Head((await ana.client.get(f"/r/{trip_id}")).text)
    assert head.title == f"{HOSTILE} · ContraVento"
    assert head.told["og:title"] == HOSTILE
    assert head.scripts == 1
    assert (await ana.client.get(f"/r/{trip_id}/preview.png")).status_code == 200


async def test_the_address_in_the_page_is_the_one_that_was_asked(ana: Cyclist) -> None:
    trip_id = await ride_of(ana)
    hostile = {"Host": 'evil.example"><script>'}
    head = Head((await ana.client.get(f"/r/{trip_id}?utm=1", headers=hostile)).text)
    assert head.scripts == 1
    plain = Head((await ana.client.get(f"/r/{trip_id}?utm=1")).text)
    assert plain.told["canonical"] == f"http://testserver/r/{trip_id}"


async def test_what_is_not_public_looks_like_what_does_not_exist(ana: Cyclist) -> None:
    draft = await ana.new_trip(title="Secreta", description=DESCRIPTION)
    private = await ride_of(ana, "Secreta", is_private=True)
    ids = [draft, private, str(uuid4()), "7", "nadie%00"]
    # Whoever is signed in is not known here: a browser sends no token with a page.
    answers = [await ana.request("GET", f"/r/{trip_id}") for trip_id in ids]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert len({answer.headers["ETag"] for answer in answers}) == 1
    assert Head(answers[0].text).told["robots"] == "noindex"
    assert "Secreta" not in answers[0].text
    for trip_id in ids:
        picture = await ana.request("GET", f"/r/{trip_id}/preview.png")
        assert error_of(picture, 404)["code"] == "NOT_FOUND"


async def test_a_published_trip_without_a_route_has_a_page_and_no_picture(ana: Cyclist) -> None:
    trip_id = await ana.new_trip(description=DESCRIPTION)
    data_of(await ana.request("POST", f"/trips/{trip_id}/publish"), 200)
    head = Head((await ana.client.get(f"/r/{trip_id}")).text)
    assert head.told["twitter:card"] == "summary"
    assert "og:image" not in head.told
    assert (await ana.client.get(f"/r/{trip_id}/preview.png")).status_code == 404


async def test_the_picture_is_a_png_that_is_kept_until_the_ride_changes(
    ana: Cyclist,
) -> None:
    trip_id = await ride_of(ana)
    path = f"/r/{trip_id}/preview.png"
    first = await ana.client.get(path)
    assert (first.status_code, first.headers["Content-Type"]) == (200, "image/png")
    assert first.content.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", first.content[16:24]) == (1200, 630)
    assert first.headers["Cache-Control"] == "public, max-age=300"
    known = await ana.client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (known.status_code, known.content) == (304, b"")

    data_of(await ana.request("PUT", f"/trips/{trip_id}", json={"title": "Otra vuelta"}), 200)
    renamed = await ana.client.get(path)
    assert renamed.headers["ETag"] != first.headers["ETag"]
    assert renamed.content != first.content

    data_of(await ana.request("PUT", f"/trips/{trip_id}", json={"is_private": True}), 200)
    assert (await ana.client.get(path)).status_code == 404


async def test_only_what_is_drawn_counts_against_the_limit(
    ana: Cyclist, app: FastAPI, services: Services, settings: Settings
) -> None:
    trip_id = await ride_of(ana)
    limits = {"rate_limit_enabled": True, "rate_limit_preview": "1/hour"}
    limiter = RateLimiter(settings.model_copy(update=limits))
    app.state.services = replace(services, limiter=limiter)
    path = f"/r/{trip_id}/preview.png"
    answers = [await ana.client.get(path) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {200}
    data_of(await ana.request("PUT", f"/trips/{trip_id}", json={"title": "Otra vuelta"}), 200)
    refused = await ana.client.get(path)
    assert error_of(refused, 429)["code"] == "RATE_LIMITED"
    assert int(refused.headers["Retry-After"]) > 0
