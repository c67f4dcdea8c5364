"""An upload's progress, its track, and its original file."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse
from sqlalchemy import Row

from src.api.deps import ServicesDep, Viewer
from src.api.responses import Envelope, JsonResponse, errors, language_of, ok
from src.errors import AppError, ErrorCode
from src.models import GpxFile, RouteStatistics
from src.schemas.gpx import StatusOut, TrackOut
from src.services import uploads
from src.services.track_store import point_id, read_points
from src.states import ProcessingStatus

router = APIRouter(prefix="/gpx", tags=["gpx"])


@router.get("/{gpx_file_id}/status", responses=errors(400, 401, 403, 404))
async def get_status(
    gpx_file_id: UUID, viewer: Viewer, services: ServicesDep, request: Request
) -> Envelope[StatusOut]:
    """Where an upload is on its way to a track."""
    async with services.db.read() as session:
        upload = await uploads.get_upload(session, gpx_file_id, viewer)
    return ok(
        StatusOut.of(upload, language_of(request), max_attempts=services.settings.gpx_max_attempts)
    )


@router.get(
    "/{gpx_file_id}/track",
    response_model=Envelope[TrackOut],
    responses=errors(400, 401, 403, 404),
)
async def get_track(gpx_file_id: UUID, viewer: Viewer, services: ServicesDep) -> JsonResponse:
    """The simplified track and the statistics of the route."""
    async with services.db.read() as session:
        upload = await uploads.get_upload(session, gpx_file_id, viewer)
        if upload.processing_status is not ProcessingStatus.COMPLETED:
            raise AppError(ErrorCode.NOT_PROCESSED)
        points = await read_points(session, gpx_file_id)
        statistics = await uploads.get_statistics(session, gpx_file_id)
    return JsonResponse(
        {"success": True, "data": _track(upload, points, statistics), "error": None}
    )


@router.get("/{gpx_file_id}/download", responses=errors(400, 401, 403, 404))
async def download(gpx_file_id: UUID, viewer: Viewer, services: ServicesDep) -> Response:
    """The original file, byte for byte."""
    async with services.db.read() as session:
        upload = await uploads.get_upload(session, gpx_file_id, viewer)
    path = services.storage.path_of(upload.storage_key)
    return FileResponse(
        path,
        media_type="application/gpx+xml",
        headers={"Content-Disposition": _attachment(upload.trip.title)},
    )


def _track(
    upload: GpxFile, points: Sequence[Row[Any]], statistics: RouteStatistics | None
) -> dict[str, Any]:
    trackpoints = [
        {
            "point_id": point_id(upload.gpx_file_id, point.sequence),
            "latitude": point.latitude,
            "longitude": point.longitude,
            "elevation": point.elevation,
            "distance_km": point.distance_km,
            "sequence": point.sequence,
            "gradient": point.gradient,
            "segment": point.segment,
        }
        for point in points
    ]
    return {
        "gpx_file_id": upload.gpx_file_id,
        "trip_id": upload.trip_id,
        "distance_km": upload.distance_km,
        "elevation_gain": upload.elevation_gain,
        "simplified_points_count": len(trackpoints),
        "has_elevation": upload.has_elevation,
        "start_point": _coordinate(points[0]),
        "end_point": _coordinate(points[-1]),
        "trackpoints": trackpoints,
        "route_statistics": _columns(statistics) if statistics else None,
    }


def _coordinate(point: Row[Any]) -> dict[str, float]:
    return {"latitude": point.latitude, "longitude": point.longitude}


def _columns(statistics: RouteStatistics) -> dict[str, Any]:
    return {
        column.key: getattr(statistics, column.key) for column in RouteStatistics.__table__.columns
    }


def _attachment(title: str) -> str:
    """A `Content-Disposition` that names the file after the trip (RFC 6266)."""
    name = re.sub(r"[^\w .-]+", "_", title).strip(" ._") or "ruta"
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode() or "ruta"
    return f"attachment; filename=\"{plain}.gpx\"; filename*=UTF-8''{quote(name)}.gpx"
