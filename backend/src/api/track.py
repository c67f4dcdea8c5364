"""A stored track as JSON for our clients, or as GeoJSON."""

import math
from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from src.gpx import Analysis
from src.models import GpxFile, RouteStatistics

GEOJSON = "application/geo+json"


def track_json(
    upload: GpxFile, points: Sequence[Any], statistics: RouteStatistics | None
) -> dict[str, Any]:
    """The data of `TrackOut`, as values that need no further validation."""
    return {
        "gpx_file_id": upload.gpx_file_id,
        "trip_id": upload.trip_id,
        "distance_km": upload.distance_km,
        "elevation_gain": upload.elevation_gain,
        "simplified_points_count": len(points),
        "has_elevation": upload.has_elevation,
        "start_point": _coordinate(points[0]),
        "end_point": _coordinate(points[-1]),
        "trackpoints": _trackpoints(upload.gpx_file_id, points),
        "route_statistics": _columns(statistics) if statistics else None,
    }


def track_geojson(upload: GpxFile, points: Sequence[Any]) -> dict[str, Any]:
    """A Feature whose geometry has one line a segment (RFC 7946): longitude, latitude, metres."""
    lines = [
        [_position(point) for point in segment]
        for _, segment in groupby(points, key=lambda point: point.segment)
    ]
    return {
        "type": "Feature",
        "id": upload.gpx_file_id,
        "geometry": {"type": "MultiLineString", "coordinates": lines},
        "properties": {
            "trip_id": upload.trip_id,
            "distance_km": upload.distance_km,
            "elevation_gain": upload.elevation_gain,
            "elevation_loss": upload.elevation_loss,
        },
    }


def preview_json(analysis: Analysis, *, difficulty: str, suggested_title: str) -> dict[str, Any]:
    """The data of `PreviewOut`."""
    statistics, track = analysis.statistics, analysis.simplified
    return {
        "distance_km": analysis.distance_km,
        "elevation_gain": analysis.elevation_gain,
        "elevation_loss": analysis.elevation_loss,
        "max_elevation": analysis.max_elevation,
        "min_elevation": analysis.min_elevation,
        "has_elevation": analysis.has_elevation,
        "has_timestamps": analysis.has_timestamps,
        "start_date": _date(analysis.start_time_s),
        "end_date": _date(analysis.end_time_s),
        "total_time_minutes": statistics.total_time_minutes,
        "moving_time_minutes": statistics.moving_time_minutes,
        "difficulty": difficulty,
        "suggested_title": suggested_title,
        "trackpoints": [
            {
                "latitude": latitude,
                "longitude": longitude,
                "elevation": None if math.isnan(elevation) else elevation,
                "distance_km": distance_km,
            }
            for latitude, longitude, elevation, distance_km in zip(
                track.latitude.tolist(),
                track.longitude.tolist(),
                track.elevation.tolist(),
                track.distance_km.tolist(),
                strict=True,
            )
        ],
    }


def _date(time_s: float | None) -> date | None:
    return None if time_s is None else datetime.fromtimestamp(time_s, UTC).date()


def _trackpoints(gpx_file_id: UUID, points: Sequence[Any]) -> list[dict[str, Any]]:
    # A point's id is its upload's random UUIDv4 with its stored sequence mixed in.
    prefix, low = str(gpx_file_id)[:24], gpx_file_id.int & 0xFFFF_FFFF_FFFF
    return [
        {
            "point_id": f"{prefix}{low ^ (stored_sequence + 1):012x}",
            "latitude": latitude,
            "longitude": longitude,
            "elevation": elevation,
            "distance_km": distance_km,
            "sequence": sequence,
            "gradient": gradient,
            "segment": segment,
        }
        for sequence, (
            stored_sequence,
            segment,
            latitude,
            longitude,
            elevation,
            distance_km,
            gradient,
        ) in enumerate(points)
    ]


def _coordinate(point: Any) -> dict[str, float]:
    return {"latitude": point.latitude, "longitude": point.longitude}


def _position(point: Any) -> list[float]:
    position = [point.longitude, point.latitude]
    return position if point.elevation is None else [*position, point.elevation]


def _columns(statistics: RouteStatistics) -> dict[str, Any]:
    return {
        column.key: getattr(statistics, column.key) for column in RouteStatistics.__table__.columns
    }
