"""Separating relief from noise: how much of a profile's power, octave by octave, is which.

    power[i, o] ~ Gamma with mean  noise[i, o] + spectra[o, j]  and  freedom[o]  degrees of freedom
    noise = amounts[0] * white + amounts[1] * correlated[process],   j ~ weights

The noise is the recorder's, the same process all along the ride; the relief differs from stretch i
to stretch, and is taken to be of some component j (`relief_spectra`), flat among them. The mixing
weights have a maximum of likelihood (N. Laird, "Nonparametric maximum likelihood estimation of a
mixing distribution", 1978), found together with the amounts of noise by expectation maximisation
(A. P. Dempster, N. M. Laird & D. B. Rubin, 1977) with Fisher's scoring for the amounts.

What it cannot do: gentle hills and an altitude that wanders slowly have the same power. That is
settled by what is seen of the noise (`evidence`), and by log priors: correlation times are weighed
by their likelihood and by how receivers usually are, a quiet recorder is believed, and road is flat
unless there is good reason to think otherwise. ADR 0051 tells what was tried; `bench/accuracy.py`
and `bench/relief.py` measure it on rides of other seeds than the constants were chosen on.
"""

import math
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from src.gpx.elevation.evidence import NoiseBounds
from src.gpx.elevation.noise import CORRELATION_TIMES_S, QUIET
from src.gpx.elevation.relief_spectra import relief_spectra
from src.gpx.model import FloatArray, IntArray

LEAST_OCTAVES = 3

# The finest octave depends on how points fall into cells.
_FIRST_OCTAVE = 2

# Half of an octave's values are independent: all octaves together have twice as many as the
# profile. And at most so many degrees of freedom: a component resembles its stretches only
# roughly, so more values prove no more.
_FREEDOM_PER_VALUE = 0.5
_MOST_FREEDOM = 6.0

# Stretches that are sampled; rounds; after which of them rare components are given up, and below
# which weight one is rare (gains are the same with more of each). The longest step of the logarithm
# of an amount: the noise starts at the most there can be and comes down, as from below it would
# take noise for hills.
_SAMPLE = 32
_ROUNDS = 10
_PRUNED_AFTER = (1, 3, 6)
_RARE = 3e-3
_LONGEST_STEP = 1.2

# Added to the log probability of flat: where a stretch's component is told; and, less, in the
# likelihood that processes are compared by (with 1.4 gentle hills were lost to noise, with none
# noise made hills).
_FLAT_LOG_PRIOR = 3.0
_FLAT_LOG_PRIOR_OF_NOISE = 0.3

# How much what `noise.white_variance` foresees counts beside the fit: as the variance of so many
# values would.
_WHITE_VALUES = 50.0

# Log prior of the correlation time (the logarithm is normal, with this factor as its deviation) and
# of the variance: receivers mostly forget within about 50 s, and are wrong by a few metres. Values
# of neighbouring octaves and stretches go together: the likelihood counts a third.
_USUAL_TIME_S, _TIME_FACTOR = 50.0, 2.8
_USUAL_NOISE_M = 3.0
_LIKELIHOOD_POWER = 1 / 3

# Log prior odds of a quiet recorder: most have a barometer, and what looks clean is believed.
_QUIET_LOG_ODDS = 4.0
_CERTAIN = 50.0

# Altitudes are rounded; and nothing may be exactly zero.
_RESOLUTION_M2 = 1e-4
_TINY = 1e-12

_Real = TypeVar("_Real", np.float32, np.float64)
_Reals: TypeAlias = npt.NDArray[_Real]
_Single: TypeAlias = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Separation:
    """What is noise and what is relief.

    `white` is how many times the foreseen white noise there is, `correlated_m2`, shape
    (processes,), the variance of the noise of each: what tests look at. Of shape (stretches,
    octaves) are `noise_m2`, the power of both together, and two gains of the amplitude:
    `relief_gain`, which leaves the relief its power, and `posterior_mean_gain`, which comes closest
    to it (Wiener, 1949).
    """

    white: float
    correlated_m2: FloatArray
    noise_m2: FloatArray
    relief_gain: FloatArray
    posterior_mean_gain: FloatArray


@dataclass(frozen=True, slots=True)
class _Fit:
    """The maximum of the penalised likelihood for each process of the noise.

    `amounts`, shape (processes, 2), of white and of correlated noise; `spectra`, shape
    (octaves, components), those that are not rare for all processes, and their mixing `weights`,
    shape (processes, components); `log_likelihood`, shape (processes,).
    """

    amounts: FloatArray
    spectra: FloatArray
    weights: FloatArray
    log_likelihood: FloatArray


