"""Measure the numbers of the engine against rides whose truth is known; writes docs/accuracy.md.

    python bench/accuracy.py [--seeds 20] [--output docs/accuracy.md]

The rides are those of `tests/support/rides.py`. Compared are the engine, gpxpy, and the raw sum:
great-circle legs, every rise, every leg faster than 1 km/h, the fastest leg.
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import gpxpy
import numpy as np

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "backend"), str(ROOT)]

from bench.damage import table as damages  # noqa: E402
from bench.report import publish, show  # noqa: E402
from bench.told import gain_told  # noqa: E402
from src.gpx import analyse  # noqa: E402
from tests.support.rides import (  # noqa: E402
    Noise,
    Ride,
    Terrain,
    flat,
    passes,
    record,
    rolling,
    sine_hills,
)

# The constants of the engine were chosen on rides of lower seeds.
FIRST_SEED = 3000

NOISES: tuple[Noise, ...] = ("none", "barometric", "gps")
METHODS = ("ours", "gpxpy", "raw sum")
Numbers = dict[str, float]


@dataclass(frozen=True)
class Case:
    """A kind of ride: what it is, how a seed makes one, and which number it puts to the test.

    `silent` makes the same ride with true altitudes, where these are wrong by much.
    """

    label: str
    quantity: str
    make: Callable[[int], Ride]
    silent: Callable[[int], Ride] | None = None


def wandering(
    label: str,
    road: Callable[[int], Terrain],
    noise: Noise = "gps",
    correlation_time_s: float = 60.0,
) -> Case:
    """Satellite altitudes, wrong by 3 m."""
    return Case(
        label,
        GAIN,
        lambda seed: record(
            road(seed), seed=seed, noise=noise, correlation_time_s=correlation_time_s
        ),
        lambda seed: record(road(seed), seed=seed, noise="none"),
    )


def hilly(seed: int) -> Ride:
    return record(hills(seed), seed=seed, stops=4)


def hills(seed: int) -> Terrain:
    return rolling(60, seed=seed, relief_m=150)


def gentle(seed: int) -> Terrain:
    return rolling(60, seed=seed, relief_m=60)


def partly_flat(seed: int) -> Terrain:
    middle = rolling(20, seed=seed, relief_m=150).elevation
    return Terrain(np.pad(middle, (10_000, 5_000), mode="edge"))


GAIN = "Elevation gain"
DISTANCE = "Distance"
MOVING = "Moving time"
MAXIMUM = "Maximum speed"
UNITS = {GAIN: ("m", 1.0), DISTANCE: ("km", 0.001), MOVING: ("min", 1 / 60), MAXIMUM: ("km/h", 1.0)}

INTRODUCTION = """\
Written by `bench/accuracy.py`. Synthetic rides whose truth is known, each kind ridden with {seeds}
seeds; every cell gives the mean error and the worst one (in metres where the truth is zero). The
raw sum is great-circle legs, every rise, every leg faster than 1 km/h, the fastest single leg.
The constants of the engine were chosen on other rides of the same generator (seeds below 3000), so
real rides will differ; distances are what was recorded, with the receiver's noise in them."""

TOLD = """\
The engine has to tell relief from noise. The last column is the same machinery told both: the power
of the relief in every kilometre, and that of the noise. What is wrong there is chance, the noise at
the summits and in the valleys, and hills too small to count beside it; where ours is as close,
telling relief from noise any better would gain nothing."""

