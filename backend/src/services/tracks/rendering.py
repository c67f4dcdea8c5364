"""A stored track as JSON for our clients, or as GeoJSON."""

import math
from datetime import UTC, date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

import numpy as np

from src.gpx import Analysis
from src.models import GpxFile, RouteStatistics
from src.services.tracks.points import StoredPoints

GEOJSON = "application/geo+json"


def track_json(
    upload: GpxFile, points: StoredPoints, statistics: RouteStatistics | None
) -> dict[str, Any]:
    """The data of `TrackOut`, as values that need no further validation."""
    return {
        "gpx_file_id": upload.gpx_file_id,
        "trip_id": upload.trip_id,
        "distance_km": upload.distance_km,
        "elevation_gain": upload.elevation_gain,
        "simplified_points_count": len(points),
        "has_elevation": upload.has_elevation,
        "start_point": _coordinate(points, 0),
        "end_point": _coordinate(points, -1),
        "trackpoints": _trackpoints(upload.gpx_file_id, points),
        "route_statistics": _columns(statistics) if statistics else None,
    }


def track_geojson(upload: GpxFile, points: StoredPoints) -> dict[str, Any]:
    """A Feature whose geometry has one line a segment (RFC 7946): longitude, latitude, metres."""
    positions = zip(
        points.segment, points.longitude, points.latitude, points.elevation, strict=True
    )
    lines = [
        [
            (longitude, latitude) if elevation is None else (longitude, latitude, elevation)
            for _, longitude, latitude, elevation in segment
        ]
        for _, segment in groupby(positions, key=itemgetter(0))
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


def _trackpoints(gpx_file_id: UUID, points: StoredPoints) -> list[dict[str, Any]]:
    return [
        {
            "point_id": point_id,
            "latitude": latitude,
            "longitude": longitude,
            "elevation": elevation,
            "distance_km": distance_km,
            "sequence": sequence,
            "gradient": gradient,
            "segment": segment,
        }
        for (
            sequence,
            point_id,
            latitude,
            longitude,
            elevation,
            distance_km,
            gradient,
            segment,
        ) in zip(
            range(len(points)),
            _point_ids(gpx_file_id, points),
            points.latitude,
            points.longitude,
            points.elevation,
            points.distance_km,
            points.gradient,
            points.segment,
            strict=True,
        )
    ]


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


def _columns(statistics: RouteStatistics) -> dict[str, Any]:
    return {
        column.key: getattr(statistics, column.key) for column in RouteStatistics.__table__.columns
    }
