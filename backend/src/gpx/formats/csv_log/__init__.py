"""Track logs as tables of text (CSV): a row for each point, a header that names the columns."""

from src.gpx.formats.csv_log.reader import Detected, detect, read

__all__ = ["Detected", "detect", "read"]
