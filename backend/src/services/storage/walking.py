"""The files of a folder, as they are listed."""

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from src.services.storage.files import ListedFile


def walk_files(root: Path, folder: Path) -> Iterator[ListedFile]:
    """The files below a folder, with keys from the root; what vanishes meanwhile is left out."""
    for parent, _, names in os.walk(folder, onerror=_fail_unless_gone):
        for name in names:
            path = Path(parent, name)
            with suppress(FileNotFoundError):
                status = path.stat(follow_symlinks=False)
                yield ListedFile(
                    path.relative_to(root).as_posix(),
                    status.st_size,
                    datetime.fromtimestamp(status.st_mtime, UTC),
                )


def _fail_unless_gone(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error
