"""Tracks as the lines of GeoJSON (RFC 7946)."""

from typing import NamedTuple

import numpy as np

from src.gpx.model import FloatArray, IntArray, Segments

_HALF_TURN = 180.0


class Lines(NamedTuple):
    """Positions of lines that follow each other; `number` says which line each belongs to."""

    number: IntArray
    longitude: FloatArray
    latitude: FloatArray
    elevation: FloatArray


def lines_of(
    segment: IntArray, latitude: FloatArray, longitude: FloatArray, elevation: FloatArray
) -> Lines:
    """A line for each segment, cut in two wherever it crosses the antimeridian.

    Both sides of a cut get the place of the crossing (RFC 7946, 3.1.9); a line of one position
    is none, and is left out. `elevation` is NaN where it is not known.
    """
    eastward = np.diff(longitude)
    at = np.flatnonzero((np.diff(segment) == 0) & (np.abs(eastward) > _HALF_TURN))
    edge = np.where(eastward[at] < 0, _HALF_TURN, -_HALF_TURN)
    way = eastward[at] + 2 * edge
    part = np.divide(edge - longitude[at], way, out=np.zeros(len(at)), where=way != 0)
    behind = np.repeat(at + 1, 2)

    def with_crossings(values: FloatArray) -> FloatArray:
        crossing = values[at] + part * (values[at + 1] - values[at])
        return np.insert(values, behind, np.repeat(crossing, 2))

    begins = np.diff(segment, prepend=segment[:1]) != 0
    begins = np.insert(begins, behind, np.tile([False, True], len(at)))
    lines = Segments(np.cumsum(begins))
    kept = lines.to_points(lines.lengths > 1)
    return Lines(
        number=lines.number[kept],
        longitude=np.insert(longitude, behind, np.stack([edge, -edge], axis=1).ravel())[kept],
        latitude=with_crossings(latitude)[kept],
        elevation=with_crossings(elevation)[kept],
    )


def positions(
    longitude: FloatArray, latitude: FloatArray, elevation: FloatArray
) -> list[list[float]]:
    """Longitude, latitude and, where it is known, elevation of each place."""
    if not np.isnan(elevation).any():
        places: list[list[float]] = np.stack([longitude, latitude, elevation], axis=1).tolist()
        return places
    flat: list[list[float]] = np.stack([longitude, latitude], axis=1).tolist()
    heights = elevation.tolist()
    return [
        place if height != height else [*place, height]
        for place, height in zip(flat, heights, strict=True)
    ]
