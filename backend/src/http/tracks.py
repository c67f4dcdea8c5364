"""A track as JSON for our clients, or as GeoJSON: stored, or of a file that was only looked at."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import numpy as np

from src.gpx import Analysis
from src.gpx.formats.csv_log import Detected
from src.gpx.model import FloatArray, Segments
from src.models import GpxFile, RouteStatistics
from src.schemas.gpx import HeadlineNumbers, PreviewOut, RouteStatisticsOut, TrackOut
from src.schemas.numbers import (
    DEGREE_DECIMALS,
    KILOMETRE_DECIMALS,
    METRE_DECIMALS,
    PERCENT_DECIMALS,
    round_column,
)
from src.services.tracks.lines import Places, lines_of, positions
from src.services.tracks.points import StoredPoints

GEOJSON = "application/geo+json"
# A preview is looked at once, on a screen; the stored track has every point.
MAX_PREVIEW_POINTS = 10_000


def track_json(
    upload: GpxFile, points: StoredPoints, statistics: RouteStatistics | None
) -> dict[str, Any]:
    """The data of `TrackOut`; its points are values that need no further validation."""
    track = TrackOut.model_validate(
        {
            "gpx_file_id": upload.gpx_file_id,
            "trip_id": upload.trip_id,
            "name": statistics and statistics.track_name,
            "distance_km": upload.distance_km,
            "elevation_gain": upload.elevation_gain,
            "elevation_gain_low": upload.elevation_gain_low,
            "elevation_gain_high": upload.elevation_gain_high,
            "simplified_points_count": len(points),
            "has_elevation": upload.has_elevation,
            "start_point": _coordinate(points, 0),
            "end_point": _coordinate(points, -1),
            "waypoints": (statistics and statistics.waypoints) or [],
            "trackpoints": [],
            "route_statistics": statistics and RouteStatisticsOut.model_validate(statistics),
        }
    )
    trackpoints = _rows(
        point_id=_point_ids(upload.gpx_file_id, points),
        latitude=points.latitude,
        longitude=points.longitude,
        elevation=round_column(points.elevation, METRE_DECIMALS),
        distance_km=round_column(points.distance_km, KILOMETRE_DECIMALS),
        sequence=range(len(points)),
        gradient=round_column(points.gradient, PERCENT_DECIMALS),
        segment=points.segment,
    )
    return track.model_dump() | {"trackpoints": trackpoints}


def track_geojson(upload: GpxFile, points: StoredPoints) -> dict[str, Any]:
    """A Feature whose geometry has the lines that `lines_of` gives (RFC 7946)."""
    lines = lines_of(
        Places(
            np.array(points.segment, np.int64),
            np.array(points.latitude, np.float64),
            np.array(points.longitude, np.float64),
            np.array(points.elevation, np.float64),
        )
    )
    places = positions(
        lines.longitude.round(DEGREE_DECIMALS),
        lines.latitude.round(DEGREE_DECIMALS),
        lines.elevation.round(METRE_DECIMALS) + 0.0,
    )
    coordinates = [places[start:end] for start, end in Segments(lines.number).bounds()]
    numbers = HeadlineNumbers.model_validate(upload).model_dump(
        include={"distance_km", "elevation_gain", "elevation_loss"}
    )
    return {
        "type": "Feature",
        "id": upload.gpx_file_id,
        "geometry": {"type": "MultiLineString", "coordinates": coordinates},
        "properties": {"trip_id": upload.trip_id, **numbers},
    }


def preview_json(
    analysis: Analysis, file_name: str, table: Detected | None = None
) -> dict[str, Any]:
    """The data of `PreviewOut`; the line is as coarse as it takes for `MAX_PREVIEW_POINTS`."""
    track = analysis.simplified
    shown = track.tolerance_m > _tolerance_for(track.tolerance_m, MAX_PREVIEW_POINTS)
    trackpoints = _rows(
        latitude=round_column(track.latitude[shown], DEGREE_DECIMALS),
        longitude=round_column(track.longitude[shown], DEGREE_DECIMALS),
        elevation=round_column(track.elevation[shown], METRE_DECIMALS),
        distance_km=round_column(track.distance_km[shown], KILOMETRE_DECIMALS),
    )
    preview = PreviewOut.of(analysis, file_name, table)
    return preview.model_dump() | {"trackpoints": trackpoints}


def _tolerance_for(tolerance_m: FloatArray, max_points: int) -> float:
    """The tolerance that leaves so many points, as `read_points` finds it; ends are always left."""
    if len(tolerance_m) <= max_points:
        return 0.0
    excess = float(np.partition(tolerance_m, -max_points - 1)[-max_points - 1])
    return min(excess, float(np.finfo(np.float64).max))


def _rows(**columns: Iterable[Any]) -> list[dict[str, Any]]:
    """Columns of one length as one object a point."""
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _point_ids(gpx_file_id: UUID, points: StoredPoints) -> list[str]:
    """A point's id is its upload's random UUIDv4 with its stored sequence mixed in.

    Written for all points in one stroke: one at a time, they would take as long as all the rest.
    """
    low = np.uint64(gpx_file_id.int & 0xFFFF_FFFF_FFFF)
    stored = np.array(points.sequence, np.uint64)
    digits = (low ^ (stored + np.uint64(1))).astype(">u8").tobytes().hex()
    prefix = str(gpx_file_id)[:24]
    return [prefix + digits[start + 4 : start + 16] for start in range(0, len(digits), 16)]


def _coordinate(points: StoredPoints, index: int) -> dict[str, float]:
    return {"latitude": points.latitude[index], "longitude": points.longitude[index]}
