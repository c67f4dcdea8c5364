"""`python -m src.demo`: a cyclist with three finished rides, once; nothing where they are there."""

import argparse
import asyncio
import sys
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from src.config import AppEnv, Settings, get_settings
from src.database import Database, utc_now
from src.demo.rides import DEMO_RIDES, DemoRide
from src.errors import AppError, ErrorCode
from src.models import GpxFile, Trip, User
from src.observability.logs import configure_logging
from src.services.accounts.auth import AuthService
from src.services.gpx_service import GPXService
from src.services.storage import Storage, new_key, storage_of
from src.services.trips import editing
from src.services.uploads import registration
from src.states import Mode, ProcessingStatus

USERNAME = "demo"
# Known to everybody, which is why there is no demo where others come.
PASSWORD = "Demo-ContraVento-1"  # noqa: S105


def main(arguments: list[str] | None = None) -> int:
    """Returns 0, or 1 where the demo is refused or could not be made."""
    parser = argparse.ArgumentParser(
        prog="python -m src.demo", description="Make a demo cyclist with three finished rides."
    )
    parser.add_argument(
        "--address",
        metavar="URL",
        default="http://localhost:8000",
        help="where the service is, for what is printed (%(default)s)",
    )
    address = parser.parse_args(arguments).address.rstrip("/")
    settings = get_settings()
    configure_logging("WARNING", settings.log_format, sys.stderr)
    if settings.app_env in {AppEnv.STAGING, AppEnv.PRODUCTION}:
        sys.stderr.write(f"no demo in {settings.app_env}: everybody knows its password\n")
        return 1
    try:
        made = asyncio.run(make_demo(settings))
    except AppError as error:
        sys.stderr.write(f"no demo: {error.message('en')}\n")
        return 1
    sys.stdout.write("".join(f"{address}/r/{trip_id}  {title}\n" for trip_id, title in made))
    sys.stdout.write(f"{address}/app/sign-in  user {USERNAME}, password {PASSWORD}\n")
    return 0


async def make_demo(settings: Settings) -> list[tuple[UUID, str]]:
    """The ids and titles of the demo's trips, all published with their routes.

    Raises:
        AppError: the account is somebody else's, or a ride could not be processed.
    """
    db = Database(settings.database_url, settings.db_pool_size)
    try:
        demo = _Demo(db, storage_of(settings), settings)
        user = await demo.cyclist()
        return [(await demo.ride(user, each), each.title) for each in DEMO_RIDES]
    finally:
        await db.dispose()


class _Demo:
    def __init__(self, db: Database, storage: Storage, settings: Settings) -> None:
        self._db = db
        self._storage = storage
        self._auth = AuthService(db, settings)
        self._pipeline = GPXService(db, storage, settings)

    async def cyclist(self) -> User:
        """The demo's account; `INVALID_CREDENTIALS` where it has another password."""
        async with self._db.read() as session:
            is_there = await session.scalar(
                select(User.user_id).where(func.lower(User.username) == USERNAME)
            )
        if is_there is None:
            return await self._auth.register(USERNAME, f"{USERNAME}@example.com", PASSWORD)
        user, pair = await self._auth.login(USERNAME, PASSWORD)
        await self._auth.logout(pair.refresh_token, pair.access_token)
        return user

    async def ride(self, user: User, wanted: DemoRide) -> UUID:
        """The id of the published trip; goes on where an earlier call was broken off."""
        trip = await self._find(user, wanted)
        if trip is None:
            async with self._db.write() as session:
                fields = {
                    "title": wanted.title,
                    "description": wanted.description,
                    "start_date": wanted.start_date,
                    "difficulty": wanted.difficulty,
                }
                trip = await editing.create_trip(session, user, fields)
        upload = trip.gpx_file
        if upload is None or upload.processing_status is not ProcessingStatus.COMPLETED:
            await self._process(user, trip.trip_id, upload, wanted)
        async with self._db.write() as session:
            await editing.publish_trip(session, trip.trip_id, user)
        return trip.trip_id

    async def _find(self, user: User, wanted: DemoRide) -> Trip | None:
        async with self._db.read() as session:
            return await session.scalar(
                select(Trip)
                .options(joinedload(Trip.gpx_file))
                .where(Trip.user_id == user.user_id, Trip.title == wanted.title)
                .limit(1)
            )

    async def _process(
        self, user: User, trip_id: UUID, upload: GpxFile | None, wanted: DemoRide
    ) -> None:
        if upload is None or upload.processing_status is ProcessingStatus.FAILED:
            upload = await self._register(user, trip_id, wanted)
        result = await self._pipeline.process(upload.gpx_file_id, at_once=True)
        if result.error_code is not None:
            raise AppError(result.error_code)
        if result.analysis is None:
            # Its service is at it, and may be asked again.
            raise AppError(ErrorCode.SERVICE_BUSY)

    async def _register(self, user: User, trip_id: UUID, wanted: DemoRide) -> GpxFile:
        gpx = await asyncio.to_thread(wanted.gpx)
        async with self._storage.receive() as incoming:
            await incoming.append(gpx)
            stored = await incoming.keep(new_key(trip_id, utc_now()))
        async with self._db.write() as session:
            registered = await registration.register(
                session,
                trip_id=trip_id,
                user=user,
                file_name=wanted.file_name,
                stored=stored,
                mode=Mode.BACKGROUND,
            )
        if registered.replaced_key is not None:
            await self._storage.delete(registered.replaced_key)
        return registered.upload


if __name__ == "__main__":
    sys.exit(main())
