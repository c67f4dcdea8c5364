"""The points of one FIT file, as the engine's columns."""

from dataclasses import dataclass

import numpy as np

from src.gpx.formats.fit.messages import Messages, Table
from src.gpx.formats.fit.profile import Field, Message, Record
from src.gpx.formats.values import FIRST_S, LAST_S, UNREADABLE
from src.gpx.model import PLACE_COLUMNS, SENSOR_COLUMNS, FloatArray, IntArray

# 1989-12-31T00:00:00Z; smaller times than _FIRST_DATE count from when the device was switched on.
_EPOCH_S = 631_065_600.0
_FIRST_DATE = 0x1000_0000
_DEGREES_PER_SEMICIRCLE = 180 / 2**31
_KMH_PER_M_S = 3.6


@dataclass(frozen=True, slots=True, eq=False)
class Records:
    """Points in the order of the file, NaN where a value is missing.

    `starts`, shape (n,), are the positions of their messages; `values`, shape (8, n), has the
    rows that readers give (`model.PLACE_COLUMNS`, then `model.SENSOR_COLUMNS`); the device's own
    speed and its distance from the start are in `device_columns`, shape (n,) each.
    """

    starts: IntArray
    values: FloatArray
    device_columns: dict[str, FloatArray]

    @property
    def time_s(self) -> FloatArray:
        time_s: FloatArray = self.values[PLACE_COLUMNS.index("time_s")]
        return time_s


def records(messages: Messages) -> Records:
    table = messages.table(Message.RECORD)
    columns = {
        "latitude": degrees(table, Record.POSITION_LAT),
        "longitude": degrees(table, Record.POSITION_LONG),
        "elevation": either(table, Record.ENHANCED_ALTITUDE, Record.ALTITUDE),
        "time_s": instants(messages.times(table)),
        "heart_rate_bpm": table.values(Record.HEART_RATE),
        "cadence_rpm": with_fraction(table, Record.CADENCE, Record.FRACTIONAL_CADENCE),
        "power_w": table.values(Record.POWER),
        "temperature_c": table.values(Record.TEMPERATURE),
    }
    return Records(
        starts=table.starts,
        values=np.stack([columns[name] for name in (*PLACE_COLUMNS, *SENSOR_COLUMNS)]),
        device_columns={
            "speed_kmh": either_kmh(table, Record.ENHANCED_SPEED, Record.SPEED),
            "distance_m": table.values(Record.DISTANCE),
        },
    )


def degrees(table: Table, field: Field) -> FloatArray:
    return table.values(field) * _DEGREES_PER_SEMICIRCLE


def either_kmh(table: Table, enhanced: Field, plain: Field) -> FloatArray:
    return either(table, enhanced, plain) * _KMH_PER_M_S


def instants(clock_s: FloatArray) -> FloatArray:
    """Seconds since 1970-01-01 UTC of a file's times; UNREADABLE where these are of no calendar."""
    time_s = clock_s + _EPOCH_S
    time_s[(clock_s < _FIRST_DATE) | (time_s < FIRST_S) | (time_s > LAST_S)] = UNREADABLE
    return time_s


def either(table: Table, first: Field, second: Field) -> FloatArray:
    """The first of two fields, the second where that has no value."""
    values = table.values(first)
    missing = np.isnan(values)
    if missing.any():
        values[missing] = table.values(second)[missing]
    return values


def with_fraction(table: Table, whole: Field, fraction: Field) -> FloatArray:
    return table.values(whole) + np.nan_to_num(table.values(fraction))
