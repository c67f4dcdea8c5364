"""A database full of rides: a few that the service itself processed, and copies of them by COPY.

A copy has everything that the service wrote for its ride, under ids of its own; only what tells
rides apart differs: ids, owner, dates, the key of the columns. So rows, indexes and JSON are as
large as in earnest. Its original is that of its ride: the API compares originals a minute after its
start, and would mark a hundred thousand of them as missing while it is measured.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from statistics import NormalDist
from typing import Any, TypeAlias
from uuid import UUID, uuid4

import asyncpg

from bench.report import progress
from src.services.storage import columns_key, new_key
from tests.support.rides import build_gpx

# Of the 13 cycling recordings that were at hand for trials (311 to 23,470 points, most of them at
# one a second) the median has 4,314 points and the mean 5,683.
MEDIAN_POINTS = 4_300
# The deviation of the logarithm. Theirs is 1.3, but then the mean would be 10,000 and not theirs.
SPREAD = 1.0
SAMPLES = 24
CYCLISTS = 1_000
RIDES_AT_ONCE = 100
PROGRESS_RIDES = 5_000
_COPY_HEADER_BYTES, _COPY_TRAILER_BYTES = 19, 2
_SOME_RIDES = 100
# The sizes of the very first rides, which are all public.
_ASKED = 10
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


def sample_points() -> list[int]:
    """The recorded points of the rides that are copied: the middles of equal parts of them all."""
    normal = NormalDist()
    return [
        round(MEDIAN_POINTS * math.exp(SPREAD * normal.inv_cdf((number + 0.5) / SAMPLES)))
        for number in range(SAMPLES)
    ]


def sample_files() -> list[bytes]:
    """Every other one with sensors, in an order in which any ten are of all sizes."""
    files = [
        build_gpx(points=points, seed=number, sensors=number % 2 == 0)
        for number, points in enumerate(sample_points())
    ]
    random.Random(7).shuffle(files)
    return files


@dataclass(frozen=True, slots=True)
class Sample:
    """A ride as the service stored it; `points` are its rows as a binary COPY gives them."""

    trip: dict[str, Any]
    upload: dict[str, Any]
    statistics: dict[str, Any]
    points: bytes
    columns: bytes

    @property
    def upload_id(self) -> UUID:
        upload_id: UUID = self.upload["gpx_file_id"]
        return upload_id


@dataclass(frozen=True, slots=True)
class Copy:
    """One of the many rides."""

    number: int
    upload_id: UUID
    trip_id: UUID
    is_public: bool
    columns_key: str


class Copies:
    """The rides of a database, which grows; `some` has 100 of them and `many` a tenth."""

    def __init__(
        self, connection: Connection, samples: Sequence[Sample], *, time_ordered: bool
    ) -> None:
        self._new_id = time_ordered_id if time_ordered else lambda _: uuid4()
        self._connection = connection
        self._samples = samples
        self._some: UUID
        self._many: UUID
        self._others: list[UUID]
        self._random = random.Random(20)
        self._now = datetime.now(UTC)
        self.rides: list[Copy] = []

    async def add_cyclists(self, some: str, many: str) -> None:
        """`some` and `many` are accounts that are there; all the others are as theirs."""
        users = {
            row["username"]: dict(row)
            for row in await self._connection.fetch("SELECT * FROM users")
        }
        self._some, self._many = users[some]["user_id"], users[many]["user_id"]
        others = [
            {**users[some], "user_id": uuid4(), "username": name, "email": f"{name}@example.com"}
            for name in (f"cyclist_{number}" for number in range(CYCLISTS - 2))
        ]
        await self._copy("users", others)
        self._others = [user["user_id"] for user in others]

    async def grow_to(self, rides: int) -> None:
        while len(self.rides) < rides:
            await self._grow(min(RIDES_AT_ONCE, rides - len(self.rides)))
            if len(self.rides) % PROGRESS_RIDES == 0:
                progress(f"{len(self.rides):,} rides")

    def asked_for(self, rides: int, storage: Path) -> list[Copy]:
        """So many public rides, of the same sizes however many there are; with their columns.

        The first one is always of the same size.
        """
        found = [ride for ride in self.rides if ride.is_public and self._kind(ride.number) < _ASKED]
        asked = self._random.sample(found, min(rides, len(found)))
        asked.sort(key=lambda ride: self._kind(ride.number))
        for ride in asked:
            path = storage / ride.columns_key
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(self._samples[self._kind(ride.number)].columns)
        return asked

    def forget_many(self) -> None:
        """`many` was deleted: what would be theirs from now on is somebody else's."""
        self._many = self._others[0]

    def _kind(self, number: int) -> int:
        return number % len(self._samples)

    def _owner(self, number: int) -> UUID:
        if number % 10 == 9:
            return self._many
        if number % 10 == 3 and number < 10 * _SOME_RIDES:
            return self._some
        return self._random.choice(self._others)

    async def _grow(self, rides: int) -> None:
        numbers = range(len(self.rides), len(self.rides) + rides)
        made = [self._made(number) for number in numbers]
        async with self._connection.transaction():
            await self._copy("trips", [trip for _, trip, _, _, _ in made])
            await self._copy("gpx_files", [upload for _, _, upload, _, _ in made])
            await self._copy("route_statistics", [statistics for *_, statistics, _ in made])
            await self._copy_points([points for *_, points in made])
        self.rides += [copy for copy, *_ in made]

    def _made(
        self, number: int
    ) -> tuple[Copy, dict[str, Any], dict[str, Any], dict[str, Any], bytes]:
        sample = self._samples[self._kind(number)]
        at = self._now - timedelta(days=365) + timedelta(minutes=number)
        trip_id, upload_id = self._new_id(at), self._new_id(at)
        columns = columns_key(new_key(trip_id, at), 1, 1)
        # Four of five are published, and a few of these private: only three of four are public.
        is_published = number < _ASKED or self._random.random() < 0.8
        is_private = number >= _ASKED and self._random.random() < 0.06
        trip = {
            **sample.trip,
            "trip_id": trip_id,
            "user_id": self._owner(number),
            "title": f"Vuelta {number}",
            "status": "published" if is_published else "draft",
            "is_private": is_private,
            "start_date": at.date(),
            "created_at": at,
            "updated_at": at,
            "published_at": at if is_published else None,
        }
        upload = {
            **sample.upload,
            "gpx_file_id": upload_id,
            "trip_id": trip_id,
            "columns_key": columns,
            "uploaded_at": at,
            "processed_at": at,
            "queued_at": at,
            "dispatched_at": at,
        }
        statistics = {**sample.statistics, "stats_id": self._new_id(at), "gpx_file_id": upload_id}
        points = sample.points.replace(sample.upload_id.bytes, upload_id.bytes)
        copy = Copy(number, upload_id, trip_id, is_published and not is_private, columns)
        return copy, trip, upload, statistics, points

    async def _copy(self, table: str, rows: Sequence[dict[str, Any]]) -> None:
        await self._connection.copy_records_to_table(
            table, columns=list(rows[0]), records=[tuple(row.values()) for row in rows]
        )

    async def _copy_points(self, rides: Sequence[bytes]) -> None:
        header = b"PGCOPY\n\xff\r\n\0" + bytes(8)
        data = BytesIO(b"".join([header, *rides, b"\xff\xff"]))
        await self._connection.copy_to_table("track_points", source=data, format="binary")


