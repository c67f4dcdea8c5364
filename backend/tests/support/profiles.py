"""The profile of a track that has one."""

from src.gpx.earth.geodesy import cumulative_distance_m
from src.gpx.elevation.profile import Profile, build_profile
from src.gpx.model import Track
from src.gpx.statistics.motion import measure_motion


def profile_of(track: Track) -> Profile:
    along_m = cumulative_distance_m(track.latitude, track.longitude, track.segments)
    ridden = measure_motion(track, along_m)
    profile = build_profile(track, along_m, ridden.moving if ridden else None)
    assert profile is not None
    return profile
