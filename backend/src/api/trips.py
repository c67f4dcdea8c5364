"""Trips, and the upload of a trip's route."""

import re
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, BackgroundTasks, Header, Query, Request, Response

from src.api.deps import CurrentUser, Services, ServicesDep, Viewer
from src.api.multipart import file_body, receive_file
from src.api.responses import Envelope, errors, language_of, ok
from src.database import utc_now
from src.errors import AppError, ErrorCode
from src.gpx import GpxError
from src.gpx.reader import sniff
from src.logs import get_logger
from src.models import GpxFile, User
from src.schemas.gpx import GpxMetadataOut, UploadOut
from src.schemas.trips import (
    Deleted,
    Pagination,
    PublicTrips,
    TripCreate,
    TripList,
    TripOut,
    TripUpdate,
)
from src.services import trips, uploads
from src.services.storage import IncomingFile, new_key
from src.states import ProcessingStatus, TripStatus
from src.tasks.gpx_tasks import process_gpx_file_async

log = get_logger(__name__)
router = APIRouter(tags=["trips"])
EXTENSIONS = (".gpx",)
MAX_WAIT_S = 10
Limit = Annotated[int, Query(ge=1, le=100)]


@router.post("/trips", status_code=201, responses=errors(400, 401))
async def create_trip(
    body: TripCreate, user: CurrentUser, services: ServicesDep, request: Request
) -> Envelope[TripOut]:
    """Start a trip; it is a draft until it is published."""
    async with services.db.write() as session:
        trip = await trips.create_trip(session, user, body.model_dump())
    return ok(TripOut.of(trip, language_of(request)))