def time_ordered_id(at: datetime) -> UUID:
    """UUID version 7: milliseconds since 1970, then chance (RFC 9562)."""
    value = (int(at.timestamp() * 1000) << 80) | random.getrandbits(80)
    return UUID(int=value & ~(0xF << 76) & ~(0x3 << 62) | 0x7 << 76 | 0x2 << 62)


async def read_samples(
    connection: Connection, upload_ids: Sequence[UUID], storage: Path
) -> list[Sample]:
    return [await _sample(connection, upload_id, storage) for upload_id in upload_ids]


async def _sample(connection: Connection, upload_id: UUID, storage: Path) -> Sample:
    upload = await _one(connection, "SELECT * FROM gpx_files WHERE gpx_file_id = $1", upload_id)
    trip = await _one(connection, "SELECT * FROM trips WHERE trip_id = $1", upload["trip_id"])
    of_upload = "SELECT * FROM {} WHERE gpx_file_id = $1"
    statistics = await _one(connection, of_upload.format("route_statistics"), upload_id)
    points = BytesIO()
    await connection.copy_from_query(
        f"{of_upload.format('track_points')} ORDER BY sequence",
        upload_id,
        output=points,
        format="binary",
    )
    rows = points.getvalue()[_COPY_HEADER_BYTES:-_COPY_TRAILER_BYTES]
    columns = (storage / upload["columns_key"]).read_bytes()
    return Sample(trip, upload, statistics, rows, columns)


async def _one(connection: Connection, query: str, key: UUID) -> dict[str, Any]:
    row = await connection.fetchrow(query, key)
    assert row is not None
    return dict(row)
