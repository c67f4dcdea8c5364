"""How much of an elevation profile is noise, estimated from the profile itself.

The mean square of the second difference h(s - L) - 2 h(s) + h(s + L) grows with the lag L in
three ways at once: not at all for white noise (rounding, a barometer's flicker), with L for noise
that wanders like a random walk (the errors of satellite altitudes), and with L to the power of
about 2.5 for natural relief, whose roads bend slowly (a spectral slope of -3.5 between the
fractal of bare terrain, Mandelbrot, 1975, and a smoothly graded road). A non-negative fit of
these three tells them apart, because recordings cover a factor of sixteen in L.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from src.gpx.model import FloatArray

_LAGS = (2, 4, 8, 16, 32)
_RELIEF_POWER = 2.5
_RESOLUTION_M2 = 1e-4
_SEARCHED_M = np.geomspace(1, 4000, 400)


@dataclass(frozen=True, slots=True)
class Noise:
    """Mean square second differences at lag L: `white` + `walk` L + `relief` L ** 2.5, in m2."""

    white: float
    walk: float
    relief: float

    @property
    def reach_m(self) -> float:
        """The lag in metres below which noise outweighs relief, at most 4 km."""
        noise = self.white + self.walk * _SEARCHED_M
        hidden = _SEARCHED_M[self.relief * _SEARCHED_M**_RELIEF_POWER < noise]
        return float(hidden[-1]) if len(hidden) else 0.0

    def left_m(self, sigma_m: float, cell_m: float) -> float:
        """Standard deviation in metres of what a Gaussian of `sigma_m` leaves of the noise.

        White noise is averaged over 2 sqrt(pi) sigma; of a random walk about the part remains
        that it wanders within half of sigma.
        """
        averaged = max(1.0, 2 * np.sqrt(np.pi) * sigma_m / cell_m)
        return float(np.sqrt(self.white / 6 / averaged + self.walk / 4 * sigma_m / 2))


def estimate_noise(elevation: FloatArray, cell_m: float, spacing_m: float) -> Noise:
    """The noise of a profile given every `cell_m`, recorded about every `spacing_m` metres.

    Profiles too short for three lags of at least the spacing are taken as they are.
    """
    first = max(1, round(spacing_m / cell_m))
    lags = [lag * first for lag in _LAGS if 4 * lag * first < len(elevation)]
    if len(lags) < 3:
        return Noise(0.0, 0.0, 0.0)
    squares = np.array([_second_difference(elevation, lag) for lag in lags]) + _RESOLUTION_M2
    lag_m = np.array(lags) * cell_m
    shapes = np.stack([np.ones_like(lag_m), lag_m, lag_m**_RELIEF_POWER], axis=1)
    return Noise(*_non_negative_fit(shapes / squares[:, np.newaxis]).tolist())


def _second_difference(elevation: FloatArray, lag: int) -> float:
    bend = elevation[2 * lag :] - 2 * elevation[lag:-lag] + elevation[: -2 * lag]
    return float(np.dot(bend, bend)) / len(bend)


def _non_negative_fit(shapes: FloatArray) -> FloatArray:
    """Coefficients >= 0 that bring the weighted sum of the columns closest to ones."""
    ones = np.ones(len(shapes))
    best, best_error = np.zeros(shapes.shape[1]), np.inf
    for size in range(1, shapes.shape[1] + 1):
        for columns in combinations(range(shapes.shape[1]), size):
            part = shapes[:, columns]
            coefficients = np.linalg.lstsq(part, ones)[0]
            error = float(np.sum((part @ coefficients - ones) ** 2))
            if coefficients.min() >= 0 and error < best_error:
                best, best_error = np.zeros(shapes.shape[1]), error
                best[list(columns)] = coefficients
    return best
