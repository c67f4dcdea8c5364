"""Where a recording was interrupted: pauses of the timer, and sessions of several sports."""

import numpy as np

from src.gpx.formats.fit.messages import Messages
from src.gpx.formats.fit.profile import (
    TIMER,
    TIMER_STARTS,
    TIMER_STOPS,
    Event,
    Message,
    Session,
)
from src.gpx.formats.fit.records import Records, instants
from src.gpx.model import IntArray


def segment_starts(messages: Messages, points: Records) -> IntArray:
    """The points of one file with which a segment begins, but for the first."""
    clock = _Clock(points)
    borders = np.concatenate([_after_pauses(messages, points, clock), _sessions(messages, clock)])
    return np.unique(borders[(borders > 0) & (borders < len(points.starts))])


class _Clock:
    """At which point each time was reached."""

    def __init__(self, points: Records) -> None:
        known = np.isfinite(points.time_s)
        # A point without a time has that of the one before.
        last_known = np.maximum.accumulate(np.where(known, np.arange(len(known)), -1))
        times = np.where(last_known < 0, -np.inf, points.time_s[last_known])
        # Sorted, so that one false time moves a border by one point and not to the end.
        self._times = np.sort(times)
        self._tells = bool(known.any())

    def points_before(self, time_s: "np.typing.NDArray[np.float64]") -> IntArray:
        """How many points were written before each of these times; 0 where nobody knows."""
        count = np.searchsorted(self._times, time_s)
        return np.where(np.isfinite(time_s) & self._tells, count, 0)


def _after_pauses(messages: Messages, points: Records, clock: _Clock) -> IntArray:
    """The points at which the timer went on after it had been stopped."""
    table = messages.table(Message.EVENT)
    kinds = table.values(Event.EVENT_TYPE)
    starts, stops = np.isin(kinds, TIMER_STARTS), np.isin(kinds, TIMER_STOPS)
    timer = np.flatnonzero((table.values(Event.EVENT) == TIMER) & (starts | stops))
    goes_on = timer[1:][starts[timer[1:]] & stops[timer[:-1]]]
    by_place = np.searchsorted(points.starts, table.starts[goes_on])
    by_time = clock.points_before(instants(messages.times(table))[goes_on])
    # Some programs write all events before the points or behind them: only their time tells then.
    is_among_points = (by_place > 0) & (by_place < len(points.starts))
    return np.where(is_among_points, by_place, by_time)


def _sessions(messages: Messages, clock: _Clock) -> IntArray:
    """The points at which the second session and those after it began."""
    starts = instants(messages.table(Message.SESSION).values(Session.START_TIME))
    starts = np.sort(starts[np.isfinite(starts)])
    return clock.points_before(starts[1:])
