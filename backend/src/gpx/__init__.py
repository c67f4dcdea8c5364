"""Analysis of recordings: bytes in, numbers one can trust out.

analysis = analyse(Path("ride.gpx").read_bytes())
analysis.distance_km, analysis.elevation_gain, analysis.statistics.top_climbs
"""

from collections.abc import Callable, Mapping

from src.gpx.cleaning.repair import repair
from src.gpx.earth.geodesy import cumulative_distance_m
from src.gpx.elevation.profile import Profile, build_profile, elevation_range
from src.gpx.errors import GpxError
from src.gpx.formats import packed
from src.gpx.formats.limits import DEFAULT_MAX_POINTS, DEFAULT_MAX_WAYPOINTS
from src.gpx.formats.registry import read
from src.gpx.model import (
    Analysis,
    Difference,
    FloatArray,
    IntArray,
    Recording,
    SimplifiedTrack,
    Statistics,
    Step,
    Track,
)
from src.gpx.simplify import simplify
from src.gpx.statistics.climbs import TOP_CLIMBS, find_climbs
from src.gpx.statistics.columns import ride_columns
from src.gpx.statistics.device import device_differences, evidence_of, our_numbers
from src.gpx.statistics.gradients import gradient_at, measure_gradients
from src.gpx.statistics.motion import Motion, measure_motion
from src.gpx.statistics.plausibility import doubts
from src.gpx.statistics.sensors import sensor_statistics

# The finest level of detail that is told of each point, and the one that is stored in rows.
FINEST_M, STORED_M = 1.0, 10.0

__all__ = ["FINEST_M", "STORED_M", "Analysis", "GpxError", "Step", "analyse", "analyse_recording"]


def analyse(
    data: bytes,
    *,
    mapping: Mapping[str, str] | None = None,
    max_points: int = DEFAULT_MAX_POINTS,
    max_waypoints: int = DEFAULT_MAX_WAYPOINTS,
    max_unpacked_bytes: int = packed.DEFAULT_MAX_BYTES,
    now_s: float | None = None,
    report: Callable[[Step], None] | None = None,
) -> Analysis:
    """Read a track log (GPX, TCX, FIT or CSV, packed or not) and tell what was ridden.

    Distances are 2-D on the WGS84 ellipsoid; nothing is counted between segments. Deterministic:
    the same bytes give the same numbers; only which times lie in the future depends on `now_s`,
    seconds since 1970-01-01 UTC, by default the machine's clock. `report` is called as each step
    begins. `mapping` names the columns of a CSV, see `formats.csv_log`.

    Raises:
        GpxError: the file cannot be analysed; its subclasses in `src.gpx.errors` say why.
    """
    begin = report or _unheard
    begin(Step.READING)
    recording = read(
        data,
        mapping=mapping,
        max_points=max_points,
        max_waypoints=max_waypoints,
        max_unpacked_bytes=max_unpacked_bytes,
    )
    return analyse_recording(recording, now_s=now_s, report=report)


def analyse_recording(
    recording: Recording,
    *,
    now_s: float | None = None,
    report: Callable[[Step], None] | None = None,
) -> Analysis:
    """The same for what a reader found, whatever the format of its file.

    Raises:
        NoUsablePointsError: fewer than two points have a usable position.
    """
    begin = report or _unheard
    begin(Step.MEASURING)
    track, warnings = repair(recording.track, now_s=now_s)
    distance_m = cumulative_distance_m(track.latitude, track.longitude, track.segments)
    ridden = measure_motion(track, distance_m)
    profile = build_profile(track, distance_m, ridden.moving if ridden else None)
    lowest_m, highest_m = elevation_range(track)
    statistics = _statistics(track, ridden, profile)
    gain_m, loss_m = (profile.gain_m, profile.loss_m) if profile else (None, None)
    differences: tuple[Difference, ...] = ()
    if recording.device_totals is not None:
        ours = our_numbers(distance_m, gain_m, loss_m, statistics)
        evidence = evidence_of(recording, track, distance_m, ridden)
        differences = device_differences(recording.device_totals, ours, evidence)
    begin(Step.SIMPLIFYING)
    survivors = simplify(track, tolerance_m=FINEST_M)
    return Analysis(
        name=recording.name,
        kind=recording.kind,
        distance_km=float(distance_m[-1]) / 1000,
        elevation_gain=gain_m,
        elevation_loss=loss_m,
        elevation_gain_low=profile.gain_low_m if profile else None,
        elevation_gain_high=profile.gain_high_m if profile else None,
        max_elevation=highest_m,
        min_elevation=lowest_m,
        total_points=len(track),
        has_elevation=profile is not None,
        has_timestamps=ridden is not None,
        start_time_s=ridden.start_s if ridden else None,
        end_time_s=ridden.end_s if ridden else None,
        utc_offset_s=recording.utc_offset_s,
        statistics=statistics,
        warnings=(*recording.warnings, *warnings, *doubts(ridden, distance_m, warnings)),
        waypoints=recording.waypoints,
        track=track,
        columns=ride_columns(track, distance_m, ridden, profile, survivors),
        simplified=_simplified(track, distance_m, profile, survivors),
        device_totals=recording.device_totals,
        device_differences=differences,
    )


def _unheard(_step: Step) -> None:
    """Nobody asked."""


def _statistics(track: Track, ridden: Motion | None, profile: Profile | None) -> Statistics:
    steepness = measure_gradients(profile) if profile else None
    return Statistics(
        avg_speed_kmh=ridden.average_kmh if ridden else None,
        max_speed_kmh=ridden.maximum_kmh if ridden else None,
        total_time_minutes=ridden.total_minutes if ridden else None,
        moving_time_minutes=ridden.moving_minutes if ridden else None,
        avg_gradient=steepness.average if steepness else None,
        max_gradient=steepness.maximum if steepness else None,
        gradient_distribution=steepness.distribution if steepness else None,
        top_climbs=find_climbs(profile, most=TOP_CLIMBS) if profile else (),
        sensors=sensor_statistics(track.sensors),
    )


def _simplified(
    track: Track,
    distance_m: FloatArray,
    profile: Profile | None,
    survivors: tuple[IntArray, FloatArray],
) -> SimplifiedTrack:
    """The line at `STORED_M`: levels of detail are nested, so it is a part of the finest."""
    index, tolerance_m = survivors
    is_kept = tolerance_m > STORED_M
    index, tolerance_m = index[is_kept], tolerance_m[is_kept]
    return SimplifiedTrack(
        index=index,
        **track.columns(index),
        distance_km=distance_m[index] / 1000,
        gradient=gradient_at(profile, distance_m[index]),
        tolerance_m=tolerance_m,
    )
