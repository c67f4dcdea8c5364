"""Bulk writes and reads of track points."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

import numpy as np
from sqlalchemy import Dialect, Row, Table, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from src.gpx.model import FloatArray, SimplifiedTrack
from src.models import TrackPoint

_TABLE = cast(Table, TrackPoint.__table__)
_COLUMNS = tuple(column.name for column in _TABLE.columns)
_ROWS_AT_ONCE = 5_000


async def replace_points(session: AsyncSession, gpx_file_id: UUID, track: SimplifiedTrack) -> None:
    """Put the points of `track` in place of those stored, within the session's transaction.

    PostgreSQL takes them by COPY, SQLite by a prepared statement run for many rows at once.
    """
    await session.execute(delete(TrackPoint).where(TrackPoint.gpx_file_id == gpx_file_id))
    connection = await session.connection()
    if connection.dialect.name == "postgresql":
        raw = await connection.get_raw_connection()
        rows = await asyncio.to_thread(_rows, gpx_file_id, track)
        await raw.driver_connection.copy_records_to_table(  # type: ignore[union-attr]
            _TABLE.name, records=rows, columns=_COLUMNS
        )
        return
    rows = await asyncio.to_thread(_rows, gpx_file_id, track, connection.dialect)
    statement = str(insert(_TABLE).compile(dialect=connection.dialect))
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        await connection.exec_driver_sql(statement, rows[start : start + _ROWS_AT_ONCE])


async def read_points(session: AsyncSession, gpx_file_id: UUID) -> Sequence[Row[Any]]:
    """The stored points of an upload in order, as rows of the table's columns."""
    rows = await session.execute(
        select(_TABLE).where(_TABLE.c.gpx_file_id == gpx_file_id).order_by(_TABLE.c.sequence)
    )
    return rows.all()


def point_id(gpx_file_id: UUID, sequence: int) -> UUID:
    """A stable id of a point: its upload's random UUIDv4 with the sequence mixed in."""
    return UUID(int=gpx_file_id.int ^ (sequence + 1))


def _rows(
    gpx_file_id: UUID, track: SimplifiedTrack, encode_for: Dialect | None = None
) -> list[tuple[Any, ...]]:
    """The table's rows; `encode_for` names a database whose driver wants encoded values."""
    count = len(track)
    columns: dict[str, list[Any]] = {
        "gpx_file_id": [gpx_file_id] * count,
        "sequence": list(range(count)),
        "segment": track.segment.tolist(),
        "latitude": track.latitude.tolist(),
        "longitude": track.longitude.tolist(),
        "elevation": _with_none(track.elevation),
        "time": [t if t is None else _utc(t) for t in _with_none(track.time_s)],
        "distance_km": track.distance_km.tolist(),
        "gradient": _with_none(track.gradient),
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


def _with_none(values: FloatArray) -> list[float | None]:
    as_objects = values.astype(object)
    as_objects[np.isnan(values)] = None
    return cast("list[float | None]", as_objects.tolist())
