"""Analyses of small files that were made before their upload was accepted.

What was read to tell whether a file can be read need not be read again to make its track.
"""

import json
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path

from src.gpx import Analysis
from src.threads import Threads

# Of files of at most 1 MiB; most are taken within the second in which they are kept.
_MOST_KEPT = 16


class ReadAhead:
    """Keeps an analysis and its columns, by its file's digest and mapping, until it is taken."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[Analysis, bytes]] = OrderedDict()
        self._threads = Threads("read-ahead", 2)

    async def keep(
        self,
        sha256: str,
        analysis: Analysis,
        columns: Path,
        mapping: Mapping[str, str] | None = None,
    ) -> None:
        """The oldest goes where there are too many: nobody may come, as for a file sent twice."""
        key = _key(sha256, mapping)
        self._kept[key] = (analysis, await self._threads.run(columns.read_bytes))
        self._kept.move_to_end(key)
        if len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)

    async def take(
        self, sha256: str, columns: Path, mapping: Mapping[str, str] | None = None
    ) -> Analysis | None:
        """The analysis, once; its columns are written to `columns`."""
        if (kept := self._kept.pop(_key(sha256, mapping), None)) is None:
            return None
        analysis, content = kept
        await self._threads.run(columns.write_bytes, content)
        return analysis


def _key(sha256: str, mapping: Mapping[str, str] | None) -> str:
    """What an analysis follows from: the file, and how its columns are to be read."""
    return sha256 if mapping is None else f"{sha256} {json.dumps(mapping, sort_keys=True)}"
