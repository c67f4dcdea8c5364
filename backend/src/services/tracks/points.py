"""Bulk writes and reads of track points."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

import numpy as np
from sqlalchemy import (
    Column,
    ColumnElement,
    CursorResult,
    Dialect,
    Float,
    Table,
    and_,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.ext.asyncio import AsyncSession

from src.errors import AppError, ErrorCode
from src.gpx.model import FloatArray, SimplifiedTrack
from src.models import TrackPoint

_TABLE = cast(Table, TrackPoint.__table__)
_COLUMNS = tuple(column.name for column in _TABLE.columns)
_ROWS_AT_ONCE = 5_000
# Finer than any receiver measures; every further digit is noise that clients download.
_DEGREE_DECIMALS = 7
_METRE_DECIMALS = 3
_KILOMETRE_DECIMALS = 6
_PERCENT_DECIMALS = 2


@dataclass(frozen=True, slots=True)
class StoredPoints:
    """Points of a stored track as parallel columns, at least one.

    `sequence` is the point's place among all that are stored, whatever was left out.
    """

    sequence: Sequence[int]
    segment: Sequence[int]
    latitude: Sequence[float]
    longitude: Sequence[float]
    elevation: Sequence[float | None]
    distance_km: Sequence[float]
    gradient: Sequence[float | None]

    def __len__(self) -> int:
        return len(self.sequence)


_SHOWN = tuple(column.name for column in fields(StoredPoints))


async def replace_points(session: AsyncSession, gpx_file_id: UUID, track: SimplifiedTrack) -> int:
    """Put the points of `track` in place of those stored; returns how many these were.

    All within the session's transaction. PostgreSQL takes them by COPY, SQLite by a prepared
    statement run for many rows at once.
    """
    gone = await session.execute(delete(TrackPoint).where(TrackPoint.gpx_file_id == gpx_file_id))
    replaced: int = cast("CursorResult[Any]", gone).rowcount
    connection = await session.connection()
    if connection.dialect.name == "postgresql":
        raw = await connection.get_raw_connection()
        rows = await asyncio.to_thread(_rows, gpx_file_id, track)
        await raw.driver_connection.copy_records_to_table(  # type: ignore[union-attr]
            _TABLE.name, records=rows, columns=_COLUMNS
        )
        return replaced
    rows = await asyncio.to_thread(_rows, gpx_file_id, track, connection.dialect)
    statement = str(insert(_TABLE).compile(dialect=connection.dialect))
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        await connection.exec_driver_sql(statement, rows[start : start + _ROWS_AT_ONCE])
    return replaced


async def read_points(
    session: AsyncSession,
    gpx_file_id: UUID,
    *,
    tolerance_m: float = 0.0,
    max_points: int | None = None,
) -> StoredPoints:
    """The points that survive a simplification by `tolerance_m` metres, in order.

    With `max_points`, the tolerance is as coarse as it takes to have no more than that many points;
    the ends of segments are always among them. One query, which finds that tolerance in the index.

    Raises:
        AppError: `NOT_FOUND` for an upload that has no points, as one that was just deleted.
    """
    columns = _TABLE.c
    of_upload = columns.gpx_file_id == gpx_file_id
    finest: list[ColumnElement[float]] = []
    if tolerance_m > 0:
        finest.append(literal(tolerance_m))
    if max_points is not None:
        # The first point too many, when the most prominent ones come first.
        excess = (
            select(columns.tolerance_m)
            .where(of_upload)
            .order_by(columns.tolerance_m.desc())
            .offset(max_points)
            .limit(1)
            .scalar_subquery()
        )
        finest.append(func.coalesce(excess, 0.0))
    survives = and_(true(), *(columns.tolerance_m > tolerance for tolerance in finest))
    shown = [columns[name] for name in _SHOWN]
    connection = await session.connection()
    result = await connection.execute(
        select(*shown)
        .where(of_upload, or_(survives, columns.tolerance_m == float("inf")))
        .order_by(columns.sequence)
    )
    # The driver's own rows: an object for each would take a third of the time of the whole answer.
    assert result.cursor is not None
    rows = result.cursor.fetchall()
    if not rows:
        raise AppError(ErrorCode.NOT_FOUND)
    decoded = [
        _decoded(column, values, connection.dialect)
        for column, values in zip(shown, zip(*rows, strict=True), strict=True)
    ]
    return StoredPoints(*decoded)


def _decoded(column: Column[Any], values: Sequence[Any], dialect: Dialect) -> Sequence[Any]:
    """What a driver gave for a column, as values of the column's type; floats are floats anyway."""
    if isinstance(column.type, Float):
        return values
    decode = column.type.dialect_impl(dialect).result_processor(dialect, None)
    return values if decode is None else [decode(value) for value in values]


def _rows(
    gpx_file_id: UUID, track: SimplifiedTrack, encode_for: Dialect | None = None
) -> list[tuple[Any, ...]]:
    """The table's rows; `encode_for` names a database whose driver wants encoded values."""
    count = len(track)
    columns: dict[str, list[Any]] = {
        "gpx_file_id": [gpx_file_id] * count,
        "sequence": list(range(count)),
        "segment": track.segment.tolist(),
        "latitude": track.latitude.round(_DEGREE_DECIMALS).tolist(),
        "longitude": track.longitude.round(_DEGREE_DECIMALS).tolist(),
        "elevation": with_none(track.elevation.round(_METRE_DECIMALS)),
        "time": [t if t is None else _utc(t) for t in with_none(track.time_s)],
        "distance_km": track.distance_km.round(_KILOMETRE_DECIMALS).tolist(),
        "gradient": with_none(track.gradient.round(_PERCENT_DECIMALS)),
        "tolerance_m": track.tolerance_m.tolist(),
    }
    if encode_for is not None:
        for column in _TABLE.columns:
            encode = column.type.dialect_impl(encode_for).bind_processor(encode_for)
            if encode is not None:
                columns[column.name] = [encode(value) for value in columns[column.name]]
    return list(zip(*(columns[name] for name in _COLUMNS), strict=True))


def _utc(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def with_none(values: FloatArray) -> list[float | None]:
    """The values, and None for NaN."""
    as_objects = values.astype(object)
    as_objects[np.isnan(values)] = None
    return cast("list[float | None]", as_objects.tolist())
