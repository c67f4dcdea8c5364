"""The stored track as a GPX file."""

import re
from itertools import groupby
from operator import itemgetter

from gpxpy.gpx import GPX, GPXTrack, GPXTrackPoint, GPXTrackSegment

from src.services.tracks.points import StoredPoints

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def gpx_of(title: str, points: StoredPoints) -> bytes:
    """GPX 1.1 with one track; `points` come with their times."""
    # The library writes what it is given, also characters that no XML may have.
    track = GPXTrack(name=_NOT_XML.sub("", title))
    columns = (points.segment, points.latitude, points.longitude, points.elevation, points.time)
    for _, segment in groupby(zip(*columns, strict=True), key=itemgetter(0)):
        track.segments.append(
            GPXTrackSegment(
                [
                    GPXTrackPoint(latitude, longitude, elevation=elevation, time=time)
                    for _, latitude, longitude, elevation, time in segment
                ]
            )
        )
    gpx = GPX()
    gpx.creator = "ContraVento GPX"
    gpx.tracks.append(track)
    return gpx.to_xml(version="1.1").encode()
