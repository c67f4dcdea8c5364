"""FIT files written message by message, also those that no good recorder would write."""

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from src.gpx.model import FloatArray
from tests.support.rides import Ride

EPOCH_S = 631_065_600
DEGREES = 2**31 / 180

Value = int | float | str | None


@dataclass(frozen=True, slots=True)
class BaseType:
    number: int
    code: str
    missing: int | float


BASE_TYPES = {
    "enum": BaseType(0x00, "B", 0xFF),
    "sint8": BaseType(0x01, "b", 0x7F),
    "uint8": BaseType(0x02, "B", 0xFF),
    "sint16": BaseType(0x83, "h", 0x7FFF),
    "uint16": BaseType(0x84, "H", 0xFFFF),
    "sint32": BaseType(0x85, "i", 0x7FFF_FFFF),
    "uint32": BaseType(0x86, "I", 0xFFFF_FFFF),
    "string": BaseType(0x07, "s", 0),
    "float32": BaseType(0x88, "f", float("nan")),
    "float64": BaseType(0x89, "d", float("nan")),
    "uint8z": BaseType(0x0A, "B", 0),
    "uint16z": BaseType(0x8B, "H", 0),
    "uint32z": BaseType(0x8C, "I", 0),
    "byte": BaseType(0x0D, "B", 0xFF),
    "sint64": BaseType(0x8E, "q", 0x7FFF_FFFF_FFFF_FFFF),
    "uint64": BaseType(0x8F, "Q", 0xFFFF_FFFF_FFFF_FFFF),
    "uint64z": BaseType(0x90, "Q", 0),
}


@dataclass(frozen=True, slots=True)
class FieldType:
    """A field as a definition message describes it: `count` values, or characters of a string."""

    number: int
    base_type: str
    count: int = 1

    @property
    def size(self) -> int:
        return self.count * struct.calcsize("<" + BASE_TYPES[self.base_type].code)

    def code(self) -> str:
        return f"{self.count}{BASE_TYPES[self.base_type].code}"

    def values(self, value: Value) -> Sequence[int | float | bytes]:
        if self.base_type == "string":
            return (str(value or "").encode(),)
        missing = BASE_TYPES[self.base_type].missing
        assert not isinstance(value, str)
        return (missing if value is None else value, *[missing] * (self.count - 1))


@dataclass(frozen=True, slots=True)
class _Defined:
    fields: tuple[FieldType, ...]
    developer_bytes: int
    row: struct.Struct


class FitFile:
    """The messages of one file, as bytes."""

    def __init__(self) -> None:
        self.messages = bytearray()
        self._defined: dict[int, _Defined] = {}

    def define(
        self,
        local: int,
        message: int,
        fields: Iterable[FieldType],
        *,
        big_endian: bool = False,
        developer_sizes: Sequence[int] = (),
    ) -> None:
        types, order = tuple(fields), ">" if big_endian else "<"
        header = 0x40 | local | (0x20 if developer_sizes else 0)
        self.messages += struct.pack(
            order + "BBBHB", header, 0, int(big_endian), message, len(types)
        )
        for field in types:
            self.messages += bytes((field.number, field.size, BASE_TYPES[field.base_type].number))
        if developer_sizes:
            self.messages.append(len(developer_sizes))
            for number, size in enumerate(developer_sizes):
                self.messages += bytes((number, size, 0))
        row = struct.Struct(order + "".join(field.code() for field in types))
        self._defined[local] = _Defined(types, sum(developer_sizes), row)

    def write(self, local: int, *values: Value, offset: int | None = None) -> None:
        """A data message; with `offset`, its header carries the lowest five bits of its time."""
        defined = self._defined[local]
        pairs = zip(defined.fields, values, strict=True)
        packed = [number for field, value in pairs for number in field.values(value)]
        self.messages.append(local if offset is None else 0x80 | local << 5 | offset & 0x1F)
        self.messages += defined.row.pack(*packed)
        self.messages += bytes(range(1, defined.developer_bytes + 1))

    def add(self, message: int, values: Mapping[FieldType, Value], *, local: int = 0) -> None:
        """A message with a definition of its own."""
        self.define(local, message, values)
        self.write(local, *values.values())

    def to_bytes(
        self,
        *,
        header_size: int = 14,
        data_size: int | None = None,
        header_checksum: int | None = None,
        checksum: int | None = None,
        with_checksum: bool = True,
    ) -> bytes:
        """The whole file; what is given is written in place of what would be right."""
        size = len(self.messages) if data_size is None else data_size
        header = struct.pack("<BBHI4s", header_size, 0x20, 21218, size, b".FIT")
        if header_size >= 14:
            right = crc(header) if header_checksum is None else header_checksum
            header += struct.pack("<H", right) + bytes(header_size - 14)
        data = header + bytes(self.messages)
        if not with_checksum:
            return data
        return data + struct.pack("<H", crc(data) if checksum is None else checksum)


