"""Telling relief from noise: how much of a profile's power, octave by octave, is which.

The noise is the recorder's, the same process all along the ride; the relief differs from stretch
to stretch. So stretches are taken as a mixture of kinds, one of them flat, and both the kinds and
the noise are fitted together by expectation maximisation (Dempster, Laird & Rubin, 1977): which
stretch is probably of which kind, given what each kind is like; what each kind and the noise are
like, given that. Wandering altitudes double their power from octave to octave, or less; relief,
below the length of whole hills, gains 6 to 16 times, which is what tells them apart where no
stretch is flat.
"""

import math
from dataclasses import dataclass

import numpy as np

from src.gpx.fitting import non_negative_fit
from src.gpx.model import FloatArray

# How hilly the kinds are at first, as parts of the ride's mean; the flat kind stays flat.
_KINDS = (0.0, 0.4, 1.6)
_ROUNDS = 8

# Relief grows with some power of the length up to the octave of some length of hills, and beyond
# with a lower one: (power, octave, power).
_RELIEFS = ((2.7, 5, 1.5), (2.7, 7, 1.5), (4.0, 5, 1.5), (4.0, 7, 1.5))

# Only relief grows so fast from one octave to the next; what comes after it spans whole hills.
_GROWTH_OF_RELIEF = 5.0

# The finest octave depends on how points fall into cells.
_FIRST_OCTAVE = 1
LEAST_OCTAVES = 3

# So much of a shape may be wrong, of noise and of relief; and so many values are independent
# enough for the kind of a stretch to be told by them.
_NOISE_MISFIT = 0.03
_RELIEF_MISFIT = 0.2
_MOST_VALUES = 8.0

# By so much the noise is more than what is fitted: chance is sometimes taken for relief.
_CHANCE = 1.05

# Noise is not more than the power in any octave, but for so many deviations of chance.
_DEVIATIONS = 3.0

_RESOLUTION_M2 = 1e-4
_LEAST_M2 = 1e-9


