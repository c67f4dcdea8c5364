"""From the bytes of a TCX file (Garmin's TrainingCenterDatabase) to its points, laps and totals."""

from functools import partial
from typing import Final

import numpy as np

from src.gpx.formats.limits import DEFAULT_MAX_POINTS, DEFAULT_MAX_WAYPOINTS
from src.gpx.formats.xml import reader
from src.gpx.formats.xml.document import Document
from src.gpx.formats.xml.language import LAP_TOTALS, SENSOR_ELEMENTS, Language
from src.gpx.model import DeviceTotals, FloatArray, IntArray, Recording, Track

_IN_POINT: Final = {
    "Time": "time_s",
    "Position": "position",
    "AltitudeMeters": "elevation",
    "DistanceMeters": "distance_m",
    "HeartRateBpm": "heart rate",
    "Cadence": "cadence_rpm",
    "Extensions": "extension",
}
LANGUAGE: Final = Language(
    root="TrainingCenterDatabase",
    children={
        "document": {"TrainingCenterDatabase": "database"},
        "database": {"Activities": "activities", "Courses": "courses"},
        "activities": {"Activity": "activity", "MultiSportSession": "sports"},
        "sports": {"FirstSport": "sport", "NextSport": "sport"},
        "sport": {"Activity": "activity", "Transition": "lap"},
        "activity": {"Lap": "lap", "Creator": "creator"},
        "lap": {
            "TotalTimeSeconds": "lap seconds",
            "DistanceMeters": "lap metres",
            "MaximumSpeed": "lap fastest",
            "Track": "segment",
        },
        "segment": {"Trackpoint": "track point"},
        "courses": {"Course": "course"},
        "course": {
            "Name": "route name",
            "Track": "route segment",
            "CoursePoint": "waypoint",
            "Creator": "creator",
        },
        "route segment": {"Trackpoint": "route point"},
        "track point": _IN_POINT,
        "route point": _IN_POINT,
        "position": {"LatitudeDegrees": "latitude", "LongitudeDegrees": "longitude"},
        "heart rate": {"Value": "heart_rate_bpm"},
        "extension": {
            **SENSOR_ELEMENTS,
            "Speed": "speed_m_s",
            "RunCadence": "cadence_rpm",
        },
        "waypoint": {
            "Name": "waypoint name",
            "Position": "waypoint position",
            "AltitudeMeters": "waypoint elevation",
        },
        "waypoint position": {
            "LatitudeDegrees": "waypoint latitude",
            "LongitudeDegrees": "waypoint longitude",
        },
        "creator": {"Name": "device name"},
    },
    other_child={"extension": "extension"},
    point_elements=("Trackpoint",),
    time_element="Time",
    extras=("distance_m", "speed_m_s"),
)
scanned = partial(reader.scanned, (LANGUAGE,))
parsed = partial(reader.parsed, (LANGUAGE,))

# Longer than between any two points of a recorder that writes only where something changes.
_LONGEST_STEP_S: Final = 60.0
_KMH: Final = 3.6
_MOST: Final = 1e9


def read(
    data: bytes,
    *,
    max_points: int = DEFAULT_MAX_POINTS,
    max_waypoints: int = DEFAULT_MAX_WAYPOINTS,
) -> Recording:
    """Read a TCX document: its activities, or its courses where no activity has a point.

    As with GPX, nothing is repaired. A `Track` is a segment, as recorders begin another one after
    a pause; but the first of a lap goes on with the segment of the lap before it, where its first
    point is at most a minute later: whoever presses the lap button does not stop. The device's
    totals are those of all laps together.

    Raises:
        NotXmlError, DtdRefusedError, NotGpxError, TooManyPointsError, TooManyWaypointsError: as
            of GPX.
    """
    return recording(*reader.read((LANGUAGE,), data, max_points, max_waypoints))


def recording(document: Document, text: bytes) -> Recording:
    """What a document, read from `text`, says as TCX."""
    is_route = len(document.route_points) > 0 and len(document.track_points) == 0
    points = document.route_points if is_route else document.track_points
    track, device_columns = points.track(), points.extras()
    if not is_route:
        track = _with_laps_joined(track, np.array(document.lap_starts, dtype=np.int64))
    return Recording(
        track=track,
        kind="route" if is_route else "track",
        name=document.names.get("route name") if is_route else None,
        waypoints=tuple(document.waypoints),
        utc_offset_s=reader.offset_of_first_time(text, LANGUAGE),
        device_totals=_device_totals(document),
        device_columns={
            "speed_kmh": _KMH * device_columns["speed_m_s"],
            "distance_m": device_columns["distance_m"],
        },
        warnings=(*document.warnings, *points.warnings()),
    )


def _with_laps_joined(track: Track, lap_starts: IntArray) -> Track:
    """Segments that end only with a lap are one."""
    starts = lap_starts[(lap_starts > 0) & (lap_starts < len(track))]
    step_s = track.time_s[starts] - track.time_s[starts - 1]
    goes_on = starts[(step_s >= 0) & (step_s <= _LONGEST_STEP_S)]
    begins = np.diff(track.segment, prepend=track.segment[:1]) > 0
    begins[goes_on] = False
    return Track(
        **{**track.columns(np.arange(len(track))), "segment": np.cumsum(begins)},
        sensors=track.sensors,
    )


def _device_totals(document: Document) -> DeviceTotals | None:
    """The totals of the laps together; None where neither these nor a device is told.

    A total that one of the laps lacks is not known of all of them, but for the fastest moment.
    """
    told = np.array(
        [[lap.get(total, np.nan) for total in LAP_TOTALS] for lap in document.laps]
    ).reshape(-1, len(LAP_TOTALS))
    # Whatever no ride has is no total either, and nothing overflows.
    told[~((told >= 0) & (told < _MOST))] = np.nan
    seconds, metres, fastest = told.T
    minutes = _sum(seconds / 60)
    distance_km = _sum(metres / 1000)
    known = fastest[~np.isnan(fastest)]
    totals = DeviceTotals(
        distance_km=distance_km,
        timer_time_minutes=minutes,
        avg_speed_kmh=None
        if distance_km is None or not minutes
        else min(60 * distance_km / minutes, _MOST),
        max_speed_kmh=_KMH * float(known.max()) if len(known) else None,
        product=document.names.get("device name"),
    )
    return None if totals == DeviceTotals() else totals


def _sum(values: FloatArray) -> float | None:
    total = float(values.sum())
    return total if len(values) and np.isfinite(total) else None