def first_octave(spacing_cells: float) -> int:
    """The finest octave that tells something, of values recorded so many cells apart."""
    return _FIRST_OCTAVE + int(math.log2(max(1.0, spacing_cells)))


def separate(
    powers: FloatArray,
    white: FloatArray,
    correlated: FloatArray,
    cells: float,
    spacing_cells: float,
    bounds: NoiseBounds,
) -> Separation:
    """Relief and noise in the octaves of a profile's stretches.

    `powers`, shape (stretches, octaves), are mean squares in m2; `white`, shape (octaves,), what
    of them is foreseen to be white noise; `correlated`, shape (processes, stretches, octaves),
    the spectra of unit noise of each process. Stretches are `cells` long, and recorded values
    `spacing_cells` apart; there must be `LEAST_OCTAVES` from the `first_octave` on. The noise of
    each process is at most `bounds.at_most_m2`; with `bounds.is_loud` it is not the quiet one.
    """
    stretches, octaves = powers.shape
    octave = np.arange(octaves)
    freedom = np.minimum(_FREEDOM_PER_VALUE * cells / 2.0**octave, _MOST_FREEDOM)
    freedom[octave < first_octave(spacing_cells)] = 0.0
    power, white = powers + _RESOLUTION_M2, white + _RESOLUTION_M2
    spectra = np.ascontiguousarray(relief_spectra(octaves, float(power.max())).T)

    sample = np.linspace(0, stretches - 1, min(stretches, _SAMPLE)).astype(np.int64)
    everywhere = np.broadcast_to(white, (len(correlated), len(sample), octaves))
    unit_noise = np.stack([everywhere, correlated[:, sample]], axis=1)
    # The maximum is found as well in single precision, in half the time.
    given = (power[sample], unit_noise, spectra, freedom, bounds.at_most_m2)
    fit = _fit(*(a.astype(np.float32) for a in given))
    posterior = _posterior_of_processes(fit, bounds)
    amounts = posterior[:, np.newaxis] * fit.amounts
    noise = amounts[:, 0].sum() * white + np.tensordot(amounts[:, 1], correlated, 1)
    weights = posterior @ fit.weights
    kept = _kept(weights[np.newaxis])
    spectra, weights = fit.spectra.take(kept, axis=1), weights[kept]
    responsibilities, _ = _expectation(
        power, _expected(noise, spectra), np.log(weights + _TINY), freedom
    )

    noise = np.maximum(noise - _RESOLUTION_M2, 0)
    gain = spectra / _expected(noise + _TINY, spectra)
    posterior_mean_gain = _mean_over_components(responsibilities, gain)
    return Separation(
        white=float(amounts[:, 0].sum()),
        correlated_m2=amounts[:, 1],
        noise_m2=noise,
        relief_gain=_mean_over_components(responsibilities, np.sqrt(gain, out=gain)),
        posterior_mean_gain=posterior_mean_gain,
    )


def _fit(
    power: _Single, unit_noise: _Single, spectra: _Single, freedom: _Single, at_most: _Single
) -> _Fit:
    """Amounts of noise and mixing weights with the greatest likelihood.

    `unit_noise`, shape (processes, 2, stretches, octaves), is the power of unit noise, the first of
    both white. All processes go through each round together: few long steps, in
    which other threads can run.
    """
    used = freedom > 0
    most = power[:, used].mean(axis=0) / unit_noise[:, 1][..., used].mean(axis=1)
    amounts = np.stack([np.ones_like(at_most), np.minimum(most.min(axis=1), at_most)], axis=1)
    components = spectra.shape[1]
    weights = np.full((len(unit_noise), components), 0.5 / (components - 1), dtype=np.float32)
    weights[:, 0] = 0.5
    for done in range(_ROUNDS):
        if done in _PRUNED_AFTER:
            kept = _kept(weights)
            weights, spectra = weights[:, kept], spectra.take(kept, axis=1)
        noise = np.einsum("tj,tjso->tso", amounts, unit_noise)
        expected = _expected(noise, spectra)
        responsibilities, log_likelihood = _expectation(
            power, expected, np.log(weights + _TINY)[:, np.newaxis], freedom
        )
        weights = responsibilities.mean(axis=1)
        amounts = _scored(amounts, power, expected, unit_noise, responsibilities, freedom)
        np.minimum(amounts[:, 1], at_most, out=amounts[:, 1])
    return _Fit(*(a.astype(np.float64) for a in (amounts, spectra, weights, log_likelihood)))


