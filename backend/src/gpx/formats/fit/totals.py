"""What the device itself says of the ride, and which device it was."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from src.gpx.formats.fit.messages import Messages, Table
from src.gpx.formats.fit.profile import COURSE_FILE, MANUFACTURERS, FileId, Message, Session
from src.gpx.formats.fit.records import either_kmh, with_fraction
from src.gpx.model import DeviceTotals, FloatArray

_METRES_PER_KM = 1000
_SECONDS_PER_MINUTE = 60


def device_totals(files: Sequence[Messages]) -> DeviceTotals | None:
    """Totals of all sessions of all files together; None where neither these nor a device is told.

    A total that one of the sessions lacks is not known of all of them. Averages are weighted by
    the time on the timer.
    """
    manufacturer, product = _device(files)
    totals = DeviceTotals(**_totals(_sessions(files)), manufacturer=manufacturer, product=product)
    return None if totals == DeviceTotals() else totals


def is_course(messages: Messages) -> bool:
    """Whether the file says of itself that it is a route to be ridden."""
    kinds = messages.table(Message.FILE_ID).values(FileId.TYPE)
    return bool((kinds == COURSE_FILE).any())


def _sessions(files: Sequence[Messages]) -> dict[str, FloatArray]:
    """By the names of the totals, the values of all sessions."""
    columns = [_columns(messages.table(Message.SESSION)) for messages in files]
    return {name: np.concatenate([each[name] for each in columns]) for name in columns[0]}


def _columns(table: Table) -> dict[str, FloatArray]:
    return {
        "distance_km": table.values(Session.TOTAL_DISTANCE) / _METRES_PER_KM,
        "elevation_gain_m": table.values(Session.TOTAL_ASCENT),
        "elevation_loss_m": table.values(Session.TOTAL_DESCENT),
        "elapsed_time_minutes": table.values(Session.TOTAL_ELAPSED_TIME) / _SECONDS_PER_MINUTE,
        "timer_time_minutes": table.values(Session.TOTAL_TIMER_TIME) / _SECONDS_PER_MINUTE,
        "avg_speed_kmh": either_kmh(table, Session.ENHANCED_AVG_SPEED, Session.AVG_SPEED),
        "max_speed_kmh": either_kmh(table, Session.ENHANCED_MAX_SPEED, Session.MAX_SPEED),
        "avg_heart_rate_bpm": table.values(Session.AVG_HEART_RATE),
        "max_heart_rate_bpm": table.values(Session.MAX_HEART_RATE),
        "avg_cadence_rpm": with_fraction(
            table, Session.AVG_CADENCE, Session.AVG_FRACTIONAL_CADENCE
        ),
        "max_cadence_rpm": with_fraction(
            table, Session.MAX_CADENCE, Session.MAX_FRACTIONAL_CADENCE
        ),
        "avg_power_w": table.values(Session.AVG_POWER),
        "max_power_w": table.values(Session.MAX_POWER),
    }


def _totals(sessions: dict[str, FloatArray]) -> dict[str, Any]:
    minutes = sessions["timer_time_minutes"]
    return {name: _together(name, values, minutes) for name, values in sessions.items()}


def _together(name: str, values: FloatArray, minutes: FloatArray) -> float | None:
    if not len(values):
        return None
    with np.errstate(all="ignore"):
        if name.startswith("max_"):
            total = float(values.max())
        elif not name.startswith("avg_"):
            total = float(values.sum())
        elif len(values) == 1:
            total = float(values[0])
        else:
            total = float((values * minutes).sum() / minutes.sum())
    return total if math.isfinite(total) else None


def _device(files: Sequence[Messages]) -> tuple[str | None, str | None]:
    """The maker and the model of the first file that tells them."""
    for messages in files:
        table = messages.table(Message.FILE_ID)
        makers, products = table.values(FileId.MANUFACTURER), table.values(FileId.PRODUCT)
        names = table.texts(FileId.PRODUCT_NAME)
        for maker, product, name in zip(makers.tolist(), products.tolist(), names, strict=True):
            number = _number(maker)
            if number is not None:
                manufacturer = MANUFACTURERS.get(int(number), number)
                return manufacturer, name or _number(product)
    return None, None


def _number(value: float) -> str | None:
    return str(int(value)) if math.isfinite(value) else None
