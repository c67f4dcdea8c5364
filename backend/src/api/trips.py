"""Trips, and the upload of a trip's route."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import BackgroundTasks, Header, Query, Request, Response

from src.database import utc_now
from src.errors import AppError, ErrorCode
from src.http.deps import CurrentUser, Services, ServicesDep, Viewer
from src.http.dispatching import send_on_its_way
from src.http.files import (
    IdempotencyKeyHeader,
    committed_or_raise,
    delete_files,
    ensure_readable,
    file_field,
)
from src.http.mapping import fingerprint, mapping_of
from src.http.multipart import form_body, receive_form
from src.http.negotiation import language_of, wanted_wait_s
from src.http.responses import REPLAYED, Envelope, JsonResponse, errors, ok, ok_json, replayed
from src.http.routing import api_router
from src.models import GpxFile
from src.schemas.gpx import GpxMetadataOut, UploadOut
from src.schemas.text import NO_NULL
from src.schemas.trips import (
    Deleted,
    Pagination,
    PublicTrips,
    TripCreate,
    TripList,
    TripOut,
    TripUpdate,
    plain_trips,
)
from src.services.storage import IncomingFile, new_key
from src.services.tracks.suggestions import MAX_TITLE_LENGTH
from src.services.trips import access, editing, listing
from src.services.trips.listing import Order, SortBy, TripFilter, Visibility
from src.services.uploads import idempotency, lookup, registration
from src.states import ProcessingStatus, TripStatus
from src.tasks.gpx_tasks import process_gpx_file_async

router = api_router(tags=["trips"])
Limit = Annotated[int, Query(ge=1, le=100)]
TitlePart = Annotated[str, Query(max_length=MAX_TITLE_LENGTH), NO_NULL]


@router.post("/trips", status_code=201, responses=errors(400, 401, ErrorCode.BODY_TOO_LARGE))
async def create_trip(
    body: TripCreate, user: CurrentUser, services: ServicesDep, request: Request
) -> Envelope[TripOut]:
    """Start a trip; it is a draft until it is published."""
    async with services.db.write() as session:
        trip = await editing.create_trip(session, user, body.model_dump())
    return ok(TripOut.of(trip, language_of(request), user))


@router.get("/trips/public", response_model=PublicTrips, responses=errors(400))
async def list_public_trips(
    services: ServicesDep,
    request: Request,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    limit: Limit = 20,
) -> Response:
    """Everybody's published trips, newest first; the list ends after the newest 10,000."""
    async with services.db.read() as session:
        found, total = await listing.list_public_trips(session, page=page, limit=limit)
    shown = plain_trips(found, language_of(request), viewer=None)
    pages = Pagination(total=total, page=page, limit=limit, total_pages=-(-total // limit))
    return JsonResponse({"trips": shown, "pagination": pages})


@router.get("/trips/{trip_id}", responses=errors(400, 401, 403, 404))
async def get_trip(
    trip_id: UUID, viewer: Viewer, services: ServicesDep, request: Request
) -> Envelope[TripOut]:
    """A trip, with its route once that is completed."""
    async with services.db.read() as session:
        trip = await access.get_trip(session, trip_id, viewer)
    return ok(TripOut.of(trip, language_of(request), viewer))


@router.put("/trips/{trip_id}", responses=errors(400, 401, 403, 404, ErrorCode.BODY_TOO_LARGE))
async def update_trip(
    trip_id: UUID, body: TripUpdate, user: CurrentUser, services: ServicesDep, request: Request
) -> Envelope[TripOut]:
    """Change a trip; what the body leaves out stays as it is."""
    async with services.db.write() as session:
        changes = body.model_dump(exclude_unset=True)
        trip = await editing.update_trip(session, trip_id, user, changes)
    return ok(TripOut.of(trip, language_of(request), user))


@router.delete("/trips/{trip_id}", responses=errors(400, 401, 403, 404))
async def delete_trip(trip_id: UUID, user: CurrentUser, services: ServicesDep) -> Envelope[Deleted]:
    """Delete a trip with its route and the stored file."""
    async with services.db.write() as session:
        keys = await editing.delete_trip(session, trip_id, user)
    await delete_files(services, keys)
    return ok(Deleted(trip_id=trip_id))


@router.post("/trips/{trip_id}/publish", responses=errors(400, 401, 403, 404))
async def publish_trip(
    trip_id: UUID, user: CurrentUser, services: ServicesDep, request: Request
) -> Envelope[TripOut]:
    """Show a trip to everybody, unless it is private; needs a description worth reading."""
    async with services.db.write() as session:
        trip = await editing.publish_trip(session, trip_id, user)
    return ok(TripOut.of(trip, language_of(request), user))


@router.get(
    "/users/{username}/trips", response_model=Envelope[TripList], responses=errors(400, 401, 404)
)
async def list_user_trips(
    username: str,
    viewer: Viewer,
    services: ServicesDep,
    request: Request,
    limit: Limit = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    status: TripStatus | None = None,
    visibility: Visibility | None = None,
    q: TitlePart | None = None,
    year: Annotated[int | None, Query(ge=1, le=9999)] = None,
    sort_by: SortBy = SortBy.START_DATE,
    order: Order = Order.DESCENDING,
) -> Response:
    """A cyclist's trips that the caller may see; without a `sort_by` those that began last first.

    `q` is a part of the title, `year` that of the start.
    """
    wanted = TripFilter(status=status, visibility=visibility, title=q, year=year)
    async with services.db.read() as session:
        found, total = await listing.list_user_trips(
            session,
            username,
            viewer,
            wanted=wanted,
            sort_by=sort_by,
            order=order,
            limit=limit,
            offset=offset,
        )
    shown = plain_trips(found, language_of(request), viewer)
    counts = {"count": len(shown), "total": total, "limit": limit, "offset": offset}
    return ok_json({"trips": shown, **counts})


@router.post(
    "/trips/{trip_id}/gpx",
    status_code=202,
    response_model=Envelope[UploadOut],
    responses={201: {"model": Envelope[UploadOut]}, **errors(400, 401, 403, 404, 409, 429, 503)},
    openapi_extra=form_body("file", mapping=False),
)
async def upload_gpx(
    trip_id: UUID,
    user: CurrentUser,
    services: ServicesDep,
    request: Request,
    background: BackgroundTasks,
    prefer: Annotated[str | None, Header()] = None,
    idempotency_key: IdempotencyKeyHeader = None,
) -> Response:
    """Upload a trip's route; it is processed after the answer, see `/gpx/{id}/status`.

    GPX, TCX, FIT and CSV are taken, also packed by gzip or alone in a zip archive. `mapping` is a
    JSON object that gives the header of each column of a CSV by our keys.

    A file of up to 1 MiB is read before the answer: what cannot be read is refused at once.

    With `Prefer: wait=N` the answer waits up to N seconds for the result, and is 201 with it.
    """
    await services.limiter.hit_upload(str(user.user_id))
    language = language_of(request)
    async with services.storage.receive() as incoming:
        form = await receive_form(request, incoming, file_field(services, "file"))
        said = _Upload(form.file_name, mapping_of(form.fields))
        sent = idempotency.Request.of(
            user,
            idempotency_key,
            f"{trip_id}/gpx",
            await incoming.sha256(),
            *fingerprint(said.mapping),
        )
        accepted = await _accept(services, trip_id, incoming, said, sent, language)
    wait_s = wanted_wait_s(prefer)
    if isinstance(accepted, dict):
        return await _answer_again(services, accepted, wait_s, language)
    upload = await send_on_its_way(
        services, accepted, background, process_gpx_file_async.delay, wait_s=wait_s
    )
    answer = _answer(upload, wait_s, language)
    answer.background = background
    return answer


@router.get("/trips/{trip_id}/gpx", responses=errors(400, 401, 403, 404))
async def get_trip_gpx(
    trip_id: UUID, viewer: Viewer, services: ServicesDep, request: Request
) -> Envelope[GpxMetadataOut]:
    """The file and the headline numbers of a trip's route."""
    async with services.db.read() as session:
        upload = await lookup.get_upload_of_trip(session, trip_id, viewer)
    return ok(GpxMetadataOut.of(upload, language_of(request)))


@router.delete(
    "/trips/{trip_id}/gpx",
    status_code=204,
    response_class=Response,
    responses=errors(400, 401, 403, 404),
)
async def delete_trip_gpx(trip_id: UUID, user: CurrentUser, services: ServicesDep) -> None:
    """Delete a trip's route with its file; while it is processed, this cancels it."""
    async with services.db.write() as session:
        keys = await registration.delete_upload_of_trip(session, trip_id, user)
    await delete_files(services, keys)


@dataclass(frozen=True, slots=True)
class _Upload:
    """What a client says of its file."""

    file_name: str
    mapping: dict[str, Any] | None


async def _accept(
    services: Services,
    trip_id: UUID,
    incoming: IncomingFile,
    said: _Upload,
    sent: idempotency.Request,
    language: str,
) -> GpxFile | idempotency.Answer:
    """Check the upload, make its bytes safe, then commit its row: in this order.

    Returns the upload, or the answer that the same request was given before.
    """
    async with services.db.read() as session:
        refused = None
        try:
            await registration.ensure_uploadable(session, trip_id, sent.user)
        except AppError as error:
            refused = error
        # Asked last: the upload that stands in the way may be this very request's, sent before.
        if answer := await idempotency.find_answer(session, sent):
            return answer
        if refused is not None:
            raise refused
    await ensure_readable(services, incoming, field="file", mapping=said.mapping)
    stored = await incoming.keep(new_key(trip_id, utc_now()))
    try:
        async with services.db.write() as session:
            answer = await idempotency.claim(session, sent)
            if answer is None:
                registered = await registration.register(
                    session,
                    trip_id=trip_id,
                    user=sent.user,
                    file_name=said.file_name,
                    stored=stored,
                    mode=services.dispatcher.mode_for(stored.size, stored.sha256),
                    mapping=said.mapping,
                )
                upload = registered.upload
                accepted = ok(UploadOut.of(upload, language)).model_dump(mode="json")
                await idempotency.remember(session, sent, accepted)
    except Exception as error:  # noqa: BLE001 - raised again unless it was committed
        return await committed_or_raise(services, trip_id, stored, error)
    unused_key = stored.key if answer is not None else registered.replaced_key
    if unused_key is not None:
        await services.storage.delete(unused_key)
    return upload if answer is None else answer


async def _answer_again(
    services: Services, given: idempotency.Answer, wait_s: int, language: str
) -> JsonResponse:
    """What the same request is answered now.

    Without `Prefer` the receipt that was given then; a client that waits gets what has become of
    that very upload, unless it was deleted or replaced since.
    """
    receipt = UploadOut.model_validate(given["data"])
    upload = None
    if wait_s:
        upload = await lookup.find_same(services.db, receipt.gpx_file_id, receipt.uploaded_at)
    if upload is None:
        return replayed(given, status=202)
    upload = await lookup.wait_for_end(services.db, upload, wait_s, services.runner.running_task)
    answer = _answer(upload, wait_s, language)
    answer.headers.update(REPLAYED)
    return answer


def _answer(upload: GpxFile, wait_s: int, language: str) -> JsonResponse:
    is_completed = upload.processing_status is ProcessingStatus.COMPLETED
    return JsonResponse(
        ok(UploadOut.of(upload, language)),
        status_code=201 if is_completed else 202,
        headers={"Preference-Applied": f"wait={wait_s}"} if wait_s else None,
    )
