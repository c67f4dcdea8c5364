"""Roads that are not on any map: bends, hills and a mountain pass, the same each time.

A road is told every `STEP_M` metres along it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from src.gpx.model import FloatArray

STEP_M = 5.0
_METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True, slots=True, eq=False)
class Road:
    """Parallel arrays: degrees, metres above the sea, and bends in radians per metre."""

    latitude: FloatArray
    longitude: FloatArray
    elevation: FloatArray
    curvature: FloatArray

    @property
    def along_m(self) -> FloatArray:
        return np.arange(len(self.latitude), dtype=np.float64) * STEP_M


def mountain_pass(start: tuple[float, float], rng: np.random.Generator) -> Road:
    """A valley, a pass with hairpins and its other side: 41 km."""
    corners_km = [0.0, 9.0, 13.0, 17.5, 21.5, 27.0, 33.5, 41.0]
    heights_m = [792.0, 905.0, 1170.0, 1515.0, 1803.0, 1425.0, 995.0, 910.0]
    along_km = np.arange(0, corners_km[-1], STEP_M / 1000)
    elevation = _smooth(np.interp(along_km, corners_km, heights_m), 700)
    # The road is never as even as its average.
    elevation += 2.5 * wandering(len(along_km), 260 / STEP_M, rng)
    steep = np.clip(np.abs(np.gradient(_smooth(elevation, 1500)) / STEP_M) / 0.07, 0, 1)
    hairpins = 1.35 * steep**3 * np.sin(2 * np.pi * along_km / 0.62)
    heading = 0.9 + hairpins + 0.35 * wandering(len(along_km), 220 / STEP_M, rng)
    heading += 0.5 * wandering(len(along_km), 2500 / STEP_M, rng)
    return _along(start, heading, elevation)


def rolling_loop(start: tuple[float, float], length_km: float, rng: np.random.Generator) -> Road:
    """Country roads from hill to hill, back to where they began."""
    along_km = np.arange(0, length_km, STEP_M / 1000)
    elevation = np.full(len(along_km), 512.0)
    for wavelength_km in np.geomspace(1.1, length_km / 2, 11):
        height_m = 62 * (wavelength_km / 12) ** 0.8 if wavelength_km < 12 else 62.0
        waves = max(1, round(length_km / wavelength_km))
        phase = rng.uniform(0, 2 * np.pi)
        elevation += height_m * 0.42 * np.sin(2 * np.pi * along_km * waves / length_km + phase)
    heading = 2 * np.pi * along_km / length_km
    heading += 0.45 * wandering(len(along_km), 180 / STEP_M, rng)
    heading += 0.55 * wandering(len(along_km), 1800 / STEP_M, rng)
    return _along(start, heading, _smooth(elevation, 150), is_closed=True)


def through(places: Sequence[tuple[float, float]], rng: np.random.Generator) -> Road:
    """A road in flat country that passes near these places, over a dike now and then."""
    latitude, longitude = np.array(places).T
    scale = math.cos(math.radians(float(latitude.mean()))) * _METRES_PER_DEGREE
    north, east = latitude * _METRES_PER_DEGREE, longitude * scale
    corners = np.append(0, np.cumsum(np.hypot(np.diff(east), np.diff(north))))
    grid = np.arange(0, corners[-1], STEP_M)
    bends = 45 * wandering(len(grid), 350 / STEP_M, rng)
    east = _smooth(np.interp(grid, corners, east), 500) + bends
    north = _smooth(np.interp(grid, corners, north), 500) - bends[::-1]
    elevation = 1.6 + 0.5 * wandering(len(grid), 900 / STEP_M, rng)
    for dike_m in rng.uniform(0.05, 0.95, 5) * corners[-1]:
        elevation += 5.5 * np.exp(-(((grid - dike_m) / 60) ** 2))
    # Bends make it longer: measured again, and told at even steps.
    along = np.append(0, np.cumsum(np.hypot(np.diff(east), np.diff(north))))
    even = np.arange(0, along[-1], STEP_M)
    heading = np.unwrap(np.arctan2(np.gradient(north), np.gradient(east)))
    return Road(
        np.interp(even, along, north) / _METRES_PER_DEGREE,
        np.interp(even, along, east) / scale,
        np.interp(even, along, elevation),
        np.interp(even, along, np.abs(np.gradient(heading)) / STEP_M),
    )


def wandering(size: int, reach: float, rng: np.random.Generator) -> FloatArray:
    """Noise of deviation 1 that keeps its value over about `reach` samples."""
    width = max(3, int(2 * reach))
    window = np.hanning(width + 2)[1:-1]
    noise = np.convolve(rng.normal(0, 1, size + width - 1), window, "valid")
    return np.asarray(noise / math.sqrt(float((window**2).sum())), np.float64)


def _along(
    start: tuple[float, float],
    heading: FloatArray,
    elevation: FloatArray,
    *,
    is_closed: bool = False,
) -> Road:
    """A road that goes where `heading` says, in radians from the east to the north."""
    east, north = np.cumsum(np.cos(heading)) * STEP_M, np.cumsum(np.sin(heading)) * STEP_M
    if is_closed:
        back = np.linspace(0, 1, len(heading))
        east, north = east - back * east[-1], north - back * north[-1]
    scale = math.cos(math.radians(start[0])) * _METRES_PER_DEGREE
    return Road(
        start[0] + north / _METRES_PER_DEGREE,
        start[1] + east / scale,
        elevation,
        np.abs(np.gradient(heading)) / STEP_M,
    )


def _smooth(values: FloatArray, reach_m: float) -> FloatArray:
    width = 2 * (int(reach_m / STEP_M) // 2) + 1
    window = np.hanning(width + 2)[1:-1]
    padded = np.pad(values, width // 2, mode="edge")
    return np.asarray(np.convolve(padded, window / window.sum(), "valid"), np.float64)
