"""Sums of amounts that cannot be negative."""

import numpy as np

from src.gpx.model import FloatArray

_LEAST_GAIN = 1e-9
_STEADY = 1e-10


def non_negative_fit(shapes: FloatArray, wanted: FloatArray) -> FloatArray:
    """Amounts >= 0 that bring the weighted sum of the columns closest to what is wanted.

    `shapes` has shape (values, columns), the result (columns,). The active set method of Lawson &
    Hanson, Solving Least Squares Problems (1974), chapter 23, on the normal equations.
    """
    length = np.sqrt(np.einsum("ij,ij->j", shapes, shapes))
    length[length == 0] = 1.0
    unit = shapes / length
    normal, target = unit.T @ unit, unit.T @ wanted
    normal[np.diag_indices_from(normal)] += _STEADY
    amounts = np.zeros(len(target))
    used = np.zeros(len(target), dtype=np.bool_)
    for _ in range(3 * len(target)):
        gain = np.where(used, -np.inf, target - normal @ amounts)
        best = int(np.argmax(gain))
        if gain[best] <= _LEAST_GAIN:
            break
        used[best] = True
        while used.any():
            columns = np.flatnonzero(used)
            wished = np.linalg.solve(normal[np.ix_(columns, columns)], target[columns])
            if wished.min() > 0:
                amounts[columns] = wished
                break
            # As far towards the wished amounts as none becomes negative; the first at zero goes.
            old = amounts[columns]
            negative = wished <= 0
            share = old[negative] / (old[negative] - wished[negative])
            moved = old + share.min() * (wished - old)
            moved[np.flatnonzero(negative)[share == share.min()]] = 0.0
            amounts[columns] = moved
            used[columns] = moved > 0
    fitted: FloatArray = amounts / length
    return fitted
