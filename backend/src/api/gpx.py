"""An upload's progress, its track, its files; and a look at a file that is not stored."""

import asyncio
import re
import unicodedata
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import BackgroundTasks, Query, Request, Response
from fastapi.responses import StreamingResponse

from src.gpx import STORED_M
from src.gpx.model import RideColumns
from src.http.caching import NOT_MODIFIED, cache_headers
from src.http.deps import CurrentUser, Services, ServicesDep, Viewer
from src.http.dispatching import send_on_its_way
from src.http.files import file_field
from src.http.mapping import mapping_of
from src.http.multipart import form_body, receive_form
from src.http.negotiation import is_known, language_of, prefers
from src.http.patience import unless_gone
from src.http.responses import (
    JSON,
    Envelope,
    JsonResponse,
    errors,
    missing_is_not_found,
    ok,
    ok_json,
)
from src.http.routing import api_router
from src.http.tracks import GEOJSON, preview_json, track_geojson, track_json
from src.models import GpxFile, User
from src.observability.metrics import count_downloaded
from src.schemas.gpx import PreviewOut, RunOut, StatusOut, TrackOut, UploadOut
from src.services.tracks.export import Format, line_of, whole_csv, whole_geojson, whole_gpx
from src.services.tracks.fine import finer_points
from src.services.tracks.patience import turn_in_time
from src.services.tracks.points import read_points
from src.services.uploads import lookup, registration, runs
from src.services.uploads.file_names import MEDIA_TYPES, extension_of, media_type_of
from src.tasks.gpx_tasks import process_gpx_file_async

router = api_router(prefix="/gpx", tags=["gpx"])
GPX_TYPE = "application/gpx+xml"
# The extension and the media type of each that is made here.
_KINDS = {
    Format.GPX: (".gpx", GPX_TYPE),
    Format.CSV: (".csv", "text/csv"),
    Format.GEOJSON: (".geojson", GEOJSON),
}
# More than any screen shows; for more points an answer waits for a turn.
DEFAULT_TRACK_POINTS, MAX_TRACK_POINTS = 50_000, 200_000
DEFAULT_RUNS, MAX_RUNS = 50, 200


@router.post(
    "/analyze",
    response_model=Envelope[PreviewOut],
    responses=errors(400, 401, 413, 429, 503),
    openapi_extra=form_body("file", mapping=False),
)
async def analyze(user: CurrentUser, services: ServicesDep, request: Request) -> JsonResponse:
    """What a file says; nothing is stored.

    Of a CSV it also tells how it is written and which columns were recognised. `mapping` is a JSON
    object that gives the header of each column by our keys.
    """
    await services.limiter.hit_upload(str(user.user_id))
    async with services.storage.receive() as incoming:
        field = file_field(services, "file", too_large_status=413)
        form = await receive_form(request, incoming, field)
        looking = services.gpx.look_now(incoming, field="file", mapping=mapping_of(form.fields))
        looked = await unless_gone(request, looking)

    def render() -> JsonResponse:
        preview = preview_json(looked.analysis, form.file_name, looked.table)
        return ok_json(preview)

    return await asyncio.to_thread(render)


@router.get("/{gpx_file_id}/status", responses=errors(400, 401, 403, 404))
async def get_status(
    gpx_file_id: UUID, viewer: Viewer, services: ServicesDep, request: Request
) -> Envelope[StatusOut]:
    """Where an upload is on its way to a track."""
    async with services.db.read() as session:
        upload = await lookup.get_upload(session, gpx_file_id, viewer)
    return ok(
        StatusOut.of(upload, language_of(request), max_attempts=services.settings.gpx_max_attempts)
    )


