"""FIT files of bicycle computers and watches, read by message definition, a column at a time."""

from src.gpx.formats.fit.chain import is_fit
from src.gpx.formats.fit.reader import read

__all__ = ["is_fit", "read"]