@dataclass(frozen=True, slots=True)
class Parting:
    """`wandering`, shape (memories,), are the variances of the noise in m2; of shape (stretches,
    octaves) are `noise`, its power there with the white noise, and `share`, the part of the
    amplitude that is relief.
    """

    wandering: FloatArray
    noise: FloatArray
    share: FloatArray


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
    of them is white noise; `wandering`, shape (memories, stretches, octaves), the shapes of unit
    noise of each memory. Stretches are `cells` long, and recorded values `spacing_cells` apart;
    there must be `LEAST_OCTAVES` from the `first_octave` on.
    """
    mixture = _Mixture(powers, white, wandering, cells, spacing_cells)
    for _ in range(_ROUNDS):
        mixture.assign()
        mixture.fit()
    return mixture.parting()


class _Mixture:
    """Kinds of stretches: their relief, the noise in them, and which stretch is of which kind."""

    def __init__(
        self,
        powers: FloatArray,
        white: FloatArray,
        wandering: FloatArray,
        cells: float,
        spacing_cells: float,
    ) -> None:
        stretches, octaves = powers.shape
        self._powers = powers + _RESOLUTION_M2
        self._white = white + _RESOLUTION_M2
        self._wandering = wandering
        self._bases = _relief_shapes(octaves)
        self._used = np.arange(octaves) >= first_octave(spacing_cells)
        chance = _DEVIATIONS * np.sqrt(2 * 2.0 ** np.arange(octaves) / (cells * stretches))
        self._room = np.where(self._used, (1 + chance) * powers.mean(axis=0), np.inf)
        self._used &= np.arange(octaves) <= _whole_hills((powers - white).mean(axis=0))
        self._values = cells / 2.0 ** np.arange(octaves)
        self._kinds = np.array(_KINDS)
        last = int(np.flatnonzero(self._used)[-1])
        slope = 2.0 ** (3.0 * (np.arange(octaves) - last))
        self._relief = np.outer(self._kinds * powers[:, last].mean(), slope)
        # No more noise than there is room for in any octave.
        shape = wandering[len(wandering) // 2]
        self._noise = shape * (self._room / shape.mean(axis=0)).min()
        self._share_of_kind = np.full(len(_KINDS), 1 / len(_KINDS))
        self._belongs = np.empty((len(_KINDS), stretches))
        self.amounts = np.zeros(len(wandering))

    def assign(self) -> None:
        """How probably each stretch is of each kind: mean squares are gamma distributed."""
        expected = self._relief[:, np.newaxis] + self._noise + self._white
        values = np.minimum(self._values, _MOST_VALUES)[self._used] / 2
        expected, found = expected[..., self._used], self._powers[:, self._used]
        surprise = (np.log(expected) + found / expected) @ values
        likely = np.log(self._share_of_kind)[:, np.newaxis] - surprise
        self._belongs = np.exp(likely - likely.max(axis=0))
        self._belongs /= self._belongs.sum(axis=0)
        self._share_of_kind = self._belongs.mean(axis=1) + 1e-4
        self._share_of_kind /= self._share_of_kind.sum()

    def fit(self) -> None:
        """The relief of each kind and the noise: for each memory, and then as they are likely."""
        kinds = self._belongs.sum(axis=1) > 1e-3
        size = self._belongs[kinds].sum(axis=1, keepdims=True)
        mean_of = self._belongs[kinds] / size
        found, noise = mean_of @ self._powers, mean_of @ self._noise
        relief = self._relief[kinds]
        expected = np.maximum(relief + noise + self._white, found * (self.amounts.sum() == 0))
        sampling = 2 / (size * self._values) + _NOISE_MISFIT**2
        error = np.sqrt(sampling * expected**2 + (_RELIEF_MISFIT * relief) ** 2)
        weight = np.where(self._used, 1 / error, 0.0)

        hilly = self._kinds[kinds] > 0
        wanted = ((found - self._white) * weight).ravel()
        fits, misfits = [], []
        for shape in self._wandering:
            columns = self._columns(mean_of @ shape, hilly)
            weighted = (columns * weight[..., np.newaxis]).reshape(len(wanted), -1)
            fits.append(non_negative_fit(weighted, wanted))
            misfits.append(np.sum((weighted @ fits[-1] - wanted) ** 2) / 2)
        likely = np.exp(np.min(misfits) - np.array(misfits))
        likely /= likely.sum()
        fitted = likely @ np.array(fits)
        self.amounts = likely * np.array([fit[0] for fit in fits])
        noise = np.tensordot(self.amounts, self._wandering, 1)
        within = min(1.0, float((self._room / (noise.mean(axis=0) + _LEAST_M2)).min()))
        self.amounts *= within
        self._noise = within * noise
        amounts = fitted[1:].reshape(-1, len(self._bases))
        self._relief[np.flatnonzero(kinds)[hilly]] = amounts @ self._bases

    def _columns(self, noise: FloatArray, hilly: FloatArray) -> FloatArray:
        """What each amount adds to each kind and octave: noise first, then relief kind by kind."""
        kinds, octaves = noise.shape
        bases = len(self._bases)
        columns = np.zeros((kinds, octaves, 1 + bases * int(hilly.sum())))
        columns[:, :, 0] = noise
        for place, kind in enumerate(np.flatnonzero(hilly).tolist()):
            columns[kind, :, 1 + place * bases : 1 + (place + 1) * bases] = self._bases.T
        return columns

    def parting(self) -> Parting:
        """What it comes to, each kind's relief now of whatever shape it has."""
        noise = _CHANCE * (self._noise + self._white - _RESOLUTION_M2)
        size = self._belongs.sum(axis=1)[:, np.newaxis] + _LEAST_M2
        relief = (self._belongs @ (self._powers - noise) / size - _RESOLUTION_M2).clip(min=0)
        relief[self._kinds == 0] = 0.0
        relief = relief[:, np.newaxis]
        share = np.sqrt(relief / (relief + noise + _LEAST_M2))
        return Parting(self.amounts, noise, np.einsum("ks,kso->so", self._belongs, share))


def _whole_hills(power: FloatArray) -> int:
    """The last octave before those that are longer than all hills.

    There the power falls, as that of noise does; but only relief grows so fast before.
    """
    power = np.maximum(power, _RESOLUTION_M2)
    growth = power[1:] / power[:-1]
    falls = np.maximum.accumulate(growth > _GROWTH_OF_RELIEF) & (growth < 1)
    return int(np.argmax(falls)) if falls.any() else len(power)


def _relief_shapes(octaves: int) -> FloatArray:
    """Powers of relief by octave, shape (shapes, octaves), 1 where the growth changes."""
    octave = np.arange(octaves)
    return np.array(
        [
            2.0 ** (growth * np.minimum(octave - corner, 0))
            * 2.0 ** (beyond * np.maximum(octave - corner, 0))
            for growth, corner, beyond in _RELIEFS
        ]
    )
