"""What the noise of a recording can be, from where it stands alone.

    H(tau) = mean of (y[k + 2 tau] - 2 y[k + tau] + y[k])^2 / 6,   y[k] the mean of tau seconds
    H(tau) = C(tau) + W(tau) + R(v tau)          correlated noise, white noise, relief at speed v

The Hadamard variance (R. A. Baugh, "Frequency modulation analysis with the Hadamard variance",
1971) of altitudes in windows of time: an even slope leaves no trace in it, white noise little in
longer spans. Relief is a process in distance, noise one in time, the same all along. So the
noise is

- no more than H in the quietest quarter of the windows, as chance has them (the minimum
  statistics of R. Martin, "Noise power spectral density estimation", 2001);
- what is left of H where the rider stands still;
- half of what altitudes differ by where the same road is ridden twice (`revisited`): there, the
  relief is gone, and the noise of both passes is left;
- what does not grow with the speed. With gamma the growth of ln H with ln tau, beta with ln v, and
  c, w, r the shares of H: gamma = c gamma_C - w + r gamma_R and beta = r gamma_R, whatever the
  relief is; so c = (gamma - beta + w) / gamma_C, and c / (1 - w) of what is not white.

Two passes never prove that there is noise: a position that is wrong on a slope, or a road beside
the other, looks the same.

What it cannot do: a speed that depends on how rough the road is misleads it, and a lap or a turning
back within a window looks like a halt. Altitudes that a receiver freezes when it stands still, but
not its positions, make it look better than it is. Without times only the quietest windows tell, at
a usual speed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from src.gpx.elevation.noise import (
    AT_MOST_M,
    QUIET,
    hadamard_variances,
    sampled_hadamard_variances,
    white_variance,
)
from src.gpx.elevation.revisited import DEGREE_M, differences
from src.gpx.model import BoolArray, FloatArray

# In steps of the recorder, seconds for most. Longer ones are seen too rarely.
_SPANS = (1, 2, 4, 8, 16)
_SPEED_SPANS = (1, 2, 8)
# Between two passes no relief is left, and longer spans tell too; single values do not, as those of
# one pass lie between values of the other.
_PASSES_SPANS = (2, 4, 8, 16, 32, 64)
# Of a ride's time, what its later passes take at least: as much as the quietest windows are.
_LEAST_SHARED = 0.25
# In seconds: from here on, noise stands out from any sensor's white noise.
_TELLING_SPAN_S = 8
_WINDOW_SPANS, _WINDOW_STEPS = 8, 16
_FEWEST_WINDOWS, _FEWEST_SPEEDS, _FEWEST_HALTS = 6, 20, 2

# Where points lie further apart, the noise of neighbours is no more alike.
_SLOWEST_STEP_S = 20.0
# A time between two points that interpolation must not bridge, in steps.
_GAP_STEPS = 3.0

# The lower quartile of windows, by their mean, for altitudes that wander, and the equivalent
# degrees of freedom of a window: `bench/relief.py --chance`.
QUIETEST = 0.25
_QUIETEST_PER_MEAN = 0.65
_WINDOW_FREEDOM = 8.0

# From its first position to its last, by its time: a window with less stands still, if positions
# move at all.
_STANDING_M_S = 0.4
_RIDING_M_S = 1.0
# Standard errors that a bound lies off what was measured.
_ERRORS = 2.0
# For the share that speeds tell: one, but with so many the bound must still be this share of the
# truth. Speeds that hardly differ go with the noise by chance, and all of it would be climbing.
_SPEED_ERRORS = 1.0
_SURE_ERRORS, _LEAST_OF_TRUTH = 3.0, 0.3
# Of H, what is left at least where white noise is taken off, and where H grows with the speed.
_LEAST_LEFT, _LEAST_SHARE = 0.1, 0.02
# How much ln v differs at least for beta to be told, and how well it is told at best.
_LEAST_SPREAD, _LEAST_ERROR = 0.02, 1e-6
_TINY_M2 = 1e-6
# What a recorder's step is told by: some changes are less, where values were mended or averaged.
_LEAST_CHANGE_M, _FEW_CHANGES = 1e-4, 0.05
# Of altitudes that do not change, what rounding makes of H.
_ROUNDING_M2 = 1e-12
# Of what halts show, what they prove: there, altitudes may be worse than on the way.
_PROVEN = 0.5


# Latitudes and longitudes in degrees.
Positions = tuple[FloatArray, FloatArray]


@dataclass(frozen=True, slots=True)
class NoiseBounds:
    """What the noise can be: variances in m2, at most, of each process of `noise`.

    `at_most_m2` has shape (processes,). With `is_loud` halts prove more than a quiet recorder has.
    """

    at_most_m2: FloatArray
    is_loud: bool = False

    @classmethod
    def unknown(cls) -> "NoiseBounds":
        return cls(np.square(AT_MOST_M))


@dataclass(frozen=True, slots=True)
class Windows:
    """All windows of one span that have no gap.

    `span_s` in seconds; `white_power_m2`, the H of white noise over this span; of shape (windows,)
    `power_m2`, their H in m2, `ridden_m_s`, the mean speed along the track, and `away_m_s`, the
    displacement from the first position to the last by the time between.
    """

    span_s: float
    white_power_m2: float
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
        return max(power_m2 - self.white_power_m2, _LEAST_LEFT * power_m2)

    def error(self, windows: int) -> float:
        """1 + 2 standard errors of the mean of so many windows; of a lower quartile about 1.3."""
        return 1.0 + _ERRORS * float(np.sqrt(2.0 / (_WINDOW_FREEDOM * windows)))


def noise_bounds(
    elevation: FloatArray,
    along_m: FloatArray,
    time_s: FloatArray,
    positions: Positions | None,
    white_m2: float,
) -> NoiseBounds:
    """What the noise of recorded values can be.

    `elevation`, `along_m` and `time_s` have shape (n,), like the latitudes and longitudes of
    `positions`, which are None where the times are made up from the distances; `white_m2` is the
    variance of white noise in a value.
    """
    unknown, proven_m2 = NoiseBounds.unknown(), 0.0
    if (step_s := _step_s(time_s)) is None:
        return unknown
    at_most = unknown.at_most_m2
    seen = list(windows(elevation, along_m, time_s, positions, white_m2, step_s))
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
            if one.span_s >= _TELLING_SPAN_S:
                proven_m2 = max(proven_m2, _PROVEN * mean / error / float(most_unit[QUIET]))
    if positions:
        _by_speed(seen, _resolution_m2(elevation), at_most)
    is_loud = max(_TINY_M2, float(at_most[QUIET])) < proven_m2
    if positions:
        _by_passes(elevation, along_m, time_s, positions, step_s, at_most)
    return NoiseBounds(at_most.clip(min=_TINY_M2), is_loud)


def _resolution_m2(elevation: FloatArray) -> float:
    """The variance of what rounds recorded values, by the step that most of them change by."""
    change_m = np.abs(np.diff(elevation))
    change_m = change_m[change_m > _LEAST_CHANGE_M]
    return float(np.quantile(change_m, _FEW_CHANGES)) ** 2 / 12 if len(change_m) else 0.0


def _by_speed(seen: list[Windows], rounding_m2: float, at_most: FloatArray) -> None:
    """Lower the bounds by how H grows with the speed, beside how it grows with the span.

    Not by spans over which values of a variance of `rounding_m2` round more than what changes.
    """
    told = []
    for one, longer in pairwise(seen):
        riding = one.riding
        power, speed = np.log(one.power_m2[riding]), np.log(one.ridden_m_s[riding])
        step_s = seen[0].span_s
        steps = round(one.span_s / step_s)
        ahead = longer.power_m2[longer.riding]
        if steps not in _SPEED_SPANS or len(power) < _FEWEST_SPEEDS or not len(ahead):
            continue
        if (spread := float(speed.std())) < _LEAST_SPREAD:
            continue
        slope = float(np.mean((speed - speed.mean()) * (power - power.mean()))) / spread**2
        left = power - power.mean() - slope * (speed - speed.mean())
        error = max(float(left.std()) / spread / np.sqrt(len(power)), _LEAST_ERROR)
        mean = float(one.power_m2[riding].mean())
        if mean < rounding_m2 / steps:
            continue
        growth = np.log2(float(ahead.mean()) / mean)
        # The share is that of what is left without white noise: alike in all spans. Where noise
        # grows no more with the span, nothing is told of it. It grows the least in a recorder that
        # writes what is at each instant.
        left = one.correlated(mean) / mean
        shorter, doubled = (
            sampled_hadamard_variances(count, step_s) for count in (steps, 2 * steps)
        )
        of_noise = left * np.log2(doubled / shorter).clip(min=0)
        told.append(((growth - slope + 1.0 - left) / error, of_noise / error, one, mean))
    if not told:
        return
    # By least squares.
    weight = sum(of_noise**2 for _, of_noise, *_ in told) + np.finfo(np.float64).tiny
    share = sum(seen * of_noise for seen, of_noise, *_ in told) / weight
    # The spans see the same windows: their errors go together.
    error = np.sqrt(len(told) / weight)
    error = np.maximum(_SPEED_ERRORS * error, _SURE_ERRORS * error - (1.0 - _LEAST_OF_TRUTH))
    for _, _, one, mean in told:
        unit, _ = _units(one.span_s)
        _lower(at_most, (share + error).clip(_LEAST_SHARE, 1.0) * one.correlated(mean) / unit)


def _by_passes(
    elevation: FloatArray,
    along_m: FloatArray,
    time_s: FloatArray,
    positions: Positions,
    step_s: float,
    at_most: FloatArray,
) -> None:
    """Lower the bounds by what altitudes differ by where the same road is ridden again."""
    gap_s = _GAP_STEPS * step_s
    found = differences(elevation, along_m, time_s, positions, gap_s)
    if found is None:
        return
    difference, clock_s = found
    shared_s, recorded_s = (of[of <= gap_s].sum() for of in (np.diff(clock_s), np.diff(time_s)))
    # A few quiet minutes on a road at both ends of a ride say nothing of hours between them.
    if shared_s < _LEAST_SHARED * recorded_s:
        return
    # Of both recordings, and of what positions are wrong by on rough road.
    white_m2 = white_variance(difference, clock_s)
    for one in windows(difference, clock_s, clock_s, None, white_m2, step_s, _PASSES_SPANS):
        if (count := len(one.power_m2)) >= _FEWEST_WINDOWS:
            unit, _ = _units(one.span_s)
            of_one_pass = one.correlated(float(one.power_m2.mean())) / 2
            # 2 standard errors of what the noise is, not of what is seen of it: where few windows
            # lie low by chance and nothing else bounds it, noise would become climbing.
            _lower(at_most, of_one_pass / (2.0 - one.error(count)) / unit)


def _step_s(time_s: FloatArray) -> float | None:
    """The usual step of a recorder; None where its points are too far apart, or of one instant."""
    gap_s = np.diff(time_s)
    if not (gap_s > 0).any():
        return None
    step_s = max(1.0, float(np.quantile(gap_s[gap_s > 0], 0.9)))
    return step_s if step_s <= _SLOWEST_STEP_S else None


def windows(
    elevation: FloatArray,
    along_m: FloatArray,
    time_s: FloatArray,
    positions: Positions | None,
    white_m2: float,
    step_s: float,
    spans: tuple[int, ...] = _SPANS,
) -> Iterator[Windows]:
    """Windows of every span that has enough of them, one after the other along the ride.

    The arguments are those of `noise_bounds`, the recorder's step in seconds, and spans in steps.
    """
    gap_s = np.diff(time_s)
    gap = gap_s > _GAP_STEPS * step_s
    clock_s = np.concatenate([[0.0], np.cumsum(np.minimum(gap_s, (_GAP_STEPS + 1) * step_s))])
    gap_starts, gap_ends = clock_s[:-1][gap], clock_s[1:][gap]
    even_s = np.arange(0.0, clock_s[-1], step_s)
    even_m, even_along_m, *even_degrees = (
        np.interp(even_s, clock_s, of) for of in (elevation, along_m, *(positions or ()))
    )
    total = np.concatenate([[0.0], np.cumsum(even_m)])
    for span in spans:
        length = max(_WINDOW_SPANS * span, _WINDOW_STEPS)
        reach = length + 3 * span - 1
        count = (len(even_s) - 3 * span + 1) // length
        if count < _FEWEST_WINDOWS:
            return
        means = (total[span:] - total[:-span]) / span
        curve = means[2 * span :] - 2 * means[span:-span] + means[: -2 * span]
        # Four values a span: neighbours overlap.
        stride = max(1, span // 4)
        curve = curve[: count * length].reshape(count, length)[:, ::stride]
        power_m2 = np.einsum("ij,ij->i", curve, curve) / (6 * curve.shape[1])
        first = np.arange(0, count * length, length)
        last = first + reach - 1
        gaps_before = np.searchsorted(gap_ends, even_s[first], "right")
        sound = np.searchsorted(gap_starts, even_s[last]) == gaps_before
        first, last = first[sound], last[sound]
        seconds = (reach - 1) * step_s
        ridden = away = even_along_m[last] - even_along_m[first]
        if even_degrees:
            latitude, longitude = even_degrees
            north = latitude[last]
            east = (longitude[last] - longitude[first]) * np.cos(np.radians(north))
            away = DEGREE_M * np.hypot(north - latitude[first], east)
        yield Windows(
            span_s=span * step_s,
            white_power_m2=white_m2 / span,
            power_m2=np.where(power_m2 < _ROUNDING_M2, 0.0, power_m2)[sound],
            ridden_m_s=ridden / seconds,
            away_m_s=away / seconds,
        )


def _units(span_s: float) -> tuple[FloatArray, FloatArray]:
    """The least and the greatest H of unit noise of each process, shape (processes,) each.

    Its correlation time is taken half a step of their grid shorter and longer, too.
    """
    about = [hadamard_variances(span_s, longer) for longer in (0.5**0.5, 1.0, 2.0**0.5)]
    return np.min(about, axis=0), np.max(about, axis=0)


def _lower(at_most: FloatArray, bound: FloatArray) -> None:
    np.minimum(at_most, bound, out=at_most)
