"""The mended recording as one columnar file: Parquet, which anybody can open with their own tools.

Each column is a whole number of small steps (its `scale` to the unit), delta-packed and compressed;
a value that is not known is null. Units and scales stand in the file's own metadata, under
`contravento`, as JSON: `{"version": 1, "columns": {name: {"unit": ..., "scale": ...}}}`; a value in
its unit is the number divided by the scale.

Between the columns and the footer, where no reader looks, lies the SHA-256 of all the rest: what
was damaged is not given to the reader, which trusts every length and may end the process.
"""

import hashlib
import json
import os
from collections.abc import Collection, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import nanoarrow
import numpy as np
import numpy.typing as npt
from arro3.core import Array, DataType, RecordBatchReader, Table
from arro3.io import read_parquet, write_parquet

from src.gpx.model import FloatArray, RideColumns

VERSION = 1
_METADATA = "contravento"
_COMPRESSION = "zstd(2)"
# One batch: a ride is read whole.
_ROWS_AT_ONCE = 1 << 24
# Whoever reads it in blocks has one page of each column in memory.
_ROWS_PER_PAGE = 1 << 15
_INT32 = np.iinfo(np.int32)
Integers: TypeAlias = npt.NDArray[np.int32 | np.int64]


class Column(NamedTuple):
    """How a column of `RideColumns` is stored: its name in the file, its unit, steps to a unit.

    Of several scales the file gets the first that keeps every digit, or else the last. What
    `rounds_up` is above a step exactly where it was before it was rounded.
    """

    name: str
    unit: str
    scales: tuple[int, ...]
    is_long: bool = False
    rounds_up: bool = False


# What stands for the infinite tolerance at the ends of segments: half the way round the earth.
_ALWAYS_M = 20_000_000.0
COLUMNS: dict[str, Column] = {
    "time_s": Column("time", "s since 1970-01-01 UTC", (1, 1000), is_long=True),
    "latitude": Column("latitude", "degrees", (1_000_000, 10_000_000)),
    "longitude": Column("longitude", "degrees", (1_000_000, 10_000_000)),
    "segment": Column("segment", "number", (1,)),
    "elevation": Column("elevation", "m", (10, 100)),
    "elevation_smoothed": Column("elevation_smoothed", "m", (10,)),
    "distance_m": Column("distance", "m", (100,)),
    "speed_kmh": Column("speed", "km/h", (100,)),
    "gradient": Column("gradient", "%", (100,)),
    "moving": Column("moving", "1 or 0", (1,)),
    "climbed_m": Column("climbed", "m", (100,)),
    "descended_m": Column("descended", "m", (100,)),
    "uphill_m": Column("uphill", "m", (10,)),
    "uphill_rise_m": Column("uphill_rise", "m", (100,)),
    "tolerance_m": Column("tolerance", "m", (10,), rounds_up=True),
}
SENSORS: dict[str, Column] = {
    "heart_rate_bpm": Column("heart_rate", "beats/min", (1, 10)),
    "cadence_rpm": Column("cadence", "revolutions/min", (1, 10)),
    "power_w": Column("power", "W", (1, 10)),
    "temperature_c": Column("temperature", "degrees C", (1, 10)),
}
EVERY_COLUMN = COLUMNS | SENSORS
# Of a step; what is nearer to a whole number of steps is one.
_WHOLE = 1e-3
_DIGEST_BYTES = hashlib.sha256().digest_size
# The length of the footer and four letters, as every Parquet file ends.
_END_BYTES = 8
_HASHED_AT_ONCE = 1 << 20


class NotOurColumnsError(Exception):
    """The file is no columnar file of ours, or of a version that this code does not know."""


def write_columns(columns: RideColumns, path: Path) -> None:
    """Write the file; raises `OSError` where the disk refuses it."""
    values = {COLUMNS[field]: _floats(getattr(columns, field)) for field in COLUMNS}
    values[COLUMNS["tolerance_m"]] = np.minimum(columns.tolerance_m, _ALWAYS_M)
    values |= {SENSORS[field]: sensor for field, sensor in columns.sensors.items()}
    steps = {column: _steps(column, of_it) for column, of_it in values.items()}
    described = {
        column.name: {"unit": column.unit, "scale": scale} for column, (_, scale) in steps.items()
    }
    file = BytesIO()
    write_parquet(
        Table.from_arrays(
            [_packed(column, whole) for column, (whole, _) in steps.items()],
            names=[column.name for column in steps],
        ),
        file,
        compression=_COMPRESSION,
        dictionary_enabled=False,
        encoding="delta_binary_packed",
        writer_version="parquet_2_0",
        data_page_row_count_limit=_ROWS_PER_PAGE,
        skip_arrow_metadata=True,
        key_value_metadata={_METADATA: json.dumps({"version": VERSION, "columns": described})},
    )
    path.write_bytes(_sealed(file.getvalue()))


def read_columns(path: Path) -> RideColumns:
    """All columns of a file; raises as `read_values`."""
    return _ride(read_values(path, EVERY_COLUMN))


