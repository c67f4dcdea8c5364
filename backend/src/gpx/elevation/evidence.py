"""What the noise of a recording can be, from where it stands alone.

    H(s) = mean of (y[k + 2 s] - 2 y[k + s] + y[k])^2 / 6,    y[k] the mean of s seconds from k on
    H(s) = noise(s) + relief(v s)                             at a speed of v metres a second

The Hadamard variance (R. A. Baugh, "Frequency modulation analysis with the Hadamard variance",
1971) of altitudes in windows of time: an even slope leaves no trace in it, white noise little in
longer spans. Relief is a process in distance, noise one in time, the same all along. So the
noise is

- no more than H in the quietest quarter of the windows, as chance has them (the minimum
  statistics of R. Martin, "Noise power spectral density estimation", 2001);
- what is left of H where the rider stands still;
- what does not grow with the speed. With gamma the growth of ln H with ln s, and beta with ln v,
  relief has beta = gamma, whatever it is, and noise beta = 0: the noise's share of H is
  (gamma - beta) / gamma_noise.

What it cannot do: altitudes that a receiver freezes when it stands still, but not its positions,
make it look better than it is. Without times only the quietest windows tell, at a usual speed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from src.gpx.elevation.noise import AT_MOST_M, hadamard_variances
from src.gpx.model import BoolArray, FloatArray

# In steps of the recorder, seconds for most. Longer ones are seen too rarely.
_SPANS = (1, 2, 4, 8, 16, 32)
_SPEED_SPANS = (2, 4, 8)
# From here on, noise stands out from the flicker of any sensor.
_TELLING_SPAN = 8
_WINDOW_SPANS, _WINDOW_STEPS = 8, 16
_FEWEST_WINDOWS, _FEWEST_SPEEDS, _FEWEST_HALTS = 6, 20, 2

# Where points lie further apart, the noise of neighbours is no more alike.
_SLOWEST_STEP_S = 20.0
# A time between two points that interpolation must not bridge, in steps.
_GAP_STEPS = 3.0
_FEWEST_POINTS = 65

# A quarter of the windows, and what of the mean the quietest quarter stays below, for altitudes
# that wander: `bench/relief.py --chance`. So many values of a window are independent.
QUIETEST = 0.25
_QUIETEST_PER_MEAN = 0.65
_INDEPENDENT = 8.0

# A window in which the rider gets no further than this stands still, if positions move at all.
_STANDING_M_S = 0.4
_RIDING_M_S = 1.0
# Of latitude, roughly, as standing still asks for no more.
_DEGREE_M = 111_200.0
# Standard errors that a bound lies off what was measured.
_ERRORS, _SPEED_ERRORS = 2.0, 1.5
# Of H, what is left at least where white noise is taken off, and where H grows with the speed.
_LEAST_LEFT, _LEAST_SHARE = 0.1, 0.02
_LEAST_GROWTH = 0.2
_LEAST_SPREAD = 0.02
_TINY_M2 = 1e-6
# Of what halts show, what they prove: there, altitudes may be worse than on the way.
_PROVEN = 0.5


# Latitudes and longitudes in degrees.
Places = tuple[FloatArray, FloatArray]


@dataclass(frozen=True, slots=True)
class NoiseBounds:
    """Variances in m2 between which the noise lies, shape (processes,): those of `noise`.

    `at_least_m2` is what halts prove.
    """

    at_most_m2: FloatArray
    at_least_m2: FloatArray

    @classmethod
    def unknown(cls) -> "NoiseBounds":
        at_most = np.square(AT_MOST_M)
        return cls(at_most, np.zeros_like(at_most))


@dataclass(frozen=True, slots=True)
class Windows:
    """Of all windows without a gap: H, how far was ridden in each, and how far away it ended."""

    span_s: float
    white_m2: float
    power_m2: FloatArray
    ridden_m_s: FloatArray
    away_m_s: FloatArray

    @property
    def standing(self) -> BoolArray:
        return (self.away_m_s < _STANDING_M_S) & (self.ridden_m_s > 0)

    @property
    def riding(self) -> BoolArray:
        return (self.ridden_m_s > _RIDING_M_S) & (self.power_m2 > 0)

    def correlated(self, power_m2: float) -> float:
        """What is left of H without white noise."""
        return max(power_m2 - self.white_m2, _LEAST_LEFT * power_m2)

    def error(self, windows: int) -> float:
        """Of the mean of so many windows, as a factor."""
        return 1.0 + _ERRORS * float(np.sqrt(2.0 / (_INDEPENDENT * windows)))


def noise_bounds(
    elevation: FloatArray,
    along_m: FloatArray,
    time_s: FloatArray,
    places: Places | None,
    white_m2: float,
) -> NoiseBounds:
    """Between which variances the noise of recorded values lies.

    `elevation`, `along_m` and `time_s` have shape (n,), like the latitudes and longitudes of
    `places`, which are None where the times are made up from the distances; `white_m2` is the
    variance of white noise in a value.
    """
    bounds = NoiseBounds.unknown()
    at_most, at_least = bounds.at_most_m2, bounds.at_least_m2
    seen = list(windows(elevation, along_m, time_s, places, white_m2))
    for one in seen:
        unit, most_unit = _units(one.span_s)
        heard = one.power_m2[one.power_m2 > 0]
        if len(heard) >= _FEWEST_WINDOWS:
            quietest = float(np.quantile(heard, QUIETEST)) / _QUIETEST_PER_MEAN
            _lower(at_most, one.error(len(heard)) * one.correlated(quietest) / unit)
        standing = one.power_m2[one.standing]
        if len(standing) >= _FEWEST_HALTS:
            mean, error = one.correlated(float(standing.mean())), one.error(len(standing))
            _lower(at_most, error * mean / unit)
            if one.span_s >= _TELLING_SPAN:
                _raise(at_least, mean / error / most_unit)
    if places:
        _by_speed(seen, at_most)
    return NoiseBounds(at_most.clip(min=_TINY_M2), _PROVEN * at_least)


def _by_speed(seen: list[Windows], at_most: FloatArray) -> None:
    """Lower the bounds by how H grows with the speed, beside how it grows with the span."""
    told = []
    for one, longer in pairwise(seen):
        riding = one.riding
        power, speed = np.log(one.power_m2[riding]), np.log(one.ridden_m_s[riding])
        steps = round(one.span_s / seen[0].span_s)
        ahead = longer.power_m2[longer.riding]
        if steps not in _SPEED_SPANS or len(power) < _FEWEST_SPEEDS or not len(ahead):
            continue
        if (spread := float(speed.std())) < _LEAST_SPREAD:
            continue
        slope = float(np.mean((speed - speed.mean()) * (power - power.mean()))) / spread**2
        left = power - power.mean() - slope * (speed - speed.mean())
        error = float(left.std()) / spread / np.sqrt(len(power))
        mean = float(one.power_m2[riding].mean())
        growth = np.log2(float(ahead.mean()) / mean)
        unit = hadamard_variances(one.span_s)
        of_noise = np.log2(hadamard_variances(longer.span_s) / unit).clip(min=_LEAST_GROWTH)
        told.append(((growth - slope) / of_noise, error / of_noise, one, mean))
    if not told:
        return
    weight = sum(error**-2 for _, error, *_ in told)
    share = sum(share * error**-2 for share, error, *_ in told) / weight
    # The spans see the same windows: their errors go together.
    error = _SPEED_ERRORS * np.sqrt(len(told) / weight)
    for _, _, one, mean in told:
        unit, _ = _units(one.span_s)
        _lower(at_most, (share + error).clip(_LEAST_SHARE, 1.0) * one.correlated(mean) / unit)


def windows(
    elevation: FloatArray,
    along_m: FloatArray,
    time_s: FloatArray,
    places: Places | None,
    white_m2: float,
) -> Iterator[Windows]:
    """Windows of every span that has enough of them, one after the other along the ride.

    The arguments are those of `noise_bounds`.
    """
    gap_s = np.diff(time_s)
    if len(time_s) < _FEWEST_POINTS or not (gap_s > 0).any():
        return
    step_s = max(1.0, float(np.quantile(gap_s[gap_s > 0], 0.9)))
    if step_s > _SLOWEST_STEP_S:
        return
    gap = gap_s > _GAP_STEPS * step_s
    clock_s = np.concatenate([[0.0], np.cumsum(np.minimum(gap_s, (_GAP_STEPS + 1) * step_s))])
    gap_starts, gap_ends = clock_s[:-1][gap], clock_s[1:][gap]
    even_s = np.arange(0.0, clock_s[-1], step_s)
    total = np.concatenate([[0.0], np.cumsum(np.interp(even_s, clock_s, elevation))])
    for span in _SPANS:
        length = max(_WINDOW_SPANS * span, _WINDOW_STEPS)
        reach = length + 3 * span - 1
        count = (len(even_s) - 3 * span + 1) // length
        if count < _FEWEST_WINDOWS:
            return
        means = (total[span:] - total[:-span]) / span
        curve = means[2 * span :] - 2 * means[span:-span] + means[: -2 * span]
        stride = max(1, span // 4)
        curve = curve[: count * length].reshape(count, length)[:, ::stride]
        seconds = (reach - 1) * step_s
        starts_s = even_s[: count * length : length]
        ends_s = starts_s + seconds
        sound = np.searchsorted(gap_starts, ends_s) == np.searchsorted(gap_ends, starts_s, "right")
        borders_s = np.stack([starts_s, ends_s])[:, sound]
        ridden = np.diff(np.interp(borders_s, clock_s, along_m), axis=0)[0]
        away = ridden
        if places:
            (south, north), (west, east) = (np.interp(borders_s, clock_s, axis) for axis in places)
            away = _DEGREE_M * np.hypot(north - south, (east - west) * np.cos(np.radians(north)))
        yield Windows(
            span_s=span * step_s,
            white_m2=white_m2 / span,
            power_m2=np.einsum("ij,ij->i", curve, curve)[sound] / (6 * curve.shape[1]),
            ridden_m_s=ridden / seconds,
            away_m_s=away / seconds,
        )


def _units(span_s: float) -> tuple[FloatArray, FloatArray]:
    """The least and the greatest H of unit noise of about the correlation time of each process."""
    about = [hadamard_variances(span_s, longer) for longer in (0.5**0.5, 1.0, 2.0**0.5)]
    return np.min(about, axis=0), np.max(about, axis=0)


def _lower(at_most: FloatArray, bound: FloatArray) -> None:
    np.minimum(at_most, bound, out=at_most)


def _raise(at_least: FloatArray, bound: FloatArray) -> None:
    np.maximum(at_least, bound, out=at_least)
