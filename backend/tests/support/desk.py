"""Uploads put into the database and storage as the API would, without processing them."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from src.config import Settings
from src.database import utc_now
from src.gpx import analyse
from src.http.deps import Services
from src.models import GpxFile, RouteStatistics, TrackPoint, User
from src.services.gpx_service import GPXService
from src.services.storage import new_key
from src.services.uploads import registration
from src.states import Mode, ProcessingStatus
from tests.support.clock import Clock
from tests.support.cyclist import Cyclist
from tests.support.rides import build_gpx

RIDE = build_gpx(points=400, seed=1)
BAD_FILE = b'<?xml version="1.0"?><gpx version="1.1" creator="x"><trk></trk></gpx>'


class Desk:
    def __init__(self, services: Services, settings: Settings, owner: Cyclist) -> None:
        self.services = services
        self.clock = Clock()
        self.clock.now = utc_now()
        self.owner = owner
        self.pipeline = GPXService(services.db, services.storage, settings, self.clock)

    async def put(self, gpx: bytes = RIDE, trip_id: UUID | None = None) -> UUID:
        trip_id = trip_id or UUID(await self.owner.new_trip())
        async with self.services.storage.receive() as incoming:
            await incoming.append(gpx)
            stored = await incoming.keep(new_key(trip_id, self.clock.now))
        async with self.services.db.write() as session:
            user = (
                await session.scalars(select(User).where(User.username == self.owner.username))
            ).one()
            registered = await registration.register(
                session,
                trip_id=trip_id,
                user=user,
                file_name="ride.gpx",
                stored=stored,
                mode=Mode.BACKGROUND,
            )
        return registered.upload.gpx_file_id

    async def fail(self) -> UUID:
        """An upload that has failed."""
        gpx_file_id = await self.put(BAD_FILE)
        await self.pipeline.process(gpx_file_id)
        assert (await self.row(gpx_file_id)).processing_status is ProcessingStatus.FAILED
        return gpx_file_id

    async def row(self, gpx_file_id: UUID) -> GpxFile:
        async with self.services.db.read() as session:
            return await session.get_one(GpxFile, gpx_file_id)

    async def count(self, table: Any, gpx_file_id: UUID) -> int:
        async with self.services.db.read() as session:
            query = select(func.count()).select_from(table)
            return await session.scalar(query.where(table.gpx_file_id == gpx_file_id)) or 0

    async def assert_completed_once(self, gpx_file_id: UUID, gpx: bytes = RIDE) -> None:
        row = await self.row(gpx_file_id)
        expected = analyse(gpx)
        assert row.processing_status is ProcessingStatus.COMPLETED
        assert row.total_points == expected.total_points
        assert row.simplified_points == expected.simplified_points
        assert await self.count(TrackPoint, gpx_file_id) == expected.simplified_points
        assert await self.count(RouteStatistics, gpx_file_id) == 1
