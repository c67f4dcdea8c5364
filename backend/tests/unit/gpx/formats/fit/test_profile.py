"""The numbers of messages and fields, their scales and names are those of Garmin's profile."""

from typing import Any

import pytest
from garmin_fit_sdk import Profile

from src.gpx.formats.fit import profile
from src.gpx.formats.fit.profile import MANUFACTURERS, Field, Message

MESSAGES: dict[Message, type] = {
    Message.FILE_ID: profile.FileId,
    Message.SESSION: profile.Session,
    Message.RECORD: profile.Record,
    Message.EVENT: profile.Event,
    Message.COURSE: profile.Course,
    Message.COURSE_POINT: profile.CoursePoint,
    Message.ACTIVITY: profile.Activity,
}


@pytest.mark.parametrize("message", Message)
def test_the_fields_of_a_message_are_those_of_the_profile(message: Message) -> None:
    garmins: dict[str, Any] = Profile["messages"][message]
    assert garmins["name"] == message.name.lower()
    found = {name: value for name, value in vars(MESSAGES[message]).items() if name.isupper()}
    assert found
    for name, field in found.items():
        assert_is_garmins(garmins["fields"][field.number], name, field)


def test_every_message_with_a_time_has_it_in_the_same_field() -> None:
    for message in (Message.SESSION, Message.RECORD, Message.EVENT, Message.ACTIVITY):
        garmins = Profile["messages"][message]["fields"][profile.TIMESTAMP.number]
        assert_is_garmins(garmins, "TIMESTAMP", profile.TIMESTAMP)


def test_the_numbers_of_events_files_and_makers_are_those_of_the_profile() -> None:
    types: dict[str, dict[int, str]] = Profile["types"]
    kinds = types["event_type"]
    assert [kinds[number] for number in profile.TIMER_STARTS] == ["start"]
    stops = {number for number, name in kinds.items() if name.startswith("stop")}
    assert set(profile.TIMER_STOPS) == stops
    assert types["event"][profile.TIMER] == "timer"
    assert types["file"][profile.COURSE_FILE] == "course"
    makers = types["manufacturer"]
    assert {number: makers[number] for number in MANUFACTURERS} == MANUFACTURERS


def assert_is_garmins(garmins: dict[str, Any], name: str, field: Field) -> None:
    assert (garmins["name"], garmins["scale"], garmins["offset"]) == (
        name.lower(),
        [field.scale],
        [field.offset],
    )
