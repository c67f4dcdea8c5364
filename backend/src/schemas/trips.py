from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic_core import PydanticCustomError

from src.gpx import Analysis
from src.models import GpxFile, Trip, User
from src.schemas.gpx import (
    GpxMetadataOut,
    ListedGpxOut,
    UploadStateOut,
    WizardGpxOut,
    columns_of,
    upload_fields,
)
from src.schemas.numbers import Kilometres
from src.schemas.plain import plain
from src.schemas.presence import ALWAYS_THERE
from src.schemas.text import NO_NULL
from src.services.tracks.suggestions import MAX_TITLE_LENGTH, Difficulty
from src.services.trips.editing import MAX_DISTANCE_KM, MIN_DISTANCE_KM
from src.services.trips.listing import TripRow
from src.states import ProcessingStatus, TripStatus

# Where a day begins first, it is tomorrow already while UTC still has today.
_EASTERNMOST_OFFSET = timedelta(hours=14)


def _not_in_future(value: date) -> date:
    latest_today = (datetime.now(UTC) + _EASTERNMOST_OFFSET).date()
    if value > latest_today:
        raise PydanticCustomError("date_in_future", "date in the future")
    return value


Title = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MAX_TITLE_LENGTH, strip_whitespace=True),
    NO_NULL,
]
Description = Annotated[str, StringConstraints(min_length=1, max_length=50_000), NO_NULL]
StartDate = Annotated[date, AfterValidator(_not_in_future)]
DistanceKm = Annotated[float, Field(ge=MIN_DISTANCE_KM, le=MAX_DISTANCE_KM)]
Ignored = Annotated[
    list[Any] | None, Field(max_length=100, description="Accepted from older clients and not kept")
]


class TripFields(BaseModel):
    end_date: date | None = None
    distance_km: DistanceKm | None = None
    difficulty: Difficulty | None = None
    photos: Ignored = Field(default=[], exclude=True)
    locations: Ignored = Field(default=[], exclude=True)
    tags: Ignored = Field(default=[], exclude=True)

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        start = getattr(self, "start_date", None)
        if start is not None and self.end_date is not None and self.end_date < start:
            raise PydanticCustomError(
                "end_before_start", "end date before start date", {"field": "end_date"}
            )
        return self


class TripCreate(TripFields):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "title": "Vuelta al pantano",
                "description": "Una vuelta larga alrededor del pantano, con viento de cara.",
                "start_date": "2026-05-01",
                "difficulty": "moderate",
                "is_private": False,
            }
        }
    )

    title: Title
    description: Description
    start_date: StartDate
    is_private: bool = False


class TripUpdate(TripFields):
    """Only the fields that are present are changed."""

    model_config = ConfigDict(json_schema_extra={"example": {"title": "Vuelta al embalse"}})

    title: Title | None = None
    description: Description | None = None
    start_date: StartDate | None = None
    is_private: bool | None = None

    @model_validator(mode="after")
    def _required_fields_are_not_emptied(self) -> Self:
        for name in ("title", "description", "start_date", "is_private"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise PydanticCustomError("null_not_allowed", "null not allowed", {"field": name})
        return self


class AuthorOut(BaseModel):
    user_id: UUID
    username: str
    full_name: str | None
    profile_photo_url: str | None
    is_following: bool | None


class ListedTripOut(BaseModel):
    """A trip in a list; `gpx_file` is its route once that is completed.

    `upload` is where the file of its route is on its way, also when that has ended: for the owner
    alone, null for everybody else.
    """

    trip_id: UUID
    user_id: UUID
    author: AuthorOut
    title: str
    description: str
    status: TripStatus
    start_date: date
    end_date: date | None
    distance_km: Kilometres | None
    difficulty: Difficulty | None
    is_private: bool
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None
    photos: list[Any]
    locations: list[Any]
    tags: list[Any]
    photo_count: int
    tag_names: list[str]
    thumbnail_url: str | None
    like_count: int
    is_liked: bool | None
    gpx_file: ListedGpxOut | None
    upload: UploadStateOut | None


class TripOut(ListedTripOut):
    """A trip, as in a list; its route with how sure its elevation gain is."""

    gpx_file: GpxMetadataOut | None

    @classmethod
    def of(cls, trip: Trip, language: str, viewer: User | None) -> Self:
        """A trip whose author and upload are loaded."""
        upload = trip.gpx_file
        row = TripRow(
            columns_of(trip),
            columns_of(trip.author),
            None if upload is None else columns_of(upload),
        )
        return cls.model_validate(_trip_fields(row, language, viewer))


def plain_trips(
    rows: Iterable[TripRow], language: str, viewer: User | None
) -> list[dict[str, Any]]:
    """The trips of a list, JSON-ready: each as `ListedTripOut` shows it."""
    return [plain(ListedTripOut, _trip_fields(row, language, viewer)) for row in rows]


# What older clients look for.
_NOT_KEPT: dict[str, Any] = {
    "photos": [],
    "locations": [],
    "tags": [],
    "photo_count": 0,
    "tag_names": [],
    "thumbnail_url": None,
    "like_count": 0,
    "is_liked": None,
}


def _trip_fields(row: TripRow, language: str, viewer: User | None) -> dict[str, Any]:
    upload = None if row.upload is None else upload_fields(row.upload, language)
    is_complete = upload and upload["processing_status"] is ProcessingStatus.COMPLETED
    is_owner = viewer is not None and viewer.user_id == row.trip["user_id"]
    photo_url = row.author["photo_url"]
    return {
        **row.trip,
        **_NOT_KEPT,
        "author": {**row.author, "profile_photo_url": photo_url, "is_following": None},
        "gpx_file": upload if is_complete else None,
        "upload": upload if is_owner else None,
    }


class TripList(BaseModel):
    trips: list[ListedTripOut]
    count: int
    total: int
    limit: int
    offset: int


class Pagination(BaseModel):
    total: int
    page: int
    limit: int
    total_pages: int


class PublicTrips(BaseModel):
    """A page of everybody's published trips; this one answer carries no envelope."""

    trips: list[ListedTripOut]
    pagination: Pagination


class WizardOut(BaseModel):
    """A published trip with its route."""

    trip_id: UUID
    title: str
    description: str
    start_date: date
    end_date: date | None
    distance_km: Kilometres | None
    difficulty: Difficulty | None
    status: TripStatus
    gpx_file: WizardGpxOut

    @classmethod
    def of(cls, trip: Trip, upload: GpxFile, analysis: Analysis) -> Self:
        of_trip = {name: getattr(trip, name) for name in cls.model_fields if name != "gpx_file"}
        return cls(**of_trip, gpx_file=WizardGpxOut.of(upload, analysis, trip.difficulty))


class Deleted(BaseModel):
    model_config = ALWAYS_THERE

    trip_id: UUID
    deleted: Literal[True] = True
