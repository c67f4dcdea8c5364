"""The names of stored files: `gpx_files/{year}/{month}/{trip_id}/{file_id}.gpx`.

Keys are never given twice, so a reader of an older upload never sees the bytes of a newer one.
"""

import re
from datetime import datetime
from uuid import UUID, uuid4

UPLOADS = "gpx_files"
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_KEY = re.compile(rf"{UPLOADS}/\d{{4}}/\d\d/(?P<trip_id>{_UUID})/{_UUID}\.gpx")


def new_key(trip_id: UUID, now: datetime) -> str:
    return f"{UPLOADS}/{now:%Y}/{now:%m}/{trip_id}/{uuid4()}.gpx"


def trip_of(key: str) -> UUID | None:
    """The trip that `new_key` made this key for; None for a key that is not one of ours."""
    found = _KEY.fullmatch(key)
    return UUID(found["trip_id"]) if found else None
