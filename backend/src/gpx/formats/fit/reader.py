"""From the bytes of FIT files to a recording."""

from collections.abc import Iterable, Sequence

import numpy as np

from src.gpx.errors import (
    NotFitError,
    TooManyMessagesError,
    TooManyPointsError,
    TooManyWaypointsError,
)
from src.gpx.formats.columns import Columns
from src.gpx.formats.fit.chain import FLAWS, File, files
from src.gpx.formats.fit.messages import Messages
from src.gpx.formats.fit.profile import Activity, Course, CoursePoint, Message
from src.gpx.formats.fit.records import Records, degrees, instants, records
from src.gpx.formats.fit.segments import segment_starts
from src.gpx.formats.fit.totals import device_totals, is_course
from src.gpx.formats.limits import DEFAULT_MAX_POINTS, DEFAULT_MAX_WAYPOINTS
from src.gpx.model import Recording, Warning, Waypoint  # noqa: A004

# Of sessions, courses, activities and descriptions of the file: a few in each of a thousand files.
_MOST_OF_A_KIND = 10_000
# The clocks of the world go from 12 h behind UTC to 14 h ahead, in quarters of an hour.
_QUARTER_S = 900
_FARTHEST_S = 14 * 3600


def read(
    data: bytes,
    *,
    max_points: int = DEFAULT_MAX_POINTS,
    max_waypoints: int = DEFAULT_MAX_WAYPOINTS,
) -> Recording:
    """Read a FIT file, or several one behind the other, of any version of the profile.

    Every record message is a point, in the order of the file; without a position, where the rider
    was in a tunnel or indoors, that is NaN, and the sensors and the time are kept. A segment ends
    where the timer is stopped and started again, where another session begins and where another
    file does. Nothing is repaired here. Course points are waypoints.

    Warnings, each with the number of files concerned: `checksum_missing`, `checksum_wrong`,
    `file_cut_off`, `wrong_data_size` (the length in the header is not that of the messages) and
    `unreadable_messages` (what follows in the file has no definition).

    Raises:
        NotFitError: the file does not begin like a FIT file, or none of its messages can be read.
        TooManyMessagesError: more files, messages or definitions than any recording has.
        TooManyPointsError: it has more than `max_points` records.
        TooManyWaypointsError: it has more than `max_waypoints` course points.
    """
    chain = list(files(data))
    messages = [file.messages for file in chain]
    if not any(each.count() for each in messages):
        raise NotFitError("no message of the file can be read")
    _refuse_absurd(messages)
    points = _points(messages, max_points)
    columns = Columns(max_points)
    for each, part in zip(messages, points, strict=True):
        for block in np.split(part.values, segment_starts(each, part), axis=1):
            columns.extend(block)
            columns.end_segment()
    return Recording(
        track=columns.track(),
        kind="route" if is_course(messages[0]) else "track",
        name=_name(messages),
        waypoints=tuple(_waypoints(messages, max_waypoints)),
        utc_offset_s=_utc_offset_s(messages),
        device_totals=device_totals(messages),
        device_columns={
            name: np.concatenate([part.device_columns[name] for part in points])
            for name in points[0].device_columns
        },
        warnings=_warnings(chain, points),
    )


def _refuse_absurd(messages: Sequence[Messages]) -> None:
    """Refuse more rides, names and devices than any chain of files has."""
    for kind in (Message.FILE_ID, Message.SESSION, Message.COURSE, Message.ACTIVITY):
        if sum(each.count(kind) for each in messages) > _MOST_OF_A_KIND:
            raise TooManyMessagesError(_MOST_OF_A_KIND)


def _points(messages: Iterable[Messages], max_points: int) -> list[Records]:
    points, count = [], 0
    for each in messages:
        count += each.count(Message.RECORD)
        if count > max_points:
            raise TooManyPointsError(max_points)
        points.append(records(each))
    return points


def _name(messages: Iterable[Messages]) -> str | None:
    names = (name for each in messages for name in each.table(Message.COURSE).texts(Course.NAME))
    return next((name for name in names if name), None)


def _waypoints(messages: Sequence[Messages], max_waypoints: int) -> list[Waypoint]:
    if sum(each.count(Message.COURSE_POINT) for each in messages) > max_waypoints:
        raise TooManyWaypointsError(max_waypoints)
    waypoints = []
    for each in messages:
        table = each.table(Message.COURSE_POINT)
        latitudes = degrees(table, CoursePoint.POSITION_LAT)
        longitudes = degrees(table, CoursePoint.POSITION_LONG)
        names = table.texts(CoursePoint.NAME)
        on_earth = (np.abs(latitudes) <= 90) & (np.abs(longitudes) <= 180)
        for row in np.flatnonzero(on_earth).tolist():
            latitude, longitude = float(latitudes[row]), float(longitudes[row])
            waypoints.append(Waypoint(names[row], latitude, longitude, None))
    return waypoints


def _utc_offset_s(messages: Iterable[Messages]) -> float | None:
    """How far the clock of the device was ahead of UTC, in whole quarters of an hour.

    None also where it is not ahead at all: devices that do not know the zone write UTC twice.
    """
    for each in messages:
        table = each.table(Message.ACTIVITY)
        utc_s, local_s = (
            instants(each.times(table)),
            instants(table.values(Activity.LOCAL_TIMESTAMP)),
        )
        known = np.isfinite(utc_s) & np.isfinite(local_s)
        for ahead_s in (local_s[known] - utc_s[known]).tolist():
            offset_s = float(_QUARTER_S * round(ahead_s / _QUARTER_S))
            if offset_s != 0 and abs(offset_s) <= _FARTHEST_S:
                return offset_s
    return None


def _warnings(chain: Iterable[File], points: Sequence[Records]) -> tuple[Warning, ...]:
    """A warning for each kind of flaw, at the first point of the first file that has it."""
    lengths = np.array([len(part.starts) for part in points])
    first_points = np.cumsum(lengths) - lengths
    concerned = {
        flaw: [
            first
            for file, first in zip(chain, first_points.tolist(), strict=True)
            if flaw in file.flaws
        ]
        for flaw in FLAWS
    }
    return tuple(
        Warning(flaw.value, len(firsts), firsts[0]) for flaw, firsts in concerned.items() if firsts
    )