def read_values(path: Path, fields: Collection[str]) -> dict[str, FloatArray]:
    """Some columns, by their names in `RideColumns` or among its sensors, which may not be there.

    Raises:
        NotOurColumnsError: it is damaged, or not a file of `write_columns`.
        OSError: it cannot be read.
    """
    reader, scales = _opened(path, _ROWS_AT_ONCE)
    return _values(reader.read_all(), fields, scales)


def read_blocks(path: Path, points: int) -> Iterator[RideColumns]:
    """All columns, `points` at a time: no more than a page of each column is in memory.

    The file stays open until the last block, also where it is removed meanwhile. Raises as
    `read_values`, before the first block.
    """
    reader, scales = _opened(path, points)
    return (_ride(_values(Table.from_batches([batch]), EVERY_COLUMN, scales)) for batch in reader)


def _opened(path: Path, rows_at_once: int) -> tuple[RecordBatchReader, dict[str, int]]:
    """A reader of a file of ours, and the scales of its columns by their names in it."""
    _ensure_whole(path)
    reader = read_parquet(path, batch_size=rows_at_once)
    metadata = json.loads(reader.schema.metadata_str[_METADATA])
    if metadata["version"] != VERSION:
        raise NotOurColumnsError(f"{path}: version {metadata['version']}")
    return reader, {name: column["scale"] for name, column in metadata["columns"].items()}


def _sealed(data: bytes) -> bytes:
    footer = len(data) - _END_BYTES - _footer_bytes(data)
    return data[:footer] + hashlib.sha256(data).digest() + data[footer:]


def _ensure_whole(path: Path) -> None:
    """Raise unless every byte is as `_sealed` left it."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        file.seek(max(size - _END_BYTES, 0))
        columns = size - _END_BYTES - _footer_bytes(file.read()) - _DIGEST_BYTES
        if columns >= 0:
            file.seek(0)
            digest = hashlib.sha256()
            for start in range(0, columns, _HASHED_AT_ONCE):
                digest.update(file.read(min(_HASHED_AT_ONCE, columns - start)))
            stored = file.read(_DIGEST_BYTES)
            digest.update(file.read())
            if digest.digest() == stored:
                return
    raise NotOurColumnsError(str(path))


def _footer_bytes(end: bytes) -> int:
    return int.from_bytes(end[-_END_BYTES:-4], "little")


def _ride(columns: Mapping[str, FloatArray]) -> RideColumns:
    values: dict[str, Any] = {field: columns[field] for field in COLUMNS}
    sensors = {field: columns[field] for field in SENSORS if field in columns}
    values["segment"] = values["segment"].astype(np.int64)
    values["moving"] = values["moving"] > 0
    tolerance_m = values["tolerance_m"]
    values["tolerance_m"] = np.where(tolerance_m >= _ALWAYS_M, np.inf, tolerance_m)
    return RideColumns(**values, sensors=sensors)


def _floats(column: npt.NDArray[Any]) -> FloatArray:
    return column.astype(np.float64, copy=False)


def _steps(column: Column, values: FloatArray) -> tuple[FloatArray, int]:
    """The values as whole numbers of steps, and how many of these make a unit."""
    for scale in column.scales:
        steps = values * scale
        whole = np.ceil(steps) if column.rounds_up else np.rint(steps)
        if scale == column.scales[-1] or not (np.abs(steps - whole) > _WHOLE).any():
            return whole, scale
    raise AssertionError("a column has a scale")


def _packed(column: Column, steps: FloatArray) -> Array:
    """Integers; NaN becomes null, as Arrow's own cast has it."""
    if column.is_long:
        return Array.from_numpy(steps).cast(DataType.int64())
    return Array.from_numpy(steps.clip(_INT32.min, _INT32.max)).cast(DataType.int32())


def _values(
    table: Table, fields: Collection[str], scales: Mapping[str, int]
) -> dict[str, FloatArray]:
    return {
        field: _unpacked(table, column, scales)
        for field, column in EVERY_COLUMN.items()
        if field in fields and column.name in scales
    }


def _unpacked(table: Table, column: Column, scales: Mapping[str, int]) -> FloatArray:
    chunks = [_chunk(chunk, column) for chunk in table[column.name].chunks]
    values = chunks[0] if len(chunks) == 1 else np.concatenate(chunks or [np.empty(0)])
    values /= scales[column.name]
    return values


def _chunk(chunk: Array, column: Column) -> FloatArray:
    if not chunk.null_count:
        return chunk.to_numpy().astype(np.float64)
    # The library gives no numpy array of what has nulls.
    view = nanoarrow.c_array(chunk).view()
    kind = np.int64 if column.is_long else np.int32
    values = np.frombuffer(view.buffer(1), kind)[view.offset :][: len(chunk)].astype(np.float64)
    bits = np.unpackbits(np.frombuffer(view.buffer(0), np.uint8), bitorder="little")
    values[bits[view.offset :][: len(chunk)] == 0] = np.nan
    return values