@router.get("/trips/public", responses=errors(400))
async def list_public_trips(
    services: ServicesDep,
    request: Request,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    limit: Limit = 20,
) -> PublicTrips:
    """Everybody's published trips, newest first."""
    async with services.db.read() as session:
        found, total = await trips.list_public_trips(session, page=page, limit=limit)
    return PublicTrips(
        trips=[TripOut.of(trip, language_of(request)) for trip in found],
        pagination=Pagination(total=total, page=page, limit=limit, total_pages=-(-total // limit)),
    )


@router.get("/trips/{trip_id}", responses=errors(400, 401, 403, 404))
async def get_trip(
    trip_id: UUID, viewer: Viewer, services: ServicesDep, request: Request
) -> Envelope[TripOut]:
    async with services.db.read() as session:
        trip = await trips.get_trip(session, trip_id, viewer)
    return ok(TripOut.of(trip, language_of(request)))


@router.put("/trips/{trip_id}", responses=errors(400, 401, 403, 404))
async def update_trip(
    trip_id: UUID, body: TripUpdate, user: CurrentUser, services: ServicesDep, request: Request
) -> Envelope[TripOut]:
    async with services.db.write() as session:
        changes = body.model_dump(exclude_unset=True)
        trip = await trips.update_trip(session, trip_id, user, changes)
    return ok(TripOut.of(trip, language_of(request)))


@router.delete("/trips/{trip_id}", responses=errors(400, 401, 403, 404))
async def delete_trip(trip_id: UUID, user: CurrentUser, services: ServicesDep) -> Envelope[Deleted]:
    """Delete a trip with its route and the stored file."""
    async with services.db.write() as session:
        key = await trips.delete_trip(session, trip_id, user)
    if key is not None:
        await services.storage.delete(key)
    return ok(Deleted(trip_id=trip_id))


@router.post("/trips/{trip_id}/publish", responses=errors(400, 401, 403, 404))
async def publish_trip(
    trip_id: UUID, user: CurrentUser, services: ServicesDep, request: Request
) -> Envelope[TripOut]:
    """Show a trip to everybody, unless it is private; needs a description worth reading."""
    async with services.db.write() as session:
        trip = await trips.publish_trip(session, trip_id, user)
    return ok(TripOut.of(trip, language_of(request)))


@router.get("/users/{username}/trips", responses=errors(400, 401, 404))
async def list_user_trips(
    username: str,
    viewer: Viewer,
    services: ServicesDep,
    request: Request,
    limit: Limit = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    status: TripStatus | None = None,
) -> Envelope[TripList]:
    """A cyclist's trips that the caller may see, newest first."""
    async with services.db.read() as session:
        found, total = await trips.list_user_trips(
            session, username, viewer, status=status, limit=limit, offset=offset
        )
    shown = [TripOut.of(trip, language_of(request)) for trip in found]
    return ok(TripList(trips=shown, count=len(shown), total=total, limit=limit, offset=offset))


@router.post(
    "/trips/{trip_id}/gpx",
    status_code=202,
    responses={201: {"model": Envelope[UploadOut]}, **errors(400, 401, 403, 404, 429)},
    openapi_extra=file_body("file"),
)
async def upload_gpx(
    trip_id: UUID,
    user: CurrentUser,
    services: ServicesDep,
    request: Request,
    background: BackgroundTasks,
    response: Response,
    prefer: Annotated[str | None, Header()] = None,
) -> Envelope[UploadOut]:
    """Upload a trip's route; it is processed after the answer, see `/gpx/{id}/status`.

    With `Prefer: wait=N` the answer waits up to N seconds for the result, and is 201 with it.
    """
    services.limiter.hit_upload(str(user.user_id))
    async with services.storage.receive() as incoming:
        file_name = await receive_file(
            request,
            incoming,
            field="file",
            extensions=EXTENSIONS,
            limit_mb=services.settings.gpx_max_upload_mb,
        )
        upload = await _register(services, trip_id, user, incoming, file_name)
    log.info(
        "upload_accepted",
        gpx_file_id=str(upload.gpx_file_id),
        trip_id=str(trip_id),
        file_size=upload.file_size,
        mode=upload.mode,
    )
    wait_s = _wanted_wait_s(prefer)
    try:
        await services.dispatcher.dispatch(
            upload,
            publish=process_gpx_file_async.delay,
            later=background.add_task,
            at_once=wait_s > 0,
        )
        if wait_s:
            upload = await uploads.wait_for_end(services.db, upload, wait_s)
            response.headers["Preference-Applied"] = f"wait={wait_s}"
    except Exception:
        # The upload is committed: the recovery goes on with it, and a 5xx would have it sent again.
        log.exception("dispatch_failed", gpx_file_id=str(upload.gpx_file_id))
    if upload.processing_status is ProcessingStatus.COMPLETED:
        response.status_code = 201
    return ok(UploadOut.of(upload, language_of(request)))


@router.get("/trips/{trip_id}/gpx", responses=errors(400, 401, 403, 404))
async def get_trip_gpx(
    trip_id: UUID, viewer: Viewer, services: ServicesDep, request: Request
) -> Envelope[GpxMetadataOut]:
    """The file and the headline numbers of a trip's route."""
    async with services.db.read() as session:
        upload = await uploads.get_upload_of_trip(session, trip_id, viewer)
    return ok(GpxMetadataOut.of(upload, language_of(request)))


@router.delete("/trips/{trip_id}/gpx", status_code=204, responses=errors(400, 401, 403, 404))
async def delete_trip_gpx(trip_id: UUID, user: CurrentUser, services: ServicesDep) -> None:
    """Delete a trip's route with its file; while it is processed, this cancels it."""
    async with services.db.write() as session:
        key = await uploads.delete_upload_of_trip(session, trip_id, user)
    await services.storage.delete(key)


async def _register(
    services: Services, trip_id: UUID, user: User, incoming: IncomingFile, file_name: str
) -> GpxFile:
    """Check the upload, make its bytes safe, then commit its row: in this order."""
    async with services.db.read() as session:
        await uploads.ensure_uploadable(session, trip_id, user)
    _ensure_looks_like_gpx(incoming)
    stored = await incoming.keep(new_key(trip_id, utc_now()))
    try:
        async with services.db.write() as session:
            registration = await uploads.register(
                session,
                trip_id=trip_id,
                user=user,
                file_name=file_name,
                stored=stored,
                mode=services.dispatcher.mode_for(stored.size, stored.sha256),
            )
    except BaseException:
        await services.storage.delete(stored.key)
        raise
    if registration.replaced_key is not None:
        await services.storage.delete(registration.replaced_key)
    return registration.upload


def _ensure_looks_like_gpx(incoming: IncomingFile) -> None:
    """Refuse at once what its first bytes give away; the rest shows when it is processed."""
    try:
        sniff(incoming.head)
    except GpxError as error:
        raise AppError(ErrorCode.INVALID_GPX_FORMAT, field="file") from error
    if incoming.size == 0:
        raise AppError(ErrorCode.INVALID_GPX_FORMAT, field="file")


def _wanted_wait_s(prefer: str | None) -> int:
    """The seconds of a `Prefer: wait=N` header (RFC 7240), at most `MAX_WAIT_S`."""
    found = re.search(r"(?:^|[,;\s])wait\s*=\s*\"?(\d{1,9})", prefer or "", re.IGNORECASE)
    return min(int(found[1]), MAX_WAIT_S) if found else 0