_CRC_OF_NIBBLES = (
    0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401,
    0xA001, 0x6C00, 0x7800, 0xB401, 0x5000, 0x9C01, 0x8801, 0x4400,
)  # fmt: skip


def crc(data: bytes) -> int:
    """As the FIT protocol writes it down, half a byte at a time."""
    value = 0
    for byte in data:
        for nibble in (byte & 0xF, byte >> 4):
            value = value >> 4 ^ _CRC_OF_NIBBLES[value & 0xF] ^ _CRC_OF_NIBBLES[nibble]
    return value


TIMESTAMP = FieldType(253, "uint32")
LATITUDE, LONGITUDE = FieldType(0, "sint32"), FieldType(1, "sint32")
ALTITUDE, ENHANCED_ALTITUDE = FieldType(2, "uint16"), FieldType(78, "uint32")
HEART_RATE, CADENCE, POWER = FieldType(3, "uint8"), FieldType(4, "uint8"), FieldType(7, "uint16")
DISTANCE, SPEED = FieldType(5, "uint32"), FieldType(6, "uint16")
ENHANCED_SPEED, TEMPERATURE = FieldType(73, "uint32"), FieldType(13, "sint8")
FRACTIONAL_CADENCE = FieldType(53, "uint8")

FILE_ID, SESSION, LAP, RECORD, EVENT, COURSE, COURSE_POINT, ACTIVITY = 0, 18, 19, 20, 21, 31, 32, 34
HEART_RATE_VARIABILITY = 78
START, STOP, MARKER, STOP_ALL = 0, 1, 3, 4

RECORD_FIELDS = (TIMESTAMP, LATITUDE, LONGITUDE, ENHANCED_ALTITUDE)
_SENSOR_FIELDS = {
    "heart_rate_bpm": HEART_RATE,
    "cadence_rpm": CADENCE,
    "power_w": POWER,
    "temperature_c": TEMPERATURE,
}


def semicircles(degrees: float) -> int:
    return round(degrees * DEGREES)


def file_id(
    file: FitFile,
    *,
    kind: int = 4,
    manufacturer: int | None = 1,
    product: int | None = 3843,
    product_name: str | None = None,
    time: int | None = None,
) -> None:
    values: dict[FieldType, Value] = {
        FieldType(0, "enum"): kind,
        FieldType(1, "uint16"): manufacturer,
        FieldType(2, "uint16"): product,
    }
    if time is not None:
        values[FieldType(4, "uint32")] = time
    if product_name is not None:
        values[FieldType(8, "string", 20)] = product_name
    file.add(FILE_ID, values)


def timer(file: FitFile, time: int | None, event_type: int, *, event: int = 0) -> None:
    file.add(
        EVENT,
        {TIMESTAMP: time, FieldType(0, "enum"): event, FieldType(1, "enum"): event_type},
        local=15,
    )


def records(file: FitFile, rows: Iterable[Sequence[Value]], *, local: int = 3) -> None:
    """Record messages of RECORD_FIELDS, in the units of the file."""
    file.define(local, RECORD, RECORD_FIELDS)
    for row in rows:
        file.write(local, *row)


def ride_as_fit(ride: Ride, *, header_size: int = 14, between: bool = False) -> bytes:
    """A ride as a bicycle computer would write it: whole seconds, a fifth of a metre.

    The timer is stopped and started again between its segments. With `between`, a message of
    another kind follows each record.
    """
    file = FitFile()
    # Of a time before its epoch it knows nothing.
    clock_s = ride.time_s - EPOCH_S
    time_s = _stored(np.where(clock_s < 0, np.nan, clock_s))
    file_id(file, time=time_s[0])
    sensors = {_SENSOR_FIELDS[name]: values for name, values in ride.sensors.items()}
    columns = [
        time_s,
        _stored(ride.latitude * DEGREES),
        _stored(ride.longitude * DEGREES),
        _stored((ride.elevation + 500) * 5),
        *[_stored(values) for values in sensors.values()],
    ]
    timer(file, time_s[0], START)
    file.define(3, RECORD, (*RECORD_FIELDS, *sensors))
    file.define(4, HEART_RATE_VARIABILITY, (FieldType(0, "uint16", 5),))
    segment = ride.segment.tolist()
    for point, row in enumerate(zip(*columns, strict=True)):
        if point and segment[point] != segment[point - 1]:
            timer(file, columns[0][point - 1], STOP_ALL)
            timer(file, columns[0][point], START)
        file.write(3, *row)
        if between:
            file.write(4, 512)
    timer(file, time_s[-1], STOP_ALL)
    return file.to_bytes(header_size=header_size)


def _stored(values: FloatArray) -> list[int | None]:
    return [None if value != value else round(value) for value in values.tolist()]
