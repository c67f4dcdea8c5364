"""The names of stored files: `gpx_files/{year}/{month}/{trip_id}/{file_id}.gpx`.

The columns of a ride lie beside its original, under a name that also carries the upload's version
and the fence of whoever made them. Keys are never given twice, so a reader of an older upload never
sees the bytes of a newer one, nor one worker the file of another.
"""

import re
from datetime import datetime
from uuid import UUID, uuid4

UPLOADS = "gpx_files"
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_KEY = re.compile(
    rf"{UPLOADS}/\d{{4}}/\d\d/(?P<trip_id>{_UUID})/{_UUID}\.(?:gpx|v\d+\.f\d+\.parquet)"
)


def new_key(trip_id: UUID, now: datetime) -> str:
    return f"{UPLOADS}/{now:%Y}/{now:%m}/{trip_id}/{uuid4()}.gpx"


def columns_key(storage_key: str, upload_version: int, fence: int) -> str:
    return f"{storage_key.removesuffix('.gpx')}.v{upload_version}.f{fence}.parquet"


def trip_of(key: str) -> UUID | None:
    """The trip that a key was made for; None for a key that is not one of ours."""
    found = _KEY.fullmatch(key)
    return UUID(found["trip_id"]) if found else None
