"""Statistics of what the rider's sensors recorded."""

from collections.abc import Mapping

import numpy as np

from src.gpx.model import FloatArray


def sensor_statistics(sensors: Mapping[str, FloatArray]) -> dict[str, dict[str, float]]:
    """Minimum, average and maximum of each sensor, in the unit that its name carries.

    The average is over the points that have a value; a sensor without any is left out. Zeros of
    cadence and power are values, so coasting counts.
    """
    statistics = {}
    for sensor, values in sensors.items():
        known = values[np.isfinite(values)]
        if len(known):
            statistics[sensor] = {
                "minimum": float(known.min()),
                "average": float(known.mean()),
                "maximum": float(known.max()),
            }
    return statistics
