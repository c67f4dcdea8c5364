"""Telling relief from noise: how much of a profile's power, octave by octave, is which.

The noise is the recorder's, the same process all along the ride; the relief differs from stretch
to stretch. So each stretch is taken to be of some kind of road (`roads`), flat among them, and
what is likeliest is sought: how strong the noise is, how frequent each kind, and of which kind
each stretch. Mean squares of normal values are gamma distributed; how frequent each kind is has
a maximum of likelihood (the nonparametric mixture of Laird, 1978), found together with the noise
by expectation maximisation (Dempster, Laird & Rubin, 1977) with Fisher's scoring for the noise.

What cannot be told from the power (gentle hills from an altitude that wanders slowly) is settled
by what is known beforehand: memories of the noise are weighed by their likelihood and by how
receivers usually are, and road is flat unless there is good reason to think otherwise.
"""

import math
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from src.gpx.elevation.noise import MEMORIES_S
from src.gpx.elevation.relief_spectra import kinds_of_road
from src.gpx.model import FloatArray, IntArray

LEAST_OCTAVES = 3

# The finest octave depends on how points fall into cells.
_FIRST_OCTAVE = 1

# Half of an octave's values are independent; and kinds are like their stretches only so much.
_INDEPENDENT = 0.5
_MOST_VALUES = 6.0

# Stretches that the noise is fitted to, in so many rounds, after some of which kinds that are rare
# are given up. A step changes an amount by no more than a factor of e ** 1.2: from far above, the
# noise comes down on what hills leave of it, where from below it would take noise for hills.
_SAMPLE = 32
_ROUNDS = 10
_PRUNED_AFTER = (1, 3, 6)
_RARE = 3e-3
_LONGEST_STEP = 1.2

# Of which kind a stretch is: flat, unless another is so much likelier, as a logarithm, besides
# being as frequent. Which noise there is: one that leaves stretches flat, all else being alike.
# More there, and gentle hills were lost to noise without measure; less, and noise made hills.
_REASON_FOR_HILLS = 2.0
_REASON_FOR_LESS_NOISE = 0.3

# White noise is known from this many values before the fit.
_WHITE_VALUES = 50.0

# Receivers mostly forget within about 50 s, give or take a factor of 3, and are wrong by a few
# metres. Values of neighbouring octaves and stretches go together: the likelihood counts a third.
_USUAL_MEMORY_S, _MEMORY_FACTOR = 50.0, 2.8
_USUAL_NOISE_M = 3.0
_LIKELIHOOD_POWER = 1 / 3

# Altitudes are rounded; and nothing may be exactly zero.
_RESOLUTION_M2 = 1e-4
_TINY = 1e-12

_Real = TypeVar("_Real", np.float32, np.float64)
_Reals: TypeAlias = npt.NDArray[_Real]
_Single: TypeAlias = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Parting:
    """What is noise and what is relief.

    `white` is how many times the foreseen white noise there is, `wandering_m2`, shape
    (memories,), the variance of the noise of each memory. Of shape (stretches, octaves) are
    `noise_m2`, the power of both together, and two parts of the amplitude: `relief_share`, which
    leaves the relief its power, and `likeliest_share`, which comes closest to it (Wiener, 1949).
    """

    white: float
    wandering_m2: FloatArray
    noise_m2: FloatArray
    relief_share: FloatArray
    likeliest_share: FloatArray


@dataclass(frozen=True, slots=True)
class _Fit:
    """What is likeliest for each memory of the noise.

    `amounts`, shape (memories, 2), of white noise and of noise of this memory; `roads`, shape
    (octaves, kinds), those that are not rare for all memories, and how `frequent` they are, shape
    (memories, kinds); `log_likelihood`, shape (memories,).
    """

    amounts: FloatArray
    roads: FloatArray
    frequent: FloatArray
    log_likelihood: FloatArray


def first_octave(spacing_cells: float) -> int:
    """The finest octave that tells something, of values recorded so many cells apart."""
    return _FIRST_OCTAVE + int(math.log2(max(1.0, spacing_cells)))


def part(
    powers: FloatArray,
    white: FloatArray,
    wandering: FloatArray,
    cells: float,
    spacing_cells: float,
) -> Parting:
    """Relief and noise in the octaves of a profile's stretches.

    `powers`, shape (stretches, octaves), are mean squares in m2; `white`, shape (octaves,), what
    of them is foreseen to be white noise; `wandering`, shape (memories, stretches, octaves), the
    shapes of unit noise of each of `MEMORIES_S`. Stretches are `cells` long, and recorded values
    `spacing_cells` apart; there must be `LEAST_OCTAVES` from the `first_octave` on.
    """
    stretches, octaves = powers.shape
    octave = np.arange(octaves)
    values = np.minimum(_INDEPENDENT * cells / 2.0**octave, _MOST_VALUES)
    values[octave < first_octave(spacing_cells)] = 0.0
    found, white = powers + _RESOLUTION_M2, white + _RESOLUTION_M2
    roads = np.ascontiguousarray(kinds_of_road(octaves, float(found.max())).T)

    sample = np.linspace(0, stretches - 1, min(stretches, _SAMPLE)).astype(np.int64)
    everywhere = np.broadcast_to(white, (len(wandering), len(sample), octaves))
    shapes = np.stack([everywhere, wandering[:, sample]], axis=1)
    # What is likeliest is found as well in single precision, in half the time.
    fit = _fit(*(array.astype(np.float32) for array in (found[sample], shapes, roads, values)))
    weight = _weights(fit)
    amounts = weight[:, np.newaxis] * fit.amounts
    noise = amounts[:, 0].sum() * white + np.tensordot(amounts[:, 1], wandering, 1)
    frequent = weight @ fit.frequent
    kept = _kept(frequent[np.newaxis])
    roads, frequent = fit.roads.take(kept, axis=1), frequent[kept]
    belongs, _ = _assigned(found, _expected(noise, roads), frequent, values)

    noise = np.maximum(noise - _RESOLUTION_M2, 0)
    share = roads / _expected(noise + _TINY, roads)
    likeliest_share = _mean_over_kinds(belongs, share)
    return Parting(
        white=float(amounts[:, 0].sum()),
        wandering_m2=amounts[:, 1],
        noise_m2=noise,
        relief_share=_mean_over_kinds(belongs, np.sqrt(share, out=share)),
        likeliest_share=likeliest_share,
    )


