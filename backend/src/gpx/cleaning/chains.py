"""Of stretches that do not fit to each other, the chain that keeps the most.

    score[j] = weight[j] + max(0, score[i])    over i < j from whose end j can be reached
    the chain with the greatest score, found by going back from its end

A fault cuts a recording into stretches: within each all is possible, from one to the next it is
not. What was recorded rightly is the chain of stretches that fit to each other and carry the most.

Every j is tried with the stretches just before it and with the end of the best chain so far, so
the work is linear. What it cannot do: several chains that are interwoven over more than
`_LOOK_BACK` stretches, where none of them is the best so far.
"""

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from src.gpx.model import BoolArray, FloatArray, IntArray

_LOOK_BACK = 8
# By the bits that say which stretches fit, two and more steps back, how far back they are.
_STEPS_BACK = [
    tuple(bit + 2 for bit in range(_LOOK_BACK - 1) if bits >> bit & 1)
    for bits in range(1 << (_LOOK_BACK - 1))
]


def best_chains(
    weights: FloatArray,
    group: IntArray,
    reachable: Callable[[IntArray, IntArray], BoolArray],
    reaches: Callable[[int, int], bool],
) -> BoolArray:
    """Which of the stretches, shape (k,), are of the chain of the greatest weight of their group.

    `group` numbers never decrease; two neighbours never fit. `reachable` tells for many pairs at
    once, an earlier and a later stretch each, whether they do; `reaches` for one pair.
    """
    count = len(weights)
    fits = np.zeros(count, dtype=np.int64)
    for back in range(2, min(_LOOK_BACK, count - 1) + 1):
        later = np.flatnonzero(group[back:] == group[:-back]) + back
        fits[later] |= reachable(later - back, later).astype(np.int64) << (back - 2)
    score, before = weights.tolist(), [-1] * count
    kept = np.zeros(count, dtype=np.bool_)
    starts = [0, *(np.flatnonzero(np.diff(group)) + 1).tolist(), count]
    fitting = fits.tolist()
    for start, end in pairwise(starts):
        best = start
        for stretch in range(start + 1, end):
            most, chosen = 0.0, -1
            for back in _STEPS_BACK[fitting[stretch]]:
                if score[stretch - back] > most:
                    most, chosen = score[stretch - back], stretch - back
            if score[best] > most and best < stretch - 1 and reaches(best, stretch):
                most, chosen = score[best], best
            score[stretch] += most
            before[stretch] = chosen
            if score[stretch] > score[best]:
                best = stretch
        while best >= 0:
            kept[best] = True
            best = before[best]
    return kept


def left_out(kept: BoolArray, group: IntArray) -> tuple[IntArray, IntArray]:
    """The runs of stretches between those kept: the first of each, and the one behind its last."""
    run = np.cumsum(kept) + np.cumsum(np.diff(group, prepend=group[0]) != 0)
    out = np.flatnonzero(~kept)
    border = np.flatnonzero(np.diff(run[out], prepend=-1))
    last = np.append(border[1:], len(out)) - 1
    return out[border], out[last] + 1
