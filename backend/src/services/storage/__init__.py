"""Where the original files lie: in a folder on disk, or in a bucket of S3-compatible storage.

`storage_of(settings)` is the only place that knows which; everybody else speaks to `Storage`.
"""

from src.config import Settings
from src.services.storage.base import Storage
from src.services.storage.bucket import BucketStorage
from src.services.storage.disk import DiskStorage
from src.services.storage.files import (
    FileMissingError,
    ListedFile,
    OpenedFile,
    StorageUnavailableError,
    StoredFile,
)
from src.services.storage.incoming import HEAD_BYTES, IncomingFile
from src.services.storage.keys import columns_key, new_key, trip_of

__all__ = [
    "HEAD_BYTES",
    "BucketStorage",
    "DiskStorage",
    "FileMissingError",
    "IncomingFile",
    "ListedFile",
    "OpenedFile",
    "Storage",
    "StorageUnavailableError",
    "StoredFile",
    "columns_key",
    "new_key",
    "storage_of",
    "trip_of",
]


def storage_of(settings: Settings) -> Storage:
    """The storage that the settings name; nothing is asked of it yet."""
    if settings.storage_url:
        return BucketStorage(settings)
    return DiskStorage(settings.storage_path)
