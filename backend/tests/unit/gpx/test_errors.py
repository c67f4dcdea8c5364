"""The errors of the engine are a closed, stable family."""

import pickle

import pytest

from src.gpx import errors
from src.gpx.errors import (
    AmbiguousDatesError,
    DamagedArchiveError,
    DtdRefusedError,
    EmptyFileError,
    EncryptedArchiveError,
    GpxError,
    MissingColumnsError,
    NestedArchiveError,
    NoHeaderError,
    NotFitError,
    NotGpxError,
    NothingReadableError,
    NoTrackLogError,
    NotXmlError,
    NoUsablePointsError,
    PackedFileError,
    RowTooLongError,
    SeveralTrackLogsError,
    TooManyColumnsError,
    TooManyEntriesError,
    TooManyMessagesError,
    TooManyPointsError,
    TooManyWaypointsError,
    TooMuchMarkupError,
    UnknownFormatError,
    UnpackedTooLargeError,
    UnsupportedArchiveError,
    UnusableMappingError,
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
    EmptyFileError: "empty_file",
    NoHeaderError: "no_header",
    MissingColumnsError: "missing_columns",
    UnusableMappingError: "unusable_mapping",
    AmbiguousDatesError: "ambiguous_dates",
    NothingReadableError: "nothing_readable",
    TooManyColumnsError: "too_many_columns",
    RowTooLongError: "row_too_long",
    UnknownFormatError: "unknown_format",
    PackedFileError: "packed_file",
    DamagedArchiveError: "damaged_archive",
    EncryptedArchiveError: "encrypted_archive",
    UnsupportedArchiveError: "unsupported_archive",
    NestedArchiveError: "nested_archive",
    NoTrackLogError: "no_track_log",
    SeveralTrackLogsError: "several_track_logs",
    TooManyEntriesError: "too_many_entries",
    UnpackedTooLargeError: "unpacked_too_large",
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
        (EmptyFileError(), "the file is empty"),
        (NoHeaderError(), "no line names the columns"),
        (MissingColumnsError(("latitude", "longitude")), "no column for latitude and longitude"),
        (
            UnusableMappingError("time", "höra\n", "unknown_header"),
            "unknown_header: 'time' as 'h\\xf6ra\\n'",
        ),
        (
            AmbiguousDatesError("date", "fecha", "05/06/2026"),
            (
                "'05/06/2026' may be day-first or month-first: map 'date' to 'fecha' with "
                "|dd/mm/yyyy or |mm/dd/yyyy behind it"
            ),
        ),
        (
            NothingReadableError(((2, "missing_latitude"), (3, "too_many_fields"))),
            "no row has a position (line 2: missing_latitude, line 3: too_many_fields)",
        ),
        (TooManyColumnsError(256), "more than 256 columns"),
        (RowTooLongError(3, 65536), "the row on line 3 has more than 65536 bytes"),
        (UnknownFormatError(), "the file is neither GPX nor TCX nor FIT nor CSV"),
        (DamagedArchiveError("it is cut off"), "it is cut off"),
        (EncryptedArchiveError(), "the archive is encrypted"),
        (UnsupportedArchiveError("packed by method 12"), "packed by method 12"),
        (NestedArchiveError(), "the packed file holds another packed file"),
        (NoTrackLogError(), "the archive holds no track log"),
        (SeveralTrackLogsError(3), "the archive holds 3 track logs"),
        (TooManyEntriesError(9), "the packed file has more than 9 parts"),
        (UnpackedTooLargeError(50), "unpacked, the file has more than 50 bytes"),
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
