"""Every kind of warning, and what was done; the sentences for riders are in `src.errors`."""

from enum import StrEnum


class WarningKind(StrEnum):
    """A stable identifier of what is wrong with a recording.

    The value or point concerned was dropped, unless it says otherwise.
    """

    # Written otherwise than it should be, and read: only one thing can have been meant.
    PADDED_DOCUMENT = "padded_document"  # blanks before the declaration, NULs behind the end
    BARE_AMPERSAND = "bare_ampersand"  # `&` for `&amp;` in a name
    MISPLACED_POINT = "misplaced_point"  # straight below the track, without a segment
    ODD_NUMBER = "odd_number"  # a decimal comma, a unit, the digits of another script
    ODD_TIME = "odd_time"  # dots in the date, numbers without zeros, milliseconds

    # Of the file itself, which was read as far as it goes.
    CHECKSUM_MISSING = "checksum_missing"
    CHECKSUM_WRONG = "checksum_wrong"
    FILE_CUT_OFF = "file_cut_off"
    WRONG_DATA_SIZE = "wrong_data_size"  # the length that its header tells
    UNREADABLE_MESSAGES = "unreadable_messages"  # and whatever follows them in their file
    IRREGULAR_ROW = "irregular_row"  # fewer fields than the header, or more, and then none is read
    TIME_WITHOUT_ZONE = "time_without_zone"  # read as UTC

    INVALID_POSITION = "invalid_position"
    WRAPPED_LONGITUDE = "wrapped_longitude"  # 180..360 degrees, mended
    INVALID_ELEVATION = "invalid_elevation"  # unreadable, or not on the earth
    FALSE_ELEVATION = "false_elevation"  # where no road climbs to; behind a leap they stay
    INVALID_SENSOR = "invalid_sensor"  # unreadable, or beyond what a body can do

    INVALID_TIME = "invalid_time"
    # Before 1990 or in the future; kept where nearly all times of the file are.
    IMPLAUSIBLE_TIME = "implausible_time"
    OTHER_CLOCK = "other_clock"  # weeks or years from the most of the segment
    OVERLAPPING_TIME = "overlapping_time"  # when another segment was elsewhere
    BACKWARD_TIME = "backward_time"
    REPEATED_TIME = "repeated_time"  # of several points; spread over the time until the next
    MISSING_TIME = "missing_time"  # most points have none; nothing was done
    DUPLICATE_POINT = "duplicate_point"  # the same instant at the same place
    REPEATED_SEGMENT = "repeated_segment"  # instants of which another segment tells
    UNSORTED_POINTS = "unsorted_points"  # put in order by time
    ONE_POINT_SEGMENT = "one_point_segment"  # joined to the one before

    TELEPORT = "teleport"  # a place at which the rider cannot have been
    BROKEN_LINE = "broken_line"  # the ride goes on far away: nothing is counted in between
    # A leg, or the whole ride, faster than 150 km/h; the leg is left out of the speeds.
    IMPOSSIBLE_SPEED = "impossible_speed"
    MOTOR_SPEED = "motor_speed"  # faster than bicycles are, for long; nothing was done
