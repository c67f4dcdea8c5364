"""Uploads as rows alone: no file, no trip worth the name, and a clock that is moved by hand."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import update

from src.config import Settings
from src.database import Database
from src.models import GpxFile, ProcessingRun, Trip, User
from src.services.uploads import runs
from src.services.uploads.lease_holder import this_process
from src.services.uploads.leases import InQueues, Leases
from src.states import Mode, Priority, RescueCause
from tests.support.clock import Clock

# A process of another machine, of which nobody here can know whether it lives.
FAR_AWAY = "another-host/4026531836:4711:0123456789ab"


def in_queues(interactive: int | None, bulk: int = 0) -> InQueues | None:
    """The messages that wait in the broker, as the recovery is told."""
    if interactive is None:
        return None
    return {Priority.INTERACTIVE: interactive, Priority.BULK: bulk}


class UploadRows:
    def __init__(self, db: Database, settings: Settings) -> None:
        self.db = db
        self.clock = Clock()
        self.leases = Leases(db, settings, self.clock)

    async def add(self, mode: Mode = Mode.BACKGROUND, *, age_s: float = 0, **values: Any) -> UUID:
        """An upload that was sent on its way `age_s` seconds ago."""
        then = self.clock.now - timedelta(seconds=age_s)
        gpx_file_id = uuid4()
        upload = {
            "gpx_file_id": gpx_file_id,
            "file_name": "ride.gpx",
            "file_size": 1,
            "sha256": "0" * 64,
            "storage_key": "key",
            "mode": mode,
            "holder": this_process() if mode is Mode.BACKGROUND else None,
            "queued_at": then,
            "dispatched_at": then,
            **values,
        }
        name = uuid4().hex[:12]
        user = User(username=name, email=f"{name}@example.com", password_hash="-")
        async with self.db.write() as session:
            session.add(user)
            await session.flush()
            trip = Trip(
                user_id=user.user_id, title="-", description="-", start_date=date(2026, 5, 1)
            )
            session.add(trip)
            await session.flush()
            session.add(GpxFile(trip_id=trip.trip_id, **upload))
        return gpx_file_id

    async def row(self, gpx_file_id: UUID) -> GpxFile:
        async with self.db.read() as session:
            return await session.get_one(GpxFile, gpx_file_id)

    async def runs(self, gpx_file_id: UUID) -> list[ProcessingRun]:
        """Its attempts, the first one first."""
        async with self.db.read() as session:
            return [*await runs.newest(session, gpx_file_id, 100)][::-1]

    async def change(self, gpx_file_id: UUID, **values: Any) -> None:
        async with self.db.write() as session:
            await session.execute(
                update(GpxFile).where(GpxFile.gpx_file_id == gpx_file_id).values(**values)
            )

    async def take_over(self, gpx_file_id: UUID, holder: str = FAR_AWAY) -> None:
        """As if another process had taken the lease just now."""
        assert await self.leases.claim(gpx_file_id) is not None
        await self.change(gpx_file_id, holder=holder)

    async def taken(
        self, in_queue: int | None = 0, *, in_bulk: int = 0
    ) -> dict[UUID, RescueCause | None]:
        """What the recovery takes now, and why."""
        due = await self.leases.take_due(in_queues(in_queue, in_bulk))
        return {upload.gpx_file_id: upload.cause for upload in due}
