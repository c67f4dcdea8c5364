"""How much of a simplified line to show: from a number of points to a tolerance."""

import numpy as np

from src.gpx.model import FloatArray


def tolerance_for(survives_m: FloatArray, max_points: int) -> float:
    """The finest tolerance in metres at which no more than `max_points` points survive.

    `survives_m` is `SimplifiedTrack.tolerance_m`; the points to show are those above the result.
    The ends of segments survive everything: where they alone are too many, the result is the
    tolerance that leaves only them.
    """
    if len(survives_m) <= max_points:
        return 0.0
    finite = np.sort(survives_m[np.isfinite(survives_m)])
    if not len(finite):
        return 0.0
    room = max(0, max_points - (len(survives_m) - len(finite)))
    return float(finite[len(finite) - 1 - room])
