"""Walls: slopes that are steeper than roads, and gone faster than anybody climbs.

    wall:   cells in one direction, one behind the other, of |rise| > _STEEP * way and
            |rise| > _STEEP_M_S * elapsed; in all |rise| > _LEAST_M, |rise| > _SLOPE * way and
            |rise| > _CLIMBING_M_S * elapsed, in no more than _MOST_M and _MOST_S

Models of the terrain put walls beside bridges and tunnels, and altimeters that jump over some
seconds make them. Hikers are slower on theirs, and ropeways and runs of skis mostly longer. Cells
are those of the way, and at halts of the time, so that neither the rate of the recorder nor its
noise tears a wall; they are laid only around legs that are as sudden as walls, of which most rides
have none.

What it cannot do: a wall of heights that wander while the rider halts on it is two, or none.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from src.gpx.cleaning.clock import timed_points
from src.gpx.model import BoolArray, FloatArray, IntArray, Segments, covered

_LEAST_M = 15.0
# The steepest roads have 37 %; whoever climbs 1800 m in an hour, half a metre a second, has the
# record.
_STEEP, _SLOPE = 0.3, 0.45
_STEEP_M_S, _CLIMBING_M_S = 0.5, 1.0
_MOST_M, _MOST_S = 300.0, 120.0
# Without times a wall may have been climbed on foot: not where little else around it is steep.
_STEEP_PER_WALL = 2.0

# Cells are so long, and at a halt so much of one goes by in a second, of the time that riders halt
# as they please no more than so much.
_CELL_M, _CELL_M_S, _HALT_S = 10.0, 1.5, 20.0
_CELLS_PER_VALUE = 2
# A cell of a halt has so little way in it.
_STILL = 0.5
_REACH_M = _MOST_M + _CELL_M_S * _MOST_S
BESIDE_S = 30.0


@dataclass(frozen=True, slots=True)
class Walls:
    """From which of n known elevations to which each wall leads, shape (m,) each.

    `last` lies behind `first`, and no wall begins before the one before it has ended. `beside_m` is
    what the road rises within `BESIDE_S` before it or behind it, whichever is more. `elapsed_s` is
    without halts, and 0 where there are no times.
    """

    first: IntArray
    last: IntArray
    rise_m: FloatArray
    elapsed_s: FloatArray
    beside_m: FloatArray

    @classmethod
    def none(cls) -> Self:
        return cls(*np.zeros((2, 0), dtype=np.int64), *np.zeros((3, 0)))

    def at(self, which: BoolArray) -> "Walls":
        return Walls(*(getattr(self, field.name)[which] for field in fields(self)))


def sudden_legs(
    rise: FloatArray,
    segments: Segments,
    time_s: FloatArray,
    way_m: Callable[[IntArray], FloatArray],
) -> IntArray:
    """The legs that are as steep and as fast as walls, each of which has one.

    `rise` is that of n - 1 legs, `way_m` tells the length of some of them.
    """
    legs = np.flatnonzero(~(np.abs(rise) <= _CLIMBING_M_S * np.diff(time_s)))
    legs = legs[~segments.gaps[legs]]
    return legs[np.abs(rise[legs]) > _SLOPE * way_m(legs)]


def find_walls(
    elevation: FloatArray,
    segments: Segments,
    along_m: FloatArray,
    time_s: FloatArray,
    sudden: IntArray,
) -> Walls:
    """The walls among n known elevations in metres, around their sudden legs.

    Parallel arrays of the elevations, the distance along the track, and the seconds at which they
    were recorded, NaN where unknown.
    """
    if not len(sudden):
        return Walls.none()
    clock_s, is_timed = _clock(time_s)
    step_s = np.diff(clock_s, prepend=clock_s[0]).clip(0, _HALT_S)
    place = along_m + _CELL_M_S * np.cumsum(step_s)
    total_m = float(place[-1] - place[0])
    cells = min(int(total_m / _CELL_M), _CELLS_PER_VALUE * len(elevation))
    if not cells or total_m > cells * _MOST_M:
        return Walls.none()
    cell_m = total_m / cells
    cell = _around((place[sudden] - place[0]) / cell_m, _REACH_M / cell_m, cells)
    # Of both ends of each.
    borders = np.stack([cell, cell + 1]) * cell_m + place[0]
    road_m = joined(elevation, segments.gaps)
    height, way_m, at_s = (np.interp(borders, place, of) for of in (road_m, along_m, clock_s))
    rise_m = height[1] - height[0]
    steep = np.abs(rise_m) > _STEEP * (way_m[1] - way_m[0])
    steep &= np.abs(rise_m) > _STEEP_M_S * (at_s[1] - at_s[0])
    part = np.cumsum(np.diff(cell, prepend=cell[0]) > 1, dtype=np.int64)
    # Who halts on a wall goes on behind it: cells of a halt are passed over.
    gone = np.flatnonzero(steep | (way_m[1] - way_m[0] > _STILL * cell_m))
    run_start, run_end = _runs((np.sign(rise_m) * steep)[gone], part[gone])
    start, end = gone[run_start], gone[run_end]
    rise_m, length_m, elapsed_s = (
        _sums((of[1] - of[0])[gone], run_start, run_end) for of in (height, way_m, at_s)
    )
    walls = np.abs(rise_m) > np.maximum(_LEAST_M, _SLOPE * length_m)
    walls &= (length_m <= _MOST_M) & (elapsed_s <= _MOST_S)
    walls &= np.abs(rise_m) > _CLIMBING_M_S * elapsed_s
    start, end = start[walls], end[walls]
    rise_m, elapsed_s = rise_m[walls], elapsed_s[walls]
    others = np.count_nonzero(steep) > _STEEP_PER_WALL * int((end - start + 1).sum())
    if not len(start) or (others and not is_timed):
        return Walls.none()
    first_s, last_s = at_s[0, start], at_s[1, end]
    before_m = height[0, start] - np.interp(first_s - BESIDE_S, clock_s, road_m)
    behind_m = np.interp(last_s + BESIDE_S, clock_s, road_m) - height[1, end]
    # Of the legs that a wall's cells touch, from the first to the last that is as steep.
    legs = np.flatnonzero(np.abs(np.diff(elevation)) > _STEEP * np.diff(along_m))
    touched = np.searchsorted(place, borders[0, start], "right") - 1
    first = legs.take(np.searchsorted(legs, touched))
    last = legs.take(np.searchsorted(legs, np.searchsorted(place, borders[1, end])) - 1) + 1
    last[:-1] = np.minimum(last[:-1], first[1:])
    found = Walls(first, last, rise_m, elapsed_s, np.maximum(before_m, behind_m))
    return found.at((last > first) & (segments.number[first] == segments.number[last]))


def _clock(time_s: FloatArray) -> tuple[FloatArray, bool]:
    """The seconds of each value, between known ones too; and whether there are any."""
    timed = timed_points(time_s)
    if timed is None:
        return np.zeros(len(time_s)), False
    if timed.all():
        return time_s, True
    index = np.arange(len(time_s))
    return np.interp(index, index[timed], time_s[timed]), True


def _around(places: FloatArray, reach: float, cells: int) -> IntArray:
    """Which of so many cells lie within reach of any of some places, in cells all of them."""
    begin = np.floor(places - reach).clip(0, cells).astype(np.int64)
    end = np.ceil(places + reach).clip(0, cells).astype(np.int64)
    return np.flatnonzero(covered(begin, end, cells))


def _runs(direction: FloatArray, part: IntArray) -> tuple[IntArray, IntArray]:
    """The first and the last of the cells of a part that lead in one direction, but for level."""
    new = np.ones(len(direction), dtype=np.bool_)
    new[1:] = (np.diff(direction) != 0) | (np.diff(part) != 0)
    start = np.flatnonzero(new)
    end = np.append(start[1:], len(direction)) - 1
    leads = direction[start] != 0
    return start[leads], end[leads]


def _sums(values: FloatArray, first: IntArray, last: IntArray) -> FloatArray:
    """The sum of the values of each run."""
    so_far = np.concatenate([[0.0], np.cumsum(values)])
    sums: FloatArray = so_far[last + 1] - so_far[first]
    return sums


def joined(elevation: FloatArray, broken: BoolArray) -> FloatArray:
    """Elevations that go on behind each broken leg where they were before it."""
    if not broken.any():
        return elevation
    joined = elevation.copy()
    joined[1:] -= np.cumsum(np.where(broken, np.diff(elevation), 0.0))
    return joined
