"""The profile of a track that has one."""

from src.gpx.earth.geodesy import cumulative_distance_m
from src.gpx.elevation.profile import Profile, build_profile
from src.gpx.model import Track


def profile_of(track: Track) -> Profile:
    along_m = cumulative_distance_m(track.latitude, track.longitude, track.segments)
    profile = build_profile(track, along_m)
    assert profile is not None
    return profile
