"""Tracks as the lines of GeoJSON (RFC 7946)."""

from collections.abc import Iterable, Iterator
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


class Places(NamedTuple):
    """Points of a recording; `elevation` is NaN where it is not known."""

    segment: IntArray
    latitude: FloatArray
    longitude: FloatArray
    elevation: FloatArray

    def at(self, points: slice) -> "Places":
        return Places(
            self.segment[points],
            self.latitude[points],
            self.longitude[points],
            self.elevation[points],
        )


def lines_of(places: Places) -> Lines:
    """A line for each segment, cut in two wherever it crosses the antimeridian.

    Both sides of a cut get the place of the crossing (RFC 7946, 3.1.9); a line of one position
    is none, and is left out.
    """
    (lines,) = lines_of_blocks([places])
    return lines


def lines_of_blocks(blocks: Iterable[Places]) -> Iterator[Lines]:
    """As `lines_of`, of places that come in blocks; lines and their numbers go on across these."""
    last: Places | None = None
    number, is_told = 0, False
    for block in blocks:
        lines = _cut(block if last is None else _joined(last, block))
        # The first line is that of the last place, which may have been told with those before it.
        lengths = Segments(lines.number).lengths + np.array([is_told, *[0] * lines.number[-1]])
        kept = np.repeat(lengths > 1, Segments(lines.number).lengths)
        kept[0] &= not is_told
        yield Lines(lines.number[kept] + number, *(column[kept] for column in lines[1:]))
        last = block.at(slice(-1, None))
        number, is_told = number + int(lines.number[-1]), bool(lengths[-1] > 1)


def _joined(some: Places, others: Places) -> Places:
    return Places(*(np.concatenate(columns) for columns in zip(some, others, strict=True)))


def _cut(places: Places) -> Lines:
    """All lines, also those of one position, numbered from 0."""
    longitude = places.longitude
    eastward = np.diff(longitude)
    at = np.flatnonzero((np.diff(places.segment) == 0) & (np.abs(eastward) > _HALF_TURN))
    edge = np.where(eastward[at] < 0, _HALF_TURN, -_HALF_TURN)
    way = eastward[at] + 2 * edge
    part = np.divide(edge - longitude[at], way, out=np.zeros(len(at)), where=way != 0)
    behind = np.repeat(at + 1, 2)

    def with_crossings(values: FloatArray) -> FloatArray:
        crossing = values[at] + part * (values[at + 1] - values[at])
        return np.insert(values, behind, np.repeat(crossing, 2))

    begins = np.diff(places.segment, prepend=places.segment[:1]) != 0
    begins = np.insert(begins, behind, np.tile([False, True], len(at)))
    return Lines(
        number=np.cumsum(begins),
        longitude=np.insert(longitude, behind, np.stack([edge, -edge], axis=1).ravel()),
        latitude=with_crossings(places.latitude),
        elevation=with_crossings(places.elevation),
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
