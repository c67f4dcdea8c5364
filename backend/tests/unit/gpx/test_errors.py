"""The errors of the engine are a closed, stable family."""

import pickle

import pytest

from src.gpx import errors
from src.gpx.errors import (
    DtdRefusedError,
    GpxError,
    NotFitError,
    NotGpxError,
    NotXmlError,
    NoUsablePointsError,
    TooManyMessagesError,
    TooManyPointsError,
    TooManyWaypointsError,
    TooMuchMarkupError,
)

CODES: dict[type[GpxError], str] = {
    NotXmlError: "not_xml",
    TooMuchMarkupError: "too_much_markup",
    DtdRefusedError: "dtd_refused",
    NotGpxError: "not_gpx",
    NotFitError: "not_fit",
    TooManyMessagesError: "too_many_messages",
    NoUsablePointsError: "no_usable_points",
    TooManyPointsError: "too_many_points",
    TooManyWaypointsError: "too_many_waypoints",
}


def test_the_codes_are_those_that_programs_know() -> None:
    assert {kind: kind.code for kind in CODES} == CODES
    assert len(set(CODES.values())) == len(CODES)


def test_every_error_of_the_module_is_a_gpx_error() -> None:
    found = {item for item in vars(errors).values() if isinstance(item, type)}
    ours = {item for item in found if item.__module__ == errors.__name__}
    assert ours - {GpxError} == set(CODES)
    assert all(issubclass(kind, GpxError) for kind in ours)


SENTENCES = pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (NotXmlError("no element found", 12), "no element found (line 12)"),
        (NotXmlError("unknown encoding 'x'"), "unknown encoding 'x'"),
        (DtdRefusedError(), "the file has a document type declaration"),
        (NotGpxError("kml"), "the root element 'kml' is of no format that is known"),
        (NotFitError("no header"), "no header"),
        (TooManyMessagesError(9), "more than 9 messages, definitions or files in one"),
        (NoUsablePointsError(1), "1 usable points where a line needs 2"),
        (TooManyPointsError(5), "more than 5 points"),
        (TooManyWaypointsError(7), "more than 7 waypoints"),
        (TooMuchMarkupError("too deep", 4), "too deep (line 4)"),
    ],
)


@SENTENCES
def test_an_error_survives_its_way_between_processes(error: GpxError, sentence: str) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert (str(again), vars(again)) == (sentence, vars(error))


@SENTENCES
def test_the_message_is_a_sentence_for_the_log(error: GpxError, sentence: str) -> None:
    assert str(error) == sentence
