"""Every way in which a file can be refused.

    GpxError
    ├── NotXmlError           the bytes are not well-formed XML
    │   └── TooMuchMarkupError    more or longer markup than any recording has
    ├── DtdRefusedError       a document type declaration, refused before it is read
    ├── NotGpxError           well-formed so far, but the root element is not `gpx`
    ├── NoUsablePointsError   fewer than two points with a usable position
    ├── TooManyPointsError    more points than the caller allows
    └── TooManyWaypointsError more waypoints than the caller allows

`code` is a stable identifier for programs; the message is for logs, in English.
"""

from typing import Any, ClassVar


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
    """XML of another kind; `root` is the local name of its root element (`kml`, `html`)."""

    code = "not_gpx"

    def __init__(self, root: str) -> None:
        super().__init__(f"the root element is {root!r}, not 'gpx'")
        self.root = root


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