CASES = [
    Case(
        "20 km flat, white noise 1 m",
        GAIN,
        lambda seed: record(flat(20), seed=seed, noise="white"),
    ),
    wandering("20 km flat, satellite altitudes 3 m", lambda _: flat(20)),
    Case(
        "sine hills of 60 m, barometer 0.3 m",
        GAIN,
        lambda seed: record(sine_hills(40), seed=seed),
    ),
    wandering("sine hills of 60 m, satellite altitudes 3 m", lambda _: sine_hills(40)),
    Case("hilly 60 km, barometer 0.3 m", GAIN, hilly),
    Case(
        "hilly 60 km, whole metres",
        GAIN,
        lambda seed: record(hills(seed), seed=seed, altitude_step_m=1.0),
    ),
    wandering("hilly 60 km, satellite altitudes 3 m", hills),
    wandering("gentle 60 km (10 m a km), satellite altitudes 3 m", gentle),
    wandering(
        "two passes, satellite altitudes 3 m", lambda _: passes(60, [(3, 8, 6), (25, 12, 7)])
    ),
    wandering(
        "one pass on 40 km, the rest flat, satellite altitudes 3 m",
        lambda _: passes(40, [(2, 8, 6)]),
    ),
    wandering("20 km of hills between 30 km of flat, satellite altitudes 3 m", partly_flat),
    wandering(
        "gentle 60 km, satellite altitudes 3 m forgotten after 20 s",
        gentle,
        correlation_time_s=20.0,
    ),
    wandering(
        "20 km flat, satellite altitudes 3 m smoothed by the receiver",
        lambda _: flat(20),
        "smoothed_gps",
    ),
    wandering(
        "sine hills of 60 m, satellite altitudes 3 m smoothed by the receiver",
        lambda _: sine_hills(40),
        "smoothed_gps",
    ),
    wandering(
        "hilly 60 km, satellite altitudes 3 m smoothed by the receiver", hills, "smoothed_gps"
    ),
    Case(
        "hilly 60 km, a point every 5 s",
        GAIN,
        lambda seed: record(hills(seed), seed=seed, rate_hz=0.2),
    ),
    Case(
        "hilly 60 km, three tunnels",
        GAIN,
        lambda seed: record(hills(seed), seed=seed, tunnels=3),
    ),
    Case("hilly 60 km, 1 Hz, four stops", DISTANCE, hilly),
    Case(
        "hilly 20 km, 10 Hz, two stops",
        DISTANCE,
        lambda seed: record(rolling(20, seed=seed), seed=seed, stops=2, rate_hz=10),
    ),
    Case(
        "hilly 60 km at 69 N",
        DISTANCE,
        lambda seed: record(rolling(60, seed=seed), seed=seed, origin=(69.0, 18.0)),
    ),
    Case(
        "three segments, 20 km apart",
        DISTANCE,
        lambda seed: record(rolling(60, seed=seed), seed=seed, segments=3),
    ),
    Case(
        "across the antimeridian",
        DISTANCE,
        lambda seed: record(rolling(60, seed=seed), seed=seed, origin=(-17.0, 179.9)),
    ),
    Case("hilly 60 km, 1 Hz, four stops", MOVING, hilly),
    Case(
        "ten stops, receiver 3 m",
        MOVING,
        lambda seed: record(rolling(60, seed=seed), seed=seed, stops=10, position_noise_m=3.0),
    ),
    Case(
        "four stops, a point every 5 s",
        MOVING,
        lambda seed: record(rolling(60, seed=seed), seed=seed, stops=4, rate_hz=0.2),
    ),
    Case(
        "three segments, an hour apart",
        MOVING,
        lambda seed: record(rolling(60, seed=seed), seed=seed, stops=4, segments=3),
    ),
    Case("hilly 60 km, 1 Hz", MAXIMUM, hilly),
    Case(
        "hilly 20 km, 10 Hz",
        MAXIMUM,
        lambda seed: record(rolling(20, seed=seed, relief_m=150), seed=seed, rate_hz=10),
    ),
    Case(
        "hilly 60 km, 5 decimals",
        MAXIMUM,
        lambda seed: record(hills(seed), seed=seed, coordinate_decimals=5),
    ),
    Case("hilly 60 km, three false positions", MAXIMUM, lambda seed: with_glitches(hilly(seed))),
]