@router.get(
    "/{gpx_file_id}/track",
    response_model=Envelope[TrackOut],
    responses={
        200: {"content": {GEOJSON: {"schema": {"type": "object"}}}},
        **NOT_MODIFIED,
        **errors(400, 401, 403, 404, 503),
    },
)
async def get_track(
    gpx_file_id: UUID,
    viewer: Viewer,
    services: ServicesDep,
    request: Request,
    tolerance_m: Annotated[float, Query(ge=0, le=100_000)] = 0,
    max_points: Annotated[int, Query(ge=2, le=MAX_TRACK_POINTS)] = DEFAULT_TRACK_POINTS,
) -> Response:
    """The track at any level of detail, and the statistics of the route.

    `tolerance_m` leaves out what deviates less than that from the line, and below 10 it adds the
    points of the recording that deviate more; `max_points` makes the line as coarse as it takes.
    Without a `tolerance_m`, as with 0, it is the line of 10 m. `Accept: application/geo+json` gives
    GeoJSON.
    """
    level = _Level(tolerance_m, max_points, as_geojson=prefers(request, GEOJSON, to=JSON))
    async with services.db.read() as session:
        upload = await lookup.get_upload(session, gpx_file_id, viewer)
    lookup.ensure_completed(upload)
    headers = level.headers(upload)
    if is_known(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    # Nobody waits for a turn with a connection in hand, nor for an answer that needs none.
    async with turn_in_time(services.long_tracks) if level.is_long(upload) else nullcontext():
        return await _track(services, viewer, gpx_file_id, level)


@dataclass(frozen=True, slots=True)
class _Level:
    """How much of a track is asked for, and as what."""

    tolerance_m: float
    max_points: int
    as_geojson: bool

    def headers(self, upload: GpxFile) -> dict[str, str]:
        return cache_headers(upload, self.tolerance_m, self.max_points, self.as_geojson)

    def is_whole(self, upload: GpxFile) -> bool:
        """Whether all rows may be shown."""
        return (upload.simplified_points or 0) <= self.max_points

    def is_finer(self, upload: GpxFile) -> bool:
        """Whether points of the recording are looked for between the rows."""
        return self.is_whole(upload) and 0 < self.tolerance_m < STORED_M

    def is_long(self, upload: GpxFile) -> bool:
        """Whether the answer may have more points than anybody is given without a turn."""
        points = upload.total_points if self.is_finer(upload) else upload.simplified_points
        return min(points or 0, self.max_points) > DEFAULT_TRACK_POINTS


async def _track(
    services: Services, viewer: User | None, gpx_file_id: UUID, level: _Level
) -> Response:
    async with services.db.snapshot() as session:
        # Once more, as it may be another by now: all that is shown is of one moment.
        upload = await lookup.get_upload(session, gpx_file_id, viewer)
        lookup.ensure_completed(upload)
        is_finer = level.is_finer(upload)
        points = await read_points(
            session,
            gpx_file_id,
            tolerance_m=0 if is_finer else level.tolerance_m,
            max_points=None if level.is_whole(upload) else level.max_points,
        )
        statistics = await lookup.get_statistics(session, gpx_file_id)
    headers = level.headers(upload)
    if is_finer:
        stored = points
        with missing_is_not_found():
            finer = await services.gpx.columns.whole(
                upload,
                lambda ride: finer_points(stored, ride, level.tolerance_m, level.max_points),
            )
        points = finer or points

    def render() -> Response:
        if level.as_geojson:
            return JsonResponse(track_geojson(upload, points), headers=headers, media_type=GEOJSON)
        data = track_json(upload, points, statistics)
        return ok_json(data, headers)

    return await asyncio.to_thread(render)


@router.get(
    "/{gpx_file_id}/download",
    response_class=Response,
    responses={
        200: {"content": {media_type: {} for media_type in sorted({*MEDIA_TYPES, GEOJSON})}},
        **NOT_MODIFIED,
        **errors(400, 401, 403, 404, 503),
    },
)
async def download(
    gpx_file_id: UUID,
    viewer: Viewer,
    services: ServicesDep,
    request: Request,
    simplified: bool = False,
    wanted: Annotated[Format, Query(alias="format")] = Format.ORIGINAL,
) -> Response:
    """The original file, byte for byte; or the whole mended recording as GPX, CSV or GeoJSON.

    `simplified` gives the simplified track as a GPX file, whatever the format.
    """
    async with services.db.read() as session:
        upload = await lookup.get_upload(session, gpx_file_id, viewer)
        if simplified or wanted is not Format.ORIGINAL:
            lookup.ensure_completed(upload)
        headers = cache_headers(upload, wanted, simplified, upload.trip.updated_at.timestamp())
        if is_known(request, headers["ETag"]):
            return Response(status_code=304, headers=headers)
    # A client may ask for a range, and need not get it.
    headers["Accept-Ranges"] = "none"
    if simplified:
        wanted = Format.GPX
    if wanted is Format.ORIGINAL:
        extension = extension_of(upload.file_name) or ".gpx"
        media_type = media_type_of(extension)
    else:
        extension, media_type = _KINDS[wanted]
    headers["Content-Disposition"] = _attachment(upload.trip.title, extension)
    pieces = await _pieces(services, upload, wanted, headers, simplified=simplified)
    return StreamingResponse(_counted(pieces, wanted), media_type=media_type, headers=headers)


async def _pieces(
    services: Services,
    upload: GpxFile,
    wanted: Format,
    headers: dict[str, str],
    *,
    simplified: bool,
) -> AsyncIterator[bytes]:
    """The file that is wanted, a block at a time; its length goes into `headers` where known."""
    if wanted is Format.ORIGINAL:
        with missing_is_not_found():
            original = await services.storage.open(upload.storage_key)
        headers["Content-Length"] = str(original.size_bytes)
        return original.pieces
    return await services.gpx.columns.rendered(
        upload, _renderer(upload, wanted, simplified=simplified)
    )


async def _counted(pieces: AsyncIterator[bytes], wanted: Format) -> AsyncIterator[bytes]:
    async for piece in pieces:
        yield piece
        count_downloaded(wanted, len(piece))


def _renderer(
    upload: GpxFile, wanted: Format, *, simplified: bool
) -> Callable[[Iterator[RideColumns]], Iterator[bytes]]:
    title = upload.trip.title
    if wanted is Format.CSV:
        return whole_csv
    if wanted is Format.GEOJSON:
        return partial(whole_geojson, upload.gpx_file_id, title)
    if simplified:
        return lambda blocks: whole_gpx(title, line_of(blocks))
    return partial(whole_gpx, title)


@router.get("/{gpx_file_id}/runs", responses=errors(400, 401, 403, 404))
async def get_runs(
    gpx_file_id: UUID,
    user: CurrentUser,
    services: ServicesDep,
    limit: Annotated[int, Query(ge=1, le=MAX_RUNS)] = DEFAULT_RUNS,
) -> Envelope[list[RunOut]]:
    """The attempts at processing an upload, the newest first, and what each replaced."""
    async with services.db.read() as session:
        await lookup.get_owned_upload(session, gpx_file_id, user)
        found = await runs.newest(session, gpx_file_id, limit)
    return ok([RunOut.model_validate(run) for run in found])


@router.post("/{gpx_file_id}/reprocess", status_code=202, responses=errors(400, 401, 403, 404))
async def reprocess(
    gpx_file_id: UUID,
    user: CurrentUser,
    services: ServicesDep,
    request: Request,
    background: BackgroundTasks,
) -> Envelope[UploadOut]:
    """Make the track anew from the stored original; nothing happens while it is being made."""
    async with services.db.write() as session:
        upload, is_begun = await registration.reprocess(
            session, gpx_file_id, user, services.dispatcher.mode_for
        )
    if is_begun:
        await send_on_its_way(services, upload, background, process_gpx_file_async.delay)
    return ok(UploadOut.of(upload, language_of(request)))


def _attachment(title: str, extension: str) -> str:
    """A `Content-Disposition` that names the file after the trip (RFC 6266)."""
    name = re.sub(r"[^\w .-]+", "_", title).strip(" ._") or "ruta"
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode() or "ruta"
    return f"attachment; filename=\"{plain}{extension}\"; filename*=UTF-8''{quote(name)}{extension}"
