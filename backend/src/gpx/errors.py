"""Every way in which a file can be refused.

    GpxError
    ├── NotXmlError           the bytes are not well-formed XML
    │   └── TooMuchMarkupError    more or longer markup than any recording has
    ├── DtdRefusedError       a document type declaration, refused before it is read
    ├── NotGpxError           well-formed so far, but the root element is of no known format
    ├── NotFitError           the bytes are not those of a FIT file
    │   └── TooManyMessagesError  more messages than any recording has
    ├── UnknownFormatError    neither XML nor FIT nor a table of text
    ├── PackedFileError       a packed file that cannot or must not be unpacked
    │   ├── DamagedArchiveError      cut off, or not what it says of itself
    │   ├── EncryptedArchiveError    only a password opens it
    │   ├── UnsupportedArchiveError  several volumes, more than 4 GiB, an unknown method
    │   ├── NestedArchiveError       a packed file within a packed file
    │   ├── NoTrackLogError          an archive without a track log
    │   ├── SeveralTrackLogsError    an archive of which nobody knows which one is meant
    │   ├── TooManyEntriesError      more files than anybody packs with a ride
    │   └── UnpackedTooLargeError    more than is allowed once it is unpacked
    ├── NoUsablePointsError   fewer than two points with a usable position
    ├── TooManyPointsError    more points than the caller allows
    ├── TooManyWaypointsError more waypoints than the caller allows
    ├── EmptyFileError        no bytes, or nothing but white space
    ├── NoHeaderError         a table that does not say what stands in its columns
    ├── MissingColumnsError   a table without latitude or longitude
    ├── UnusableMappingError  a mapping that does not fit the table
    ├── AmbiguousDatesError   dates that may be day-first or month-first
    ├── NothingReadableError  a table in which no row has a position
    ├── TooManyColumnsError   a table wider than any recording is
    └── RowTooLongError       a row longer than any recording has; a quote left open, mostly

`code` is a stable identifier for programs; the message is for logs, in English.
"""

from typing import Any, ClassVar

# Characters of a file's own text that a message quotes.
_QUOTED = 80


class GpxError(Exception):
    """A file that cannot be analysed; the same file will fail in the same way again.

    It survives pickling, whatever its subclass takes to be made.
    """

    code: ClassVar[str]

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).__new__, (type(self), *self.args), self.__dict__


class NotXmlError(GpxError):
    """The bytes are not well-formed XML.

    `line` and `column` count from 1 where the parser stopped, `at` in bytes from 0 of what it was
    given; `reason` is the message without them.
    """

    code = "not_xml"

    def __init__(
        self,
        reason: str,
        line: int | None = None,
        column: int | None = None,
        at: int | None = None,
    ) -> None:
        where = [f"{name} {value}" for name, value in (("line", line), ("column", column)) if value]
        super().__init__(f"{reason} ({', '.join(where)})" if where else reason)
        self.reason = reason
        self.line = line
        self.column = column
        self.at = at


class TooMuchMarkupError(NotXmlError):
    """Longer tags, more elements or deeper nesting than any recording has; read no further."""

    code = "too_much_markup"


class DtdRefusedError(GpxError):
    """GPX needs no document type declaration; entities are an attack or a mistake."""

    code = "dtd_refused"

    def __init__(self) -> None:
        super().__init__("the file has a document type declaration")


class NotGpxError(GpxError):
    """XML of no known kind; `root` is the local name of its root element (`kml`, `html`)."""

    code = "not_gpx"

    def __init__(self, root: str) -> None:
        super().__init__(f"the root element {root!r} is of no format that is known")
        self.root = root


class UnknownFormatError(GpxError):
    """Nothing that is known: neither XML nor FIT nor a table of text."""

    code = "unknown_format"

    def __init__(self) -> None:
        super().__init__("the file is neither GPX nor TCX nor FIT nor CSV")


class PackedFileError(GpxError):
    """A packed file that cannot or must not be unpacked."""

    code = "packed_file"


class DamagedArchiveError(PackedFileError):
    """The packed file is cut off, or is not what it says of itself."""

    code = "damaged_archive"


class EncryptedArchiveError(PackedFileError):
    """A password would be needed."""

    code = "encrypted_archive"

    def __init__(self) -> None:
        super().__init__("the archive is encrypted")


class UnsupportedArchiveError(PackedFileError):
    """Packed in a way that no track log needs; the message says which."""

    code = "unsupported_archive"


class NestedArchiveError(PackedFileError):
    """What was packed is packed itself."""

    code = "nested_archive"

    def __init__(self) -> None:
        super().__init__("the packed file holds another packed file")


class NoTrackLogError(PackedFileError):
    """No file of the archive is a track log."""

    code = "no_track_log"

    def __init__(self) -> None:
        super().__init__("the archive holds no track log")