def _expected(noise: _Reals[_Real], spectra: _Reals[_Real]) -> _Reals[_Real]:
    """The power of a stretch with this noise, were it of each component: (..., components)."""
    return noise[..., np.newaxis] + spectra


def _expectation(
    power: _Reals[_Real],
    expected: _Reals[_Real],
    log_weights: _Reals[_Real],
    freedom: _Reals[_Real],
) -> tuple[_Reals[_Real], _Reals[_Real]]:
    """The responsibility of each component for each stretch, and the log likelihood of all.

    `expected`, shape (..., stretches, octaves, components), is the power of a stretch of some
    component.
    """
    deviance = power[..., np.newaxis] / expected
    deviance += np.log(expected)
    joint = log_weights - freedom / 2 @ deviance
    joint[..., 0] += _FLAT_LOG_PRIOR_OF_NOISE
    most = joint.max(axis=-1, keepdims=True)
    log_likelihood = np.log(np.exp(joint - most).sum(axis=-1)) + most[..., 0]
    joint[..., 0] += _FLAT_LOG_PRIOR - _FLAT_LOG_PRIOR_OF_NOISE
    responsibilities = np.exp(joint - joint.max(axis=-1, keepdims=True))
    responsibilities /= responsibilities.sum(axis=-1, keepdims=True)
    return responsibilities, log_likelihood.sum(axis=-1)


def _scored(
    amounts: _Single,
    power: _Single,
    expected: _Single,
    unit_noise: _Single,
    responsibilities: _Single,
    freedom: _Single,
) -> _Single:
    """Amounts after a step of Fisher's scoring in their logarithms."""
    inverse = np.reciprocal(expected)
    slope = _mean_over_components(responsibilities, inverse)
    inverse *= inverse
    curvature = _mean_over_components(responsibilities, inverse)
    slope = (power * curvature - slope) * (freedom / 2)
    gradient = np.einsum("tjso,tso->tj", unit_noise, slope)
    information = np.einsum("tiso,tjso,tso->tij", unit_noise, unit_noise, curvature * (freedom / 2))
    white = amounts[:, 0]
    gradient[:, 0] += _WHITE_VALUES / 2 * (1 / white - 1) / white
    information[:, 0, 0] += _WHITE_VALUES / 2 / white**2
    step = np.linalg.solve(information, gradient[..., np.newaxis])[..., 0] / amounts
    scored: _Single = amounts * np.exp(step.clip(-_LONGEST_STEP, _LONGEST_STEP))
    return scored


def _posterior_of_processes(fit: _Fit, bounds: NoiseBounds) -> FloatArray:
    """How probable each process of noise is: its likelihood, and what is known of recorders."""
    loud = np.arange(len(CORRELATION_TIMES_S)) != QUIET
    unusual = np.log(np.array(CORRELATION_TIMES_S) / _USUAL_TIME_S) / math.log(_TIME_FACTOR)
    log_prior = (unusual**2 + fit.amounts[:, 1] / _USUAL_NOISE_M**2) / -2
    log_posterior = np.where(loud, _LIKELIHOOD_POWER * fit.log_likelihood + log_prior, -np.inf)
    posterior: FloatArray = np.exp(log_posterior - log_posterior.max())
    posterior /= posterior.sum()
    if not bounds.is_loud:
        odds = _QUIET_LOG_ODDS + fit.log_likelihood[QUIET] - fit.log_likelihood[loud].max()
        quiet = 1 / (1 + math.exp(-max(-_CERTAIN, min(odds, _CERTAIN))))
        posterior *= 1 - quiet
        posterior[QUIET] = quiet
    return posterior


def _mean_over_components(
    responsibilities: _Reals[_Real], of_components: _Reals[_Real]
) -> _Reals[_Real]:
    """Of values of each component, shape (..., components), weighted by responsibilities."""
    mean: _Reals[_Real] = (of_components @ responsibilities[..., np.newaxis])[..., 0]
    return mean


def _kept(weights: _Reals[_Real]) -> IntArray:
    """Of mixing weights, shape (processes, components), those not rare for all, and the flat."""
    kept = (weights > _RARE).any(axis=0)
    return np.flatnonzero(kept | (np.arange(weights.shape[1]) == 0))
