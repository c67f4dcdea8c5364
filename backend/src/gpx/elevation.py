"""The elevation profile along the road, and the climbing in it.

First version: cells of equal length along the distance, each the mean of its points, smoothed
by a Gaussian; climbing is counted between turning points that hysteresis confirms.
"""

from dataclasses import dataclass

import numpy as np

from src.gpx.model import FloatArray, IntArray, Track

_CELL_M = 10.0
_SMOOTHING_M = 30.0
_HYSTERESIS_M = 2.0


@dataclass(frozen=True, slots=True)
class Profile:
    """The smoothed profile: parallel arrays on a grid along the distance, segment by segment.

    `distance_m` along the track and `elevation_m` above sea level, both of shape (k,), and each
    grid point's `segment`. Segments without any elevation are not in it. `noise_m` is the
    standard deviation of the recording's noise as estimated from the recording itself.
    """

    distance_m: FloatArray
    elevation_m: FloatArray
    segment: IntArray
    noise_m: float
    gain_m: float
    loss_m: float

    def __len__(self) -> int:
        return len(self.distance_m)


def elevation_profile(track: Track, distance_m: FloatArray) -> Profile | None:
    """The smoothed profile of a track, or None where it has no elevations."""
    known = np.isfinite(track.elevation)
    if not known.any():
        return None
    parts = []
    gain = loss = 0.0
    for number in np.unique(track.segment[known]).tolist():
        inside = slice(*np.searchsorted(track.segment, [number, number + 1]).tolist())
        along, height = distance_m[inside], track.elevation[inside]
        grid, smooth = _smoothed(along, height)
        up, down = _climbing(smooth)
        gain += up
        loss += down
        parts.append((grid, smooth, np.full(len(grid), number, dtype=np.int64)))
    along, smooth, segment = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Profile(along, smooth, segment, 0.0, gain, loss)


def _smoothed(distance_m: FloatArray, elevation: FloatArray) -> tuple[FloatArray, FloatArray]:
    known = np.isfinite(elevation)
    start, end = float(distance_m[0]), float(distance_m[-1])
    cells = max(1, min(int((end - start) / _CELL_M), 4 * len(distance_m) + 1000))
    step = (end - start) / cells if end > start else 1.0
    cell = ((distance_m[known] - start) / step + 0.5).astype(np.int64)
    weight = np.bincount(cell, minlength=cells + 1)
    total = np.bincount(cell, weights=elevation[known], minlength=cells + 1)
    filled = np.flatnonzero(weight)
    grid = np.arange(cells + 1)
    values = np.interp(grid, filled, total[filled] / weight[filled])
    reach = min(round(3 * _SMOOTHING_M / step), cells)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) * step / _SMOOTHING_M) ** 2)
    padded = np.pad(values, reach, mode="reflect", reflect_type="odd") if reach else values
    smooth = np.convolve(padded, kernel / kernel.sum(), "valid") if reach else values
    return start + grid * step, smooth


def _climbing(elevation: FloatArray) -> tuple[float, float]:
    turning = turning_points(elevation, _HYSTERESIS_M)
    change = np.diff(elevation[turning])
    return float(change[change > 0].sum()), float(-change[change < 0].sum())


def turning_points(elevation: FloatArray, drop_m: float) -> IntArray:
    """Positions of the summits and valleys that differ by at least `drop_m`, and of both ends."""
    turns = np.flatnonzero(np.diff(np.sign(np.diff(elevation)))) + 1
    candidates = np.concatenate([[0], turns, [len(elevation) - 1]])
    return np.array(_confirmed(elevation, candidates, drop_m), dtype=np.int64)


def _confirmed(elevation: FloatArray, positions: IntArray, drop_m: float) -> list[int]:
    chain = [int(positions[0])]
    best, direction = chain[0], 0
    heights = elevation[positions].tolist()
    top = heights[0]
    for position, height in zip(positions.tolist(), heights, strict=True):
        if direction == 0 and abs(height - heights[0]) >= drop_m:
            direction = 1 if height > heights[0] else -1
            best, top = position, height
        elif direction * (height - top) > 0:
            best, top = position, height
        elif direction and direction * (top - height) >= drop_m:
            chain.append(best)
            best, top, direction = position, height, -direction
    if direction:
        chain.append(best)
    last = int(positions[-1])
    if chain[-1] != last:
        chain.append(last)
    return chain
