"""The stored track as a GPX file."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from gpxpy.gpx import GPX, GPXTrack, GPXTrackPoint, GPXTrackSegment
from sqlalchemy import Row


def gpx_of(title: str, points: Sequence[Row[Any]]) -> bytes:
    """GPX 1.1 with one track; `points` are rows with segment, position, elevation and time."""
    track = GPXTrack(name=title)
    for _, segment in groupby(points, key=lambda point: point.segment):
        track.segments.append(GPXTrackSegment([_trackpoint(point) for point in segment]))
    gpx = GPX()
    gpx.creator = "ContraVento GPX"
    gpx.tracks.append(track)
    return gpx.to_xml(version="1.1").encode()


def _trackpoint(point: Row[Any]) -> GPXTrackPoint:
    return GPXTrackPoint(
        latitude=point.latitude,
        longitude=point.longitude,
        elevation=point.elevation,
        time=point.time,
    )