def with_glitches(ride: Ride) -> Ride:
    latitude = ride.latitude.copy()
    latitude[[len(ride) // 4, len(ride) // 2, 3 * len(ride) // 4]] += 40 / 111_132
    return replace(ride, latitude=latitude)


def truth(ride: Ride) -> Numbers:
    return {
        GAIN: ride.gain_m,
        DISTANCE: ride.distance_m,
        MOVING: ride.moving_time_s,
        MAXIMUM: ride.max_speed_kmh,
    }


def ours(data: bytes) -> Numbers:
    analysis = analyse(data)
    return {
        GAIN: analysis.elevation_gain or 0.0,
        DISTANCE: analysis.distance_km * 1000,
        MOVING: 60 * (analysis.statistics.moving_time_minutes or 0.0),
        MAXIMUM: analysis.statistics.max_speed_kmh or 0.0,
    }


def gpxpys(data: bytes) -> Numbers:
    parsed = gpxpy.parse(data)
    moving = parsed.get_moving_data()
    return {
        GAIN: parsed.get_uphill_downhill().uphill,
        DISTANCE: parsed.length_2d(),
        MOVING: moving.moving_time,
        MAXIMUM: 3.6 * moving.max_speed,
    }


def raw_sum(ride: Ride) -> Numbers:
    latitude, longitude = np.radians(ride.latitude), np.radians(ride.longitude)
    half = np.sin(np.diff(latitude) / 2) ** 2
    half += np.cos(latitude[1:]) * np.cos(latitude[:-1]) * np.sin(np.diff(longitude) / 2) ** 2
    way = 2 * 6_371_008.8 * np.arcsin(np.sqrt(half))
    elapsed = np.diff(ride.time_s)
    speed = way / elapsed
    return {
        GAIN: float(np.clip(np.diff(ride.elevation), 0, None).sum()),
        DISTANCE: float(way.sum()),
        MOVING: float(elapsed[speed > 1 / 3.6].sum()),
        MAXIMUM: float(3.6 * speed.max()),
    }


@cache
def measured(case: Case, seeds: int) -> tuple[float, dict[str, list[float]]]:
    """The mean truth, and for each method what it said beyond the truth, ride by ride."""
    truths = []
    beyond: dict[str, list[float]] = {method: [] for method in METHODS}
    for done, seed in enumerate(range(FIRST_SEED, FIRST_SEED + seeds), start=1):
        ride = case.make(seed)
        data = ride.gpx()
        true = truth(ride)[case.quantity]
        truths.append(true)
        said = zip(METHODS, (ours(data), gpxpys(data), raw_sum(ride)), strict=True)
        for method, numbers in said:
            beyond[method].append(numbers[case.quantity] - true)
        show(f"{case.quantity}: {case.label}: {done} of {seeds}")
    return float(np.mean(truths)), beyond


def climbs_found(seeds: int, noise: Noise) -> str:
    """A sentence on two passes: how often both were found, and how far off they were."""
    roads = passes(60, [(3.0, 8.0, 6.0), (25.0, 12.0, 7.0)])
    exact, lengths, gains = 0, [], []
    for done, seed in enumerate(range(FIRST_SEED, FIRST_SEED + seeds), start=1):
        ride = record(roads, seed=seed, noise=noise, altitude_step_m=1.0)
        found = sorted(analyse(ride.gpx()).statistics.top_climbs, key=lambda climb: climb.start_km)
        if len(found) == len(ride.hills):
            exact += 1
            for climb, hill in zip(found, ride.hills, strict=True):
                lengths.append(abs(climb.distance_km / (hill.end_km - hill.start_km) - 1))
                gains.append(abs(climb.elevation_gain_m / hill.gain_m - 1))
        show(f"Climbs: {noise}: {done} of {seeds}")
    return (
        f"| {noise}, whole metres | {exact} of {seeds} | {percent(max(lengths))} |"
        f" {percent(max(gains))} |"
    )


def steepest(climbs: list[tuple[float, float, float]], seeds: int, noise: Noise) -> str:
    """A row on the steepest hundred metres of some passes: mean and worst of what is found."""
    true = max(gradient for _, _, gradient in climbs)
    found = []
    for done, seed in enumerate(range(FIRST_SEED, FIRST_SEED + seeds), start=1):
        ride = record(passes(45, climbs), seed=seed, noise=noise)
        found.append(analyse(ride.gpx()).statistics.max_gradient or 0.0)
        show(f"Maximum gradient: {noise}: {done} of {seeds}")
    beyond = np.array(found) - true
    lengths = " and ".join(f"{length:.0f} km at {gradient:.0f} %" for _, length, gradient in climbs)
    return (
        f"| {lengths}, {noise} | {true:.1f} % | {beyond.mean():+.1f} |"
        f" {beyond[np.argmax(np.abs(beyond))]:+.1f} |"
    )


def row(case: Case, seeds: int) -> str:
    true, beyond = measured(case, seeds)
    cells = (error(beyond[method], true) for method in METHODS)
    unit, scale = UNITS[case.quantity]
    return f"| {case.label} | {true * scale:.1f} {unit} | {' | '.join(cells)} |"


def chance(case: Case, seeds: int) -> str:
    """A row on how much of the error is left where relief and noise need not be told apart."""
    assert case.silent is not None
    true, beyond = measured(case, seeds)
    told_beyond = []
    for done, seed in enumerate(range(FIRST_SEED, FIRST_SEED + seeds), start=1):
        ride = case.make(seed)
        told_beyond.append(gain_told(ride, case.silent(seed)) - ride.gain_m)
        show(f"{case.quantity}, told: {case.label}: {done} of {seeds}")
    cells = (error(method, true) for method in (beyond["ours"], told_beyond))
    return f"| {case.label} | {' | '.join(cells)} |"


def error(beyond: list[float], true: float) -> str:
    """The mean error and the worst one: of the truth, or in metres where that is zero."""
    errors = np.array(beyond)
    if not true:
        return f"{errors.mean():+.0f} m / {np.abs(errors).max():.0f} m"
    errors = errors / true
    return f"{percent(float(errors.mean()), sign=True)} / {percent(float(np.abs(errors).max()))}"


def percent(share: float, *, sign: bool = False) -> str:
    return f"{100 * share:{'+' if sign else ''}.1f} %"


def report(seeds: int) -> str:
    lines = ["# Accuracy", "", INTRODUCTION.format(seeds=seeds)]
    for quantity in UNITS:
        lines += [
            "",
            f"## {quantity}",
            "",
            f"| ride | truth | {' | '.join(METHODS)} |",
            "|---|---|---|---|---|",
            *(row(case, seeds) for case in CASES if case.quantity == quantity),
        ]
    lines += [
        "",
        "## Elevation gain, and what chance leaves of its error",
        "",
        TOLD,
        "",
        "| ride | ours | told |",
        "|---|---|---|",
        *(chance(case, seeds) for case in CASES if case.silent),
        "",
        "## Maximum gradient",
        "",
        "Held over 100 m, on passes that climb evenly; the error in percentage points.",
        "",
        "| passes and altitudes | truth | mean error | worst error |",
        "|---|---|---|---|",
        *(
            steepest(climbs, seeds, noise)
            for climbs in ([(3.0, 8.0, 6.0), (25.0, 12.0, 7.0)], [(3.0, 6.0, 10.0)])
            for noise in NOISES
        ),
        "",
        "## Climbs",
        "",
        "Two passes of 8 km at 6 % and 12 km at 7 %, ridden down again; gpxpy finds no climbs.",
        "",
        "| altitudes | both found, nothing else | worst length | worst gain |",
        "|---|---|---|---|",
        *(climbs_found(seeds, noise) for noise in NOISES),
    ]
    return "\n".join([*lines, ""])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "accuracy.md")
    options = parser.parse_args()
    text = report(options.seeds)
    options.output.parent.mkdir(exist_ok=True)
    before = options.output.read_text(encoding="utf-8") if options.output.exists() else ""
    # The sections of other scripts stand behind, from the first mark on.
    _, mark, others = before.partition("<!-- ")
    options.output.write_text(f"{text}\n{mark}{others}", encoding="utf-8")
    publish("damages", damages(), options.output)
    show(f"wrote {options.output}\n")


if __name__ == "__main__":
    main()