def _fit(found: _Single, shapes: _Single, roads: _Single, values: _Single) -> _Fit:
    """The likeliest amounts of noise of these shapes, (memories, 2, stretches, octaves).

    The first is white. All memories go through each round together: few long steps, in which
    other threads can run.
    """
    used = values > 0
    room = found[:, used].mean(axis=0) / shapes[:, 1][..., used].mean(axis=1)
    amounts = np.stack([np.ones_like(room[:, 0]), room.min(axis=1)], axis=1)
    kinds = roads.shape[1]
    frequent = np.full((len(shapes), kinds), 0.5 / (kinds - 1), dtype=np.float32)
    frequent[:, 0] = 0.5
    for done in range(_ROUNDS):
        if done in _PRUNED_AFTER:
            kept = _kept(frequent)
            frequent, roads = frequent[:, kept], roads.take(kept, axis=1)
        noise = np.einsum("mj,mjso->mso", amounts, shapes)
        expected = _expected(noise, roads)
        belongs, log_likelihood = _assigned(found, expected, frequent[:, np.newaxis], values)
        frequent = belongs.mean(axis=1)
        amounts = _scored(amounts, found, expected, shapes, belongs, values)
    return _Fit(*(array.astype(np.float64) for array in (amounts, roads, frequent, log_likelihood)))


def _expected(noise: _Reals[_Real], roads: _Reals[_Real]) -> _Reals[_Real]:
    """The power of a stretch with this noise, were it of each kind: (..., octaves, kinds)."""
    return noise[..., np.newaxis] + roads


def _assigned(
    found: _Reals[_Real], expected: _Reals[_Real], frequent: _Reals[_Real], values: _Reals[_Real]
) -> tuple[_Reals[_Real], _Reals[_Real]]:
    """How probably each stretch is of each kind, and the logarithm of the likelihood of all.

    `expected`, shape (..., stretches, octaves, kinds), is the power of a stretch of some kind.
    """
    surprise = found[..., np.newaxis] / expected
    surprise += np.log(expected)
    likely = np.log(frequent + _TINY) - values / 2 @ surprise
    likely[..., 0] += _REASON_FOR_LESS_NOISE
    most = likely.max(axis=-1, keepdims=True)
    likelihood = np.log(np.exp(likely - most).sum(axis=-1)) + most[..., 0]
    likely[..., 0] += _REASON_FOR_HILLS - _REASON_FOR_LESS_NOISE
    belongs = np.exp(likely - likely.max(axis=-1, keepdims=True))
    belongs /= belongs.sum(axis=-1, keepdims=True)
    return belongs, likelihood.sum(axis=-1)


def _scored(
    amounts: _Single,
    found: _Single,
    expected: _Single,
    shapes: _Single,
    belongs: _Single,
    values: _Single,
) -> _Single:
    """Amounts after a step of Fisher's scoring in their logarithms."""
    inverse = np.reciprocal(expected)
    slope = _mean_over_kinds(belongs, inverse)
    inverse *= inverse
    curvature = _mean_over_kinds(belongs, inverse)
    slope = (found * curvature - slope) * (values / 2)
    gradient = np.einsum("mjso,mso->mj", shapes, slope)
    information = np.einsum("miso,mjso,mso->mij", shapes, shapes, curvature * (values / 2))
    white = amounts[:, 0]
    gradient[:, 0] += _WHITE_VALUES / 2 * (1 / white - 1) / white
    information[:, 0, 0] += _WHITE_VALUES / 2 / white**2
    step = np.linalg.solve(information, gradient[..., np.newaxis])[..., 0] / amounts
    scored: _Single = amounts * np.exp(step.clip(-_LONGEST_STEP, _LONGEST_STEP))
    return scored


def _weights(fit: _Fit) -> FloatArray:
    """How much each memory counts: its likelihood, and how usual such noise is."""
    unusual = np.log(np.array(MEMORIES_S) / _USUAL_MEMORY_S) / math.log(_MEMORY_FACTOR)
    strange: FloatArray = unusual**2 + fit.amounts[:, 1] / _USUAL_NOISE_M**2
    logarithm = _LIKELIHOOD_POWER * fit.log_likelihood - strange / 2
    weight: FloatArray = np.exp(logarithm - logarithm.max())
    weight /= weight.sum()
    return weight


def _mean_over_kinds(belongs: _Reals[_Real], of_kinds: _Reals[_Real]) -> _Reals[_Real]:
    mean: _Reals[_Real] = (of_kinds @ belongs[..., np.newaxis])[..., 0]
    return mean


def _kept(frequent: _Reals[_Real]) -> IntArray:
    """Of `frequent`, shape (memories, kinds), the kinds that are not rare for all, and the flat."""
    kept = (frequent > _RARE).any(axis=0)
    return np.flatnonzero(kept | (np.arange(frequent.shape[1]) == 0))
