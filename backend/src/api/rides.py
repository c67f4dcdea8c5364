"""A ride in all its detail: as columns, and by the stretch."""

import math
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from src.errors import InvalidInputError
from src.gpx.model import FloatArray, RideColumns
from src.gpx.statistics.stretches import measure_stretch
from src.http.caching import NOT_MODIFIED, cache_headers
from src.http.deps import Services, ServicesDep, Viewer
from src.http.negotiation import is_known
from src.http.responses import Envelope, errors, missing_is_not_found, ok_json
from src.http.routing import api_router
from src.models import GpxFile, User
from src.schemas.rides import SeriesOut, StretchOut
from src.services.tracks.series import FIELDS, columns_for, series_of
from src.services.uploads import lookup

router = api_router(prefix="/gpx", tags=["rides"])
DEFAULT_SAMPLES, MAX_SAMPLES = 2_000, 20_000
DEFAULT_FIELDS = "distance_km,elevation,gradient"
Place = Annotated[float, Query(ge=0, le=1_000_000)]
RESPONSES = NOT_MODIFIED | errors(400, 401, 403, 404, 503)


@router.get("/{gpx_file_id}/series", response_model=Envelope[SeriesOut], responses=RESPONSES)
async def get_series(
    gpx_file_id: UUID,
    viewer: Viewer,
    services: ServicesDep,
    request: Request,
    fields: Annotated[str, Query(max_length=1000)] = DEFAULT_FIELDS,
    samples: Annotated[int, Query(ge=2, le=MAX_SAMPLES)] = DEFAULT_SAMPLES,
    from_km: Place = 0,
    to_km: Place | None = None,
) -> Response:
    """The ride as columns, for profiles and analysis.

    `fields`, separated by commas: `distance_km`, `time` (seconds since 1970-01-01 UTC), `latitude`,
    `longitude`, `segment`, `elevation` (as recorded), `elevation_smoothed`, `gradient`,
    `speed_kmh`, `heart_rate_bpm`, `cadence_rpm`, `power_w`, `temperature_c`. Of more than `samples`
    points those stay that can be seen: the lowest and highest of each stretch, and no averages.
    """
    names = _names(fields)
    _ensure_in_order(from_km, to_km)
    upload = await _completed(services, gpx_file_id, viewer)
    headers = cache_headers(upload, "series", "+".join(names), samples, from_km, to_km)
    if is_known(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)

    def render(values: dict[str, FloatArray]) -> Response:
        series = series_of(values, names, samples=samples, from_km=from_km, to_km=to_km)
        data = SeriesOut.of(upload, series).model_dump()
        data["columns"] = SeriesOut.shown(series.columns)
        return ok_json(data, headers)

    with missing_is_not_found():
        return await services.gpx.columns.some(upload, columns_for(names), render)


@router.get("/{gpx_file_id}/stretch", response_model=Envelope[StretchOut], responses=RESPONSES)
async def get_stretch(
    gpx_file_id: UUID,
    viewer: Viewer,
    services: ServicesDep,
    request: Request,
    from_km: Place = 0,
    to_km: Place | None = None,
) -> Response:
    """What lies between two places of a ride, by the same measures as the whole.

    Without `to_km` the stretch ends with the ride.
    """
    _ensure_in_order(from_km, to_km)
    upload = await _completed(services, gpx_file_id, viewer)
    headers = cache_headers(upload, "stretch", from_km, to_km)
    if is_known(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)

    def render(ride: RideColumns) -> Response:
        stretch = measure_stretch(ride, from_km, math.inf if to_km is None else to_km)
        data = StretchOut.of(stretch).model_dump()
        return ok_json(data, headers)

    with missing_is_not_found():
        return await services.gpx.columns.whole(upload, render)


def _names(fields: str) -> list[str]:
    names = list(dict.fromkeys(name.strip() for name in fields.split(",")))
    if not FIELDS.keys() >= set(names):
        raise InvalidInputError("fields", "enum", expected=", ".join(FIELDS))
    return names


def _ensure_in_order(from_km: float, to_km: float | None) -> None:
    if to_km is not None and to_km < from_km:
        raise InvalidInputError("to_km", "greater_than_equal", ge=from_km)


async def _completed(services: Services, gpx_file_id: UUID, viewer: User | None) -> GpxFile:
    async with services.db.read() as session:
        upload = await lookup.get_upload(session, gpx_file_id, viewer)
    lookup.ensure_completed(upload)
    return upload
