"""Analyses of small files that were made before their upload was accepted.

What was read to tell whether a file can be read need not be read again to make its track.
"""

from collections import OrderedDict

from src.gpx import Analysis

# Of files of at most 1 MiB; most are taken within the second in which they are kept.
_MOST_KEPT = 16


class ReadAhead:
    """Keeps an analysis, by the digest of its file, until somebody takes it."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Analysis] = OrderedDict()

    def keep(self, sha256: str, analysis: Analysis) -> None:
        """The oldest goes where there are too many: nobody may come, as for a file sent twice."""
        self._kept[sha256] = analysis
        if len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)

    def take(self, sha256: str) -> Analysis | None:
        return self._kept.pop(sha256, None)
