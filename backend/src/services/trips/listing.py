"""Lists of trips, each only with what the viewer may see."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from src.database import in_lower_case
from src.errors import AppError, ErrorCode
from src.models import LISTED_NUMBERS, GpxFile, Trip, User
from src.states import ProcessingStatus, TripStatus

# What is counted or skipped is read, and nobody leafs through more than this.
MOST_PUBLIC = 10_000


class SortBy(StrEnum):
    START_DATE = "start_date"
    CREATED_AT = "created_at"
    DISTANCE_KM = "distance_km"
    TITLE = "title"


class Order(StrEnum):
    ASCENDING = "asc"
    DESCENDING = "desc"


class Visibility(StrEnum):
    PUBLIC = "public"
    PRIVATE = "private"


@dataclass(frozen=True, slots=True)
class TripFilter:
    """Which of a cyclist's trips are wanted; None leaves a question open.

    `title` is a part of the title, in any case; `year` that of the start.
    """

    status: TripStatus | None = None
    visibility: Visibility | None = None
    title: str | None = None
    year: int | None = None

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        if self.status is not None:
            yield Trip.status == self.status
        if self.visibility is not None:
            yield Trip.is_private.is_(self.visibility is Visibility.PRIVATE)
        if self.title:
            yield in_lower_case(Trip.title).contains(self.title.lower(), autoescape=True)
        if self.year is not None:
            yield Trip.start_date.between(date(self.year, 1, 1), date(self.year, 12, 31))


class TripRow(NamedTuple):
    """A trip of a list: the columns of its own row, of its author's and of its upload's.

    No entities of SQLAlchemy: to make a hundred of them, with their parts, takes longer than to
    find them.
    """

    trip: Mapping[str, Any]
    author: Mapping[str, Any]
    upload: Mapping[str, Any] | None


async def list_user_trips(
    session: AsyncSession,
    username: str,
    viewer: User | None,
    *,
    wanted: TripFilter,
    sort_by: SortBy,
    order: Order,
    limit: int,
    offset: int,
) -> tuple[list[TripRow], int]:
    """The wanted trips of a cyclist that `viewer` may see, and how many there are."""
    if "\x00" in username:
        raise AppError(ErrorCode.NOT_FOUND)
    owner = await session.scalar(select(User).where(func.lower(User.username) == username.lower()))
    if owner is None:
        raise AppError(ErrorCode.NOT_FOUND)
    shown: ColumnElement[bool] = and_(Trip.user_id == owner.user_id, *wanted.conditions())
    if viewer is None or viewer.user_id != owner.user_id:
        shown = and_(shown, _IS_PUBLIC)
    return await _page(session, shown, _sorted(sort_by, order), limit, offset)


async def list_public_trips(
    session: AsyncSession, *, page: int, limit: int
) -> tuple[list[TripRow], int]:
    """The published trips of everybody, newest first, and how many there are.

    The list ends after the newest `MOST_PUBLIC`.
    """
    newest = (Trip.published_at.desc(), Trip.trip_id)
    return await _page(
        session, _IS_PUBLIC, newest, limit, offset=(page - 1) * limit, most=MOST_PUBLIC
    )


_IS_PUBLIC = and_(Trip.status == TripStatus.PUBLISHED, Trip.is_private.is_(False))
# As it was measured, or else as its cyclist wrote it: what a list shows.
_DISTANCE_KM = func.coalesce(
    select(GpxFile.distance_km)
    .where(
        GpxFile.trip_id == Trip.trip_id,
        GpxFile.processing_status == ProcessingStatus.COMPLETED,
    )
    .correlate(Trip)
    .scalar_subquery(),
    Trip.distance_km,
)
_SORTED_BY: dict[SortBy, Any] = {
    SortBy.START_DATE: Trip.start_date,
    SortBy.CREATED_AT: Trip.created_at,
    SortBy.DISTANCE_KM: _DISTANCE_KM,
    SortBy.TITLE: in_lower_case(Trip.title),
}


def _sorted(by: SortBy, order: Order) -> Iterator[ColumnElement[Any]]:
    """Equal ones as they were written, so that pages neither repeat nor leave out a trip.

    A trip without a distance comes last, whichever way it goes.
    """
    if by is SortBy.DISTANCE_KM:
        yield _DISTANCE_KM.is_(None)
    columns: tuple[Any, ...] = (_SORTED_BY[by], Trip.created_at, Trip.trip_id)
    for column in columns:
        yield column.desc() if order is Order.DESCENDING else column.asc()


async def _page(
    session: AsyncSession,
    shown: ColumnElement[bool],
    sorted_by: Iterable[Any],
    limit: int,
    offset: int,
    most: int | None = None,
) -> tuple[list[TripRow], int]:
    """A page of the trips that are shown, and how many there are; `most` ends them early."""
    order = tuple(sorted_by)
    if most is not None:
        limit = min(limit, max(most - offset, 0))
    # Cut out before anything is joined: what is skipped is read, but nothing that hangs on it.
    page = select(Trip.trip_id).where(shown).order_by(*order).limit(limit).offset(offset)
    found = await session.execute(_ROWS.where(Trip.trip_id.in_(page)).order_by(*order))
    # In the order of an index, or PostgreSQL may look for the first ones in the table itself.
    counted = select(Trip.published_at).where(shown)
    if most is not None:
        counted = counted.order_by(Trip.published_at.desc()).limit(most)
    total = await session.scalar(select(func.count()).select_from(counted.subquery()))
    return [_row(values) for values in found], total or 0


_TRIP = tuple(Trip.__table__.columns)
_AUTHOR = tuple(
    User.__table__.columns[name] for name in ("user_id", "username", "full_name", "photo_url")
)
# What is shown of an upload, or said with; the first one is never empty.
_UPLOAD = tuple(
    GpxFile.__table__.columns[name]
    for name in (
        "gpx_file_id",
        "trip_id",
        "file_name",
        "file_size",
        "uploaded_at",
        "processed_at",
        "processing_status",
        "stage",
        "progress",
        "error_code",
        "refusal",
        *sorted(LISTED_NUMBERS),
    )
)
_NAMES = [tuple(column.key for column in part) for part in (_TRIP, _AUTHOR, _UPLOAD)]
_AUTHOR_AT, _UPLOAD_AT = len(_TRIP), len(_TRIP) + len(_AUTHOR)
_ROWS = (
    select(*_TRIP, *_AUTHOR, *_UPLOAD)
    .select_from(Trip.__table__)
    .join(User.__table__)
    .outerjoin(GpxFile.__table__, GpxFile.trip_id == Trip.trip_id)
)


def _row(values: Row[Any]) -> TripRow:
    has_upload = values[_UPLOAD_AT] is not None
    return TripRow(
        dict(zip(_NAMES[0], values[:_AUTHOR_AT], strict=True)),
        dict(zip(_NAMES[1], values[_AUTHOR_AT:_UPLOAD_AT], strict=True)),
        dict(zip(_NAMES[2], values[_UPLOAD_AT:], strict=True)) if has_upload else None,
    )