class SeveralTrackLogsError(PackedFileError):
    """The archive holds `count` track logs, and an upload is one."""

    code = "several_track_logs"

    def __init__(self, count: int) -> None:
        super().__init__(f"the archive holds {count} track logs")
        self.count = count


class TooManyEntriesError(PackedFileError):
    """The packed file consists of more than `limit` parts."""

    code = "too_many_entries"

    def __init__(self, limit: int) -> None:
        super().__init__(f"the packed file has more than {limit} parts")
        self.limit = limit


class UnpackedTooLargeError(PackedFileError):
    """Unpacked, the file has more than `limit` bytes, or is so much larger than it was packed that
    it would have."""

    code = "unpacked_too_large"

    def __init__(self, limit: int) -> None:
        super().__init__(f"unpacked, the file has more than {limit} bytes")
        self.limit = limit


class NotFitError(GpxError):
    """No FIT file, or one of which nothing can be read."""

    code = "not_fit"


class TooManyMessagesError(NotFitError):
    """More messages, definitions or files in one than any recording has; read no further."""

    code = "too_many_messages"

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit} messages, definitions or files in one")
        self.limit = limit


class NoUsablePointsError(GpxError):
    """A line needs two points; `usable` is how many were left (0 or 1)."""

    code = "no_usable_points"

    def __init__(self, usable: int) -> None:
        super().__init__(f"{usable} usable points where a line needs 2")
        self.usable = usable


class TooManyPointsError(GpxError):
    """The file holds more than `limit` points."""

    code = "too_many_points"

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit} points")
        self.limit = limit


class TooManyWaypointsError(GpxError):
    """The file holds more than `limit` waypoints."""

    code = "too_many_waypoints"

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit} waypoints")
        self.limit = limit


class EmptyFileError(GpxError):
    """There is nothing in the file."""

    code = "empty_file"

    def __init__(self) -> None:
        super().__init__("the file is empty")


class NoHeaderError(GpxError):
    """The table has no line, near its beginning, that names its columns."""

    code = "no_header"

    def __init__(self) -> None:
        super().__init__("no line names the columns")


class MissingColumnsError(GpxError):
    """Columns that a recording needs were not found; `missing` are their keys (`latitude`)."""

    code = "missing_columns"

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__(f"no column for {' and '.join(missing)}")
        self.missing = missing


class UnusableMappingError(GpxError):
    """The caller's mapping names a key that there is not, or a column that the file has not.

    `key` and `header` are as the caller gave them; `reason` is `unknown_key`, `unknown_header` or
    `used_twice`.
    """

    code = "unusable_mapping"

    def __init__(self, key: str, header: str, reason: str) -> None:
        super().__init__(f"{reason}: {_quoted(key)} as {_quoted(header)}")
        self.key = key
        self.header = header
        self.reason = reason


class AmbiguousDatesError(GpxError):
    """Every date of a column can be read day-first and month-first.

    `key` and `header` say which column, `example` is its first such text. The mapping
    `{key: f"{header}|dd/mm/yyyy"}`, or `|mm/dd/yyyy`, settles it.
    """

    code = "ambiguous_dates"

    def __init__(self, key: str, header: str, example: str) -> None:
        super().__init__(
            f"{_quoted(example)} may be day-first or month-first: map {_quoted(key)} to "
            f"{_quoted(header)} with |dd/mm/yyyy or |mm/dd/yyyy behind it"
        )
        self.key = key
        self.header = header
        self.example = example


class NothingReadableError(GpxError):
    """No row of the table has a position that can be read.

    `rows` are the first of them: the line on which each begins, from 1, and why it cannot be read:
    `too_many_fields`, or `missing_`, `unreadable_` or `impossible_` and `latitude` or `longitude`.
    """

    code = "nothing_readable"

    def __init__(self, rows: tuple[tuple[int, str], ...]) -> None:
        listed = ", ".join(f"line {line}: {why}" for line, why in rows)
        super().__init__(f"no row has a position ({listed or 'there are no rows'})")
        self.rows = rows


class TooManyColumnsError(GpxError):
    """The table has more than `limit` columns."""

    code = "too_many_columns"

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit} columns")
        self.limit = limit


class RowTooLongError(GpxError):
    """The row that begins on `line`, from 1, has more than `limit` bytes."""

    code = "row_too_long"

    def __init__(self, line: int, limit: int) -> None:
        super().__init__(f"the row on line {line} has more than {limit} bytes")
        self.line = line
        self.limit = limit


def _quoted(text: str) -> str:
    """Text of a file or a caller as a message can show it: on one line, in plain characters."""
    return ascii(text[:_QUOTED])
