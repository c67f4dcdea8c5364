"""The public page of a ride, `/r/{trip_id}`, and the picture that messengers show of it."""

from collections.abc import Mapping
from uuid import UUID

from fastapi import APIRouter, Request, Response

from src.config import VERSION
from src.errors import AppError, ErrorCode
from src.gpx.presentation.drawing import CARD_HEIGHT, CARD_WIDTH, Sketch
from src.http.deps import Services, ServicesDep, client_of
from src.http.negotiation import is_known
from src.models import GpxFile, RouteStatistics, Trip
from src.services.tracks.cards import BRAND, headline_of, sketch_of
from src.services.trips.access import find_public_trip
from src.services.trips.editing import shown_text
from src.services.uploads.lookup import get_statistics
from src.states import ProcessingStatus
from src.web.files import answer, web_file
from src.web.page import NO_INDEX, Page, link, meta

_MOST_DESCRIBED = 200
# Short, because a ride may be made private again.
_PICTURE_CACHE = "public, max-age=300"


class PublicRides:
    def __init__(self, page: Page | None, headers: Mapping[str, str]) -> None:
        """Without a page, as where the app is not built, there are only the pictures."""
        self._page = page
        self._headers = headers

    def add_to(self, router: APIRouter) -> None:
        if self._page is not None:
            router.add_api_route("/r/{trip_id}", self._get_page, response_class=Response)
        router.add_api_route("/r/{trip_id}/preview.png", self._get_picture, response_class=Response)

    async def _get_page(self, trip_id: str, services: ServicesDep, request: Request) -> Response:
        """The app, with what others show of the ride.

        Of a ride that is not public, and of one that does not exist, it is the same page, which
        tells nothing: 200, because its owner may see it there, and not to be listed anywhere.
        """
        assert self._page is not None
        trip, statistics = await _public_ride(services, trip_id)
        if trip is None:
            content = self._page.plain(NO_INDEX)
        else:
            content = _described(self._page, trip, statistics, request)
        page = web_file("index.html", content)
        return answer(request, page, "no-cache", self._headers)

    async def _get_picture(self, trip_id: str, services: ServicesDep, request: Request) -> Response:
        trip, statistics = await _public_ride(services, trip_id)
        if trip is None or (upload := _completed(trip)) is None:
            raise AppError(ErrorCode.NOT_FOUND)
        key = _picture_key(trip, upload)
        headers = {"ETag": f'"{key}"', "Cache-Control": _PICTURE_CACHE}
        if is_known(request, headers["ETag"]):
            return Response(status_code=304, headers=headers)

        async def read() -> Sketch:
            async with services.db.read() as session:
                return await sketch_of(session, trip, upload, statistics)

        png = services.cards.find(key)
        if png is None:
            await services.limiter.hit_preview(client_of(request))
            png = await services.cards.draw(key, read)
        return Response(png, media_type="image/png", headers=headers)


async def _public_ride(
    services: Services, trip_id: str
) -> tuple[Trip | None, RouteStatistics | None]:
    try:
        known = UUID(trip_id)
    except ValueError:
        return None, None
    async with services.db.read() as session:
        trip = await find_public_trip(session, known)
        upload = _completed(trip) if trip else None
        return trip, await get_statistics(session, upload.gpx_file_id) if upload else None


def _completed(trip: Trip) -> GpxFile | None:
    upload = trip.gpx_file
    is_completed = upload and upload.processing_status is ProcessingStatus.COMPLETED
    return upload if is_completed else None


def _picture_key(trip: Trip, upload: GpxFile) -> str:
    """Another one with everything that is drawn, and with what draws it."""
    changed = int(trip.updated_at.timestamp() * 1000)
    return f"{trip.trip_id}-{upload.upload_version}-{upload.fence}-{changed}-{VERSION}"


def _described(
    page: Page, trip: Trip, statistics: RouteStatistics | None, request: Request
) -> bytes:
    address = str(request.url.replace(path=f"/r/{trip.trip_id}", query="", fragment=""))
    title = f"{trip.title} · {BRAND}"
    upload = _completed(trip)
    facts = headline_of(upload, statistics) if upload else []
    description = _shortened(" · ".join([*facts, shown_text(trip.description)]))
    told = {
        "og:site_name": BRAND,
        "og:type": "article",
        "og:title": trip.title,
        "og:description": description,
        "og:url": address,
    }
    named = {"twitter:card": "summary"}
    if upload is not None:
        told |= {
            "og:image": f"{address}/preview.png",
            "og:image:type": "image/png",
            "og:image:width": str(CARD_WIDTH),
            "og:image:height": str(CARD_HEIGHT),
            "og:image:alt": " · ".join([trip.title, *facts]),
        }
        named = {"twitter:card": "summary_large_image", "twitter:image": f"{address}/preview.png"}
    named |= {"twitter:title": trip.title, "twitter:description": description}
    tags = [meta("property", name, content) for name, content in told.items()]
    tags += [meta("name", name, content) for name, content in named.items()]
    tags.append(link("canonical", address))
    return page.about(title, description, tags)


def _shortened(text: str) -> str:
    if len(text) <= _MOST_DESCRIBED:
        return text
    return text[: _MOST_DESCRIBED - 1].rpartition(" ")[0] + "…"
