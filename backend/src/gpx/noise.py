"""How much of an elevation profile is noise, estimated from the profile itself.

The mean square of the second difference h(s - L) - 2 h(s) + h(s + L) grows with the lag L in a
way that tells its sources apart: not at all for white noise (rounding, a barometer's flicker);
up to a limit for noise that forgets itself after some seconds, and with L for noise that wanders
like a random walk (both are the errors of satellite altitudes); with L to the power of about 2.5
for relief, rougher than graded road alone (4) and smoother than bare terrain (about 2, a fractal
surface: Mandelbrot, 1975). A non-negative fit over a factor of sixteen in L finds the amounts.
"""

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from src.gpx.model import FloatArray

_LAGS = (2, 4, 8, 16, 32)
_MEMORY_M = 150.0
_RELIEF_POWER = 2.5
_RESOLUTION_M2 = 1e-4

# Powers of the lag: faster than this only relief grows, slower than that only noise or whole hills.
_RELIEF_GROWTH = 1.5
_NOISE_GROWTH = 1.0
_SEARCHED_M = np.geomspace(1, 4000, 400)


@dataclass(frozen=True, slots=True)
class Noise:
    """Variances in m2 of white noise and of `forgetful` noise (autocorrelation exp(-s / 150 m)),
    the steps of a random walk in m2 per metre, and the second differences of relief at 1 m.
    """

    white: float
    forgetful: float
    walk: float
    relief: float

    @property
    def reach_m(self) -> float:
        """The lag in metres below which noise outweighs relief, at most 4 km."""
        shapes = _shapes(_SEARCHED_M)
        noise = shapes[:, :3] @ np.array([self.white, self.forgetful, self.walk])
        hidden = _SEARCHED_M[self.relief * shapes[:, 3] < noise]
        return float(hidden[-1]) if len(hidden) else 0.0

    def left_m(self, sigma_m: float, cell_m: float) -> float:
        """Standard deviation in metres of what a Gaussian of `sigma_m` leaves of the noise.

        White noise is averaged over 2 sqrt(pi) sigma, the forgetful over that many memories, and
        of a random walk about the part remains that it wanders within half of sigma.
        """
        white = self.white / max(1.0, 2 * math.sqrt(math.pi) * sigma_m / cell_m)
        forgetful = self.forgetful / (1 + math.sqrt(math.pi) * sigma_m / _MEMORY_M)
        return math.sqrt(white + forgetful + self.walk * sigma_m / 2)


def estimate_noise(elevation: FloatArray, cell_m: float, spacing_m: float) -> Noise:
    """The noise of a profile given every `cell_m`, recorded about every `spacing_m` metres.

    Profiles too short for three lags of at least the spacing are taken as they are.
    """
    first = max(1, round(spacing_m / cell_m))
    lags = [lag * first for lag in _LAGS if 4 * lag * first < len(elevation)]
    if len(lags) < 3:
        return Noise(0.0, 0.0, 0.0, 0.0)
    squares = np.array([_mean_square_bend(elevation, lag) for lag in lags]) + _RESOLUTION_M2
    squares = squares[: _whole_hills(squares)]
    shapes = _shapes(np.array(lags[: len(squares)]) * cell_m) / squares[:, np.newaxis]
    return Noise(*_non_negative_fit(shapes).tolist())


def _shapes(lag_m: FloatArray) -> FloatArray:
    """Mean square second differences of unit amounts of each source, shape (lags, 4)."""
    memory = np.exp(-lag_m / _MEMORY_M)
    return np.stack(
        [
            np.full_like(lag_m, 6.0),
            6 - 8 * memory + 2 * memory**2,
            4 * lag_m,
            lag_m**_RELIEF_POWER,
        ],
        axis=1,
    )


def _mean_square_bend(elevation: FloatArray, lag: int) -> float:
    bend = elevation[2 * lag :] + elevation[: -2 * lag]
    bend -= 2 * elevation[lag:-lag]
    return float(np.dot(bend, bend)) / len(bend)


def _whole_hills(squares: FloatArray) -> int:
    """How many of the lags come before the one that spans whole hills.

    There the bends stop growing, as those of noise do; but only relief grows so fast before.
    """
    growth = np.diff(np.log2(squares))
    stops = np.maximum.accumulate(growth) > _RELIEF_GROWTH
    stops &= growth < _NOISE_GROWTH
    return int(np.argmax(stops)) + 1 if stops.any() else len(squares)


def _non_negative_fit(shapes: FloatArray) -> FloatArray:
    """Coefficients >= 0 that bring the weighted sum of the columns closest to ones."""
    ones = np.ones(len(shapes))
    best, best_error = np.zeros(shapes.shape[1]), np.inf
    for size in range(1, min(shapes.shape) + 1):
        for columns in combinations(range(shapes.shape[1]), size):
            part = shapes[:, columns]
            amounts = np.linalg.lstsq(part, ones)[0]
            error = float(np.sum((part @ amounts - ones) ** 2))
            if amounts.min() >= 0 and error < best_error:
                best, best_error = np.zeros(shapes.shape[1]), error
                best[list(columns)] = amounts
    return best
