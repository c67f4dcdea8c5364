"""Whether a ride can have been one: what the finished numbers say of the recording.

motor:       most of the way in motion ridden faster than _MOTOR_KMH
impossible:  distance / elapsed time > FASTEST_M_S
"""

import numpy as np

from src.gpx.cleaning.teleports import FASTEST_M_S
from src.gpx.model import FloatArray, Warning  # noqa: A004
from src.gpx.statistics.motion import Motion
from src.gpx.warning_kinds import WarningKind

# A descent can be as fast, and a race by team nearly so on the flat; half of a ride cannot.
_MOTOR_KMH = 55.0
_MOTOR_PART = 0.3


def doubts(
    ridden: Motion | None, distance_m: FloatArray, warnings: tuple[Warning, ...]
) -> tuple[Warning, ...]:
    """The warnings that the speeds of a ride ask for, beside those there are."""
    if ridden is None:
        return ()
    found = []
    way_m = np.diff(distance_m, prepend=0.0)
    fast = ridden.moving & (ridden.speed_kmh > _MOTOR_KMH)
    fast_m, moving_m = float(way_m[fast].sum()), float(way_m[ridden.moving].sum())
    if fast_m > _MOTOR_PART * moving_m and fast_m > 0:
        first = int(np.argmax(fast))
        found.append(Warning(WarningKind.MOTOR_SPEED.value, int(np.count_nonzero(fast)), first))
    too_fast = float(distance_m[-1]) > FASTEST_M_S * 60 * ridden.total_minutes
    if too_fast and all(w.kind != WarningKind.IMPOSSIBLE_SPEED for w in warnings):
        found.append(Warning(WarningKind.IMPOSSIBLE_SPEED.value, len(distance_m), 0))
    return tuple(found)
