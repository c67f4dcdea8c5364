"""Numbers for people: how many decimals each kind of number has on the wire.

The tables keep what was measured; clients print what they get. Every float of an answer is of one
of these types.
"""

from collections.abc import Sequence
from functools import partial
from typing import Annotated, cast

import numpy as np
from pydantic import AfterValidator

from src.gpx.model import FloatArray

KILOMETRE_DECIMALS = 3
METRE_DECIMALS = 1
MINUTE_DECIMALS = 1
KMH_DECIMALS = 2
PERCENT_DECIMALS = 2
# A centimetre: finer than any receiver measures.
DEGREE_DECIMALS = 7
SENSOR_DECIMALS = 1
SECOND_DECIMALS = 3
# The columns of a ride are for calculating: as fine as they are kept.
COLUMN_DECIMALS = {
    "distance_km": 5,
    "time": 3,
    "latitude": DEGREE_DECIMALS,
    "longitude": DEGREE_DECIMALS,
    "segment": 0,
    "elevation": 2,
    "elevation_smoothed": METRE_DECIMALS,
    "gradient": PERCENT_DECIMALS,
    "speed_kmh": KMH_DECIMALS,
    "heart_rate_bpm": SENSOR_DECIMALS,
    "cadence_rpm": SENSOR_DECIMALS,
    "power_w": SENSOR_DECIMALS,
    "temperature_c": SENSOR_DECIMALS,
}
# Of numbers that a recorder tells, too.
DEVICE_DECIMALS = {
    "distance_km": KILOMETRE_DECIMALS,
    "elevation_gain": METRE_DECIMALS,
    "elevation_loss": METRE_DECIMALS,
    "total_time_minutes": MINUTE_DECIMALS,
    "moving_time_minutes": MINUTE_DECIMALS,
    "avg_speed_kmh": KMH_DECIMALS,
    "max_speed_kmh": KMH_DECIMALS,
}


def round_to(decimals: int, value: float) -> float:
    # Added to a negative zero, zero leaves no sign for anybody to read.
    return round(value, decimals) + 0.0


def round_column(values: Sequence[float | None] | FloatArray, decimals: int) -> list[float | None]:
    """As `round_to`, for many at once; None and NaN become None."""
    rounded = np.array(values, np.float64).round(decimals) + 0.0
    is_missing = np.isnan(rounded)
    if not is_missing.any():
        return cast("list[float | None]", rounded.tolist())
    shown = rounded.astype(object)
    shown[is_missing] = None
    return cast("list[float | None]", shown.tolist())


Kilometres = Annotated[float, AfterValidator(partial(round_to, KILOMETRE_DECIMALS))]
Metres = Annotated[float, AfterValidator(partial(round_to, METRE_DECIMALS))]
Minutes = Annotated[float, AfterValidator(partial(round_to, MINUTE_DECIMALS))]
KilometresPerHour = Annotated[float, AfterValidator(partial(round_to, KMH_DECIMALS))]
Percent = Annotated[float, AfterValidator(partial(round_to, PERCENT_DECIMALS))]
Degrees = Annotated[float, AfterValidator(partial(round_to, DEGREE_DECIMALS))]
SensorValue = Annotated[float, AfterValidator(partial(round_to, SENSOR_DECIMALS))]
Seconds = Annotated[float, AfterValidator(partial(round_to, SECOND_DECIMALS))]
# As fine as its kind of number is, see `DEVICE_DECIMALS`.
DeviceValue = Annotated[float, AfterValidator(partial(round_to, max(DEVICE_DECIMALS.values())))]
