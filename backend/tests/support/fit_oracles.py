"""FIT files as two other programs read them: Garmin's own library, and fitdecode."""

import math
import warnings
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import fitdecode
import numpy as np
from garmin_fit_sdk import Decoder, Stream

from src.gpx.model import FloatArray, Recording
from tests.support.fit_files import EPOCH_S

if TYPE_CHECKING:
    from garmin_fit_sdk.mesgs import FitMessages

Points = dict[str, FloatArray]

_SHORT_TIMES = 1 << 16


def points_of(recording: Recording) -> Points:
    """The columns of a recording; a sensor that it lacks is NaN throughout."""
    track = recording.track
    nothing = np.full(len(track), np.nan)
    sensors = ("heart_rate_bpm", "cadence_rpm", "power_w", "temperature_c")
    return {
        "latitude": track.latitude,
        "longitude": track.longitude,
        "elevation": track.elevation,
        "time_s": track.time_s,
        **{name: track.sensors.get(name, nothing) for name in sensors},
        **recording.device_columns,
    }


def garmins_points(data: bytes) -> Points:
    """Of a file whose headers carry no times: Garmin's library knows none that do."""
    return _columns([dict(each) for each in _garmins_messages(data).get("record_mesgs", [])])


def garmins_sessions(data: bytes) -> list[dict[str, Any]]:
    return [dict(each) for each in _garmins_messages(data).get("session_mesgs", [])]


def _garmins_messages(data: bytes) -> "FitMessages":
    """What the messages themselves say, not what Garmin's library derives from it."""
    messages, errors = Decoder(Stream.from_byte_array(bytearray(data))).read(
        convert_datetimes_to_dates=False,
        convert_types_to_strings=False,
        expand_components=False,
        expand_sub_fields=False,
        merge_heart_rates=False,
    )
    assert errors == []
    return messages


def fitdecodes_points(data: bytes) -> Points:
    return _columns([*_fitdecodes_records(data)])


def _fitdecodes_records(data: bytes) -> Iterator[dict[str, Any]]:
    with (
        warnings.catch_warnings(action="ignore"),
        fitdecode.FitReader(data, processor=None) as reader,
    ):
        for frame in reader:
            if isinstance(frame, fitdecode.FitDataMessage) and frame.name == "record":
                yield _fitdecodes_values(frame)


def _fitdecodes_values(frame: Any) -> dict[str, Any]:
    """What the message itself says, not what fitdecode derives from it."""
    return {
        field.name: field.value
        for field in frame.fields
        if field.value is not None
        # Short times count from 0 where no whole one came before them: these tell nothing.
        and (field.field_def or (field.name == "timestamp" and field.value > _SHORT_TIMES))
    }


def _columns(records: list[dict[str, Any]]) -> Points:
    rows = [_point(record) for record in records]
    names = _point({})
    return {name: np.array([row[name] for row in rows], dtype=np.float64) for name in names}


def _point(record: Mapping[str, Any]) -> dict[str, float]:
    time = record.get("timestamp", math.nan)
    return {
        "latitude": record.get("position_lat", math.nan) * (180 / 2**31),
        "longitude": record.get("position_long", math.nan) * (180 / 2**31),
        "elevation": record.get("enhanced_altitude", record.get("altitude", math.nan)),
        "time_s": math.inf if time < 0x1000_0000 else time + EPOCH_S,
        "heart_rate_bpm": record.get("heart_rate", math.nan),
        "cadence_rpm": record.get("cadence", math.nan) + record.get("fractional_cadence", 0),
        "power_w": record.get("power", math.nan),
        "temperature_c": record.get("temperature", math.nan),
        "speed_kmh": record.get("enhanced_speed", record.get("speed", math.nan)) * 3.6,
        "distance_m": record.get("distance", math.nan),
    }
