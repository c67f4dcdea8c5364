"""Measure the numbers of the engine against rides whose truth is known; writes docs/accuracy.md.

    python bench/accuracy.py [--seeds 20] [--output docs/accuracy.md]

The rides are those of `tests/support/rides.py`. Compared are the engine, gpxpy, and the raw sum:
great-circle legs, every rise, every leg faster than 1 km/h, the fastest leg.
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import gpxpy
import numpy as np

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "backend"))

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
    """A kind of ride: what it is, how a seed makes one, and which number it puts to the test."""

    label: str
    quantity: str
    make: Callable[[int], Ride]


def hilly(seed: int) -> Ride:
    return record(rolling(60, seed=seed, relief_m=150), seed=seed, stops=4)


def partly_flat(seed: int) -> Terrain:
    hills = rolling(20, seed=seed, relief_m=150).elevation
    return Terrain(np.pad(hills, (10_000, 5_000), mode="edge"))


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

CASES = [
    Case(
        "20 km flat, white noise 1 m",
        GAIN,
        lambda seed: record(flat(20), seed=seed, noise="white"),
    ),
    Case(
        "20 km flat, satellite altitudes 3 m",
        GAIN,
        lambda seed: record(flat(20), seed=seed, noise="gps"),
    ),
    Case(
        "sine hills of 60 m, barometer 0.3 m",
        GAIN,
        lambda seed: record(sine_hills(40), seed=seed),
    ),
    Case(
        "sine hills of 60 m, satellite altitudes 3 m",
        GAIN,
        lambda seed: record(sine_hills(40), seed=seed, noise="gps"),
    ),
    Case("hilly 60 km, barometer 0.3 m", GAIN, hilly),
    Case(
        "hilly 60 km, whole metres",
        GAIN,
        lambda seed: record(rolling(60, seed=seed, relief_m=150), seed=seed, altitude_step_m=1.0),
    ),
    Case(
        "hilly 60 km, satellite altitudes 3 m",
        GAIN,
        lambda seed: record(rolling(60, seed=seed, relief_m=150), seed=seed, noise="gps"),
    ),
    Case(
        "gentle 60 km (10 m a km), satellite altitudes 3 m",
        GAIN,
        lambda seed: record(rolling(60, seed=seed, relief_m=60), seed=seed, noise="gps"),
    ),
    Case(
        "two passes, satellite altitudes 3 m",
        GAIN,
        lambda seed: record(passes(60, [(3, 8, 6), (25, 12, 7)]), seed=seed, noise="gps"),
    ),
    Case(
        "one pass on 40 km, the rest flat, satellite altitudes 3 m",
        GAIN,
        lambda seed: record(passes(40, [(2, 8, 6)]), seed=seed, noise="gps"),
    ),
    Case(
        "20 km of hills between 30 km of flat, satellite altitudes 3 m",
        GAIN,
        lambda seed: record(partly_flat(seed), seed=seed, noise="gps"),
    ),
    Case(
        "gentle 60 km, satellite altitudes 3 m forgotten after 20 s",
        GAIN,
        lambda seed: record(
            rolling(60, seed=seed, relief_m=60), seed=seed, noise="gps", noise_memory_s=20
        ),
    ),
    Case(
        "20 km flat, satellite altitudes 3 m smoothed by the receiver",
        GAIN,
        lambda seed: record(flat(20), seed=seed, noise="smoothed_gps"),
    ),
    Case(
        "sine hills of 60 m, satellite altitudes 3 m smoothed by the receiver",
        GAIN,
        lambda seed: record(sine_hills(40), seed=seed, noise="smoothed_gps"),
    ),
    Case(
        "hilly 60 km, satellite altitudes 3 m smoothed by the receiver",
        GAIN,
        lambda seed: record(rolling(60, seed=seed, relief_m=150), seed=seed, noise="smoothed_gps"),
    ),
    Case(
        "hilly 60 km, a point every 5 s",
        GAIN,
        lambda seed: record(rolling(60, seed=seed, relief_m=150), seed=seed, rate_hz=0.2),
    ),
    Case(
        "hilly 60 km, three tunnels",
        GAIN,
        lambda seed: record(rolling(60, seed=seed, relief_m=150), seed=seed, tunnels=3),
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
        lambda seed: record(rolling(60, seed=seed, relief_m=150), seed=seed, coordinate_decimals=5),
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
    hills = [(3.0, 8.0, 6.0), (25.0, 12.0, 7.0)]
    exact, lengths, gains = 0, [], []
    for done, seed in enumerate(range(FIRST_SEED, FIRST_SEED + seeds), start=1):
        ride = record(passes(60, hills), seed=seed, noise=noise, altitude_step_m=1.0)
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


def steepest(hills: list[tuple[float, float, float]], seeds: int, noise: Noise) -> str:
    """A row on the steepest hundred metres of some passes: mean and worst of what is found."""
    true = max(gradient for _, _, gradient in hills)
    found = []
    for done, seed in enumerate(range(FIRST_SEED, FIRST_SEED + seeds), start=1):
        ride = record(passes(45, hills), seed=seed, noise=noise)
        found.append(analyse(ride.gpx()).statistics.max_gradient or 0.0)
        show(f"Maximum gradient: {noise}: {done} of {seeds}")
    beyond = np.array(found) - true
    lengths = " and ".join(f"{length:.0f} km at {gradient:.0f} %" for _, length, gradient in hills)
    return (
        f"| {lengths}, {noise} | {true:.1f} % | {beyond.mean():+.1f} |"
        f" {beyond[np.argmax(np.abs(beyond))]:+.1f} |"
    )


def row(case: Case, seeds: int) -> str:
    true, beyond = measured(case, seeds)
    cells = []
    for method in METHODS:
        errors = np.array(beyond[method])
        if true:
            errors = errors / true
        mean, worst = float(errors.mean()), float(np.abs(errors).max())
        cells.append(
            f"{percent(mean, sign=True)} / {percent(worst)}"
            if true
            else f"{mean:+.0f} m / {worst:.0f} m"
        )
    unit, scale = UNITS[case.quantity]
    return f"| {case.label} | {true * scale:.1f} {unit} | {' | '.join(cells)} |"


def percent(share: float, *, sign: bool = False) -> str:
    return f"{100 * share:{'+' if sign else ''}.1f} %"


def show(progress: str) -> None:
    sys.stderr.write(f"\r\033[K{progress}")
    sys.stderr.flush()


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
        "## Maximum gradient",
        "",
        "Held over 100 m, on passes that climb evenly; the error in percentage points.",
        "",
        "| passes and altitudes | truth | mean error | worst error |",
        "|---|---|---|---|",
        *(
            steepest(hills, seeds, noise)
            for hills in ([(3.0, 8.0, 6.0), (25.0, 12.0, 7.0)], [(3.0, 6.0, 10.0)])
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
    options.output.write_text(text, encoding="utf-8")
    show(f"wrote {options.output}\n")


if __name__ == "__main__":
    main()
