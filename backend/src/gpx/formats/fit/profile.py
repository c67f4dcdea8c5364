"""The messages and fields of the FIT profile that are read (Garmin FIT SDK, `Profile.xlsx`)."""

from dataclasses import dataclass
from enum import IntEnum


class Message(IntEnum):
    FILE_ID = 0
    SESSION = 18
    RECORD = 20
    EVENT = 21
    COURSE = 31
    COURSE_POINT = 32
    ACTIVITY = 34


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a message: its value is what is stored, divided by `scale`, less `offset`."""

    number: int
    scale: int = 1
    offset: int = 0


TIMESTAMP = Field(253)


class FileId:
    TYPE = Field(0)
    MANUFACTURER = Field(1)
    PRODUCT = Field(2)
    PRODUCT_NAME = Field(8)


class Record:
    POSITION_LAT = Field(0)
    POSITION_LONG = Field(1)
    ALTITUDE = Field(2, 5, 500)
    HEART_RATE = Field(3)
    CADENCE = Field(4)
    DISTANCE = Field(5, 100)
    SPEED = Field(6, 1000)
    POWER = Field(7)
    TEMPERATURE = Field(13)
    FRACTIONAL_CADENCE = Field(53, 128)
    ENHANCED_SPEED = Field(73, 1000)
    ENHANCED_ALTITUDE = Field(78, 5, 500)


class Session:
    START_TIME = Field(2)
    TOTAL_ELAPSED_TIME = Field(7, 1000)
    TOTAL_TIMER_TIME = Field(8, 1000)
    TOTAL_DISTANCE = Field(9, 100)
    AVG_SPEED = Field(14, 1000)
    MAX_SPEED = Field(15, 1000)
    AVG_HEART_RATE = Field(16)
    MAX_HEART_RATE = Field(17)
    AVG_CADENCE = Field(18)
    MAX_CADENCE = Field(19)
    AVG_POWER = Field(20)
    MAX_POWER = Field(21)
    TOTAL_ASCENT = Field(22)
    TOTAL_DESCENT = Field(23)
    AVG_FRACTIONAL_CADENCE = Field(92, 128)
    MAX_FRACTIONAL_CADENCE = Field(93, 128)
    ENHANCED_AVG_SPEED = Field(124, 1000)
    ENHANCED_MAX_SPEED = Field(125, 1000)


class Event:
    EVENT = Field(0)
    EVENT_TYPE = Field(1)


class Course:
    NAME = Field(5)


class CoursePoint:
    POSITION_LAT = Field(2)
    POSITION_LONG = Field(3)
    NAME = Field(6)


class Activity:
    LOCAL_TIMESTAMP = Field(5)


COURSE_FILE = 6
TIMER = 0
TIMER_STARTS = (0,)
TIMER_STOPS = (1, 4, 8, 9)  # stop, stop_all, stop_disable, stop_disable_all

# Of the many that the profile lists, those whose devices record rides.
MANUFACTURERS = {
    1: "garmin",
    15: "dynastream",
    16: "timex",
    23: "suunto",
    32: "wahoo_fitness",
    48: "pioneer",
    59: "mio_technology_europe",
    63: "specialized",
    68: "cateye",
    69: "stages_cycling",
    70: "sigmasport",
    89: "tacx",
    107: "magene",
    115: "igpsport",
    123: "polar_electro",
    127: "leomo",
    255: "development",
    258: "lezyne",
    260: "zwift",
    265: "strava",
    267: "bryton",
    272: "mio_magellan",
    289: "hammerhead",
    294: "coros",
    348: "huawei",
}
