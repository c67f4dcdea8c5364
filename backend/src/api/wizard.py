"""A trip and its route in one request: all or nothing."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import Field, StringConstraints, ValidationError

from src.database import utc_now
from src.gpx import Analysis
from src.http.deps import CurrentUser, Services, ServicesDep
from src.http.files import IdempotencyKeyHeader, committed_or_raise, delete_files, file_field
from src.http.mapping import fingerprint, mapping_of
from src.http.multipart import form_body, receive_form
from src.http.patience import unless_gone
from src.http.responses import Envelope, JsonResponse, errors, ok, replayed
from src.http.routing import api_router
from src.models import Trip
from src.observability import metrics
from src.schemas.text import NO_NULL
from src.schemas.trips import StartDate, Title, TripFields, WizardOut
from src.services.storage import IncomingFile, StoredFile, columns_key, new_key
from src.services.tracks.suggestions import difficulty_of
from src.services.trips import editing
from src.services.uploads import idempotency, registration
from src.states import Mode, Outcome, Stage

router = api_router(tags=["trips"])


class WizardForm(TripFields):
    """The text fields of the form."""

    title: Title
    description: Annotated[str, StringConstraints(min_length=50, max_length=50_000), NO_NULL]
    start_date: StartDate
    privacy: Literal["public", "private"] = Field(default="public", exclude=True)


@router.post(
    "/trips/gpx-wizard",
    status_code=201,
    response_model=Envelope[WizardOut],
    responses=errors(400, 401, 409, 413, 429, 503),
    openapi_extra=form_body(
        "gpx_file",
        title=True,
        description=True,
        start_date=True,
        end_date=False,
        privacy=False,
        mapping=False,
    ),
)
async def create_trip_with_route(
    user: CurrentUser,
    services: ServicesDep,
    request: Request,
    idempotency_key: IdempotencyKeyHeader = None,
) -> Response:
    """Publish a trip with its route; neither is left without the other."""
    await services.limiter.hit_upload(str(user.user_id))
    async with services.storage.receive() as incoming:
        field = file_field(services, "gpx_file", too_large_status=413)
        form = await receive_form(request, incoming, field)
        mapping = mapping_of(form.fields)
        fields = _checked(form.fields)
        sent = idempotency.Request.of(
            user,
            idempotency_key,
            "gpx-wizard",
            await incoming.sha256(),
            fields.model_dump_json(),
            fields.privacy,
            *fingerprint(mapping),
        )
        said = _Said(fields, form.file_name, mapping)
        answer, is_new = await _create(request, services, sent, said, incoming)
    if is_new:
        metrics.count_received(Mode.BACKGROUND)
        metrics.count_attempt(Mode.BACKGROUND, Outcome.COMPLETED)
    return JsonResponse(answer, status_code=201) if is_new else replayed(answer, status=201)


@dataclass(frozen=True, slots=True)
class _Said:
    """What a client says of the trip and of its file."""

    fields: WizardForm
    file_name: str
    mapping: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class _Analysed:
    """A file's analysis and the file of its columns; since when it was made, and how long."""

    analysis: Analysis
    columns: Path
    started_at: datetime
    stages: metrics.StageTimes


def _checked(fields: dict[str, str]) -> WizardForm:
    try:
        # A form sends an empty text for a field that was left out.
        return WizardForm.model_validate({name: text for name, text in fields.items() if text})
    except ValidationError as error:
        faults = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors()]
        raise RequestValidationError(faults) from error


async def _create(
    request: Request,
    services: Services,
    sent: idempotency.Request,
    said: _Said,
    incoming: IncomingFile,
) -> tuple[idempotency.Answer, bool]:
    """The answer, and whether this request made the trip or an earlier one did."""
    async with services.db.read() as session:
        if answer := await idempotency.find_answer(session, sent):
            return answer, False
    async with services.storage.scratch() as columns:
        started_at, stages = utc_now(), metrics.StageTimes(Mode.BACKGROUND)
        with stages.timed(Stage.PARSING):
            analysis = await unless_gone(
                request,
                services.gpx.analyse_now(
                    incoming, field="gpx_file", columns_to=columns, mapping=said.mapping
                ),
            )
        made = _Analysed(analysis, columns, started_at, stages)
        return await _publish(services, sent, said, incoming, made)


async def _publish(
    services: Services,
    sent: idempotency.Request,
    said: _Said,
    incoming: IncomingFile,
    made: _Analysed,
) -> tuple[idempotency.Answer, bool]:
    analysis, fields = made.analysis, said.fields
    trip = editing.new_trip(
        sent.user,
        fields.model_dump()
        | {
            "is_private": fields.privacy == "private",
            "difficulty": difficulty_of(analysis.distance_km, analysis.elevation_gain),
            "distance_km": editing.storable_distance_km(analysis.distance_km),
        },
    )
    stored = await incoming.keep(new_key(trip.trip_id, utc_now()))
    beside: str | None = None
    try:
        with made.stages.timed(Stage.SAVING):
            beside = await services.gpx.keep_columns(made.columns, columns_key(stored.key, 1, 0))
            answer, is_new = await _commit(services, sent, trip, stored, said, made, beside)
    except Exception as error:  # noqa: BLE001 - raised again unless it was committed
        committed = await committed_or_raise(services, trip.trip_id, stored, error, beside)
        return ok(WizardOut.of(committed.trip, committed, analysis)).model_dump(mode="json"), True
    if not is_new:
        await delete_files(services, (stored.key, beside))
    return answer, is_new


async def _commit(
    services: Services,
    sent: idempotency.Request,
    trip: Trip,
    stored: StoredFile,
    said: _Said,
    made: _Analysed,
    columns: str | None,
) -> tuple[idempotency.Answer, bool]:
    async with services.db.write() as session:
        if answer := await idempotency.claim(session, sent):
            return answer, False
        await editing.insert_trip(session, trip)
        await editing.publish_trip(session, trip.trip_id, sent.user)
        registered = await registration.register(
            session,
            trip_id=trip.trip_id,
            user=sent.user,
            file_name=said.file_name,
            stored=stored,
            mode=Mode.BACKGROUND,
            mapping=said.mapping,
        )
        upload = registered.upload
        leases = services.gpx.leases
        lease = await leases.begin_here(session, upload, made.stages, made.started_at)
        await services.gpx.store(session, lease, made.analysis, columns)
        answer = ok(WizardOut.of(trip, upload, made.analysis)).model_dump(mode="json")
        await idempotency.remember(session, sent, answer)
    return answer, True
