"""What damaged recordings come to: `python bench/damage.py [--rides 1000000] [--table]`.

Rides the generator's roads, does one to three damages of `tests/support/damages.py` to each, and
writes it in one of the formats in which it can be damaged so, and holds every analysis to the
invariants of `tests/support/invariants.py`; whatever breaks one is printed with what it takes to
make it again. With `--table` it writes its section of
docs/accuracy.md: each damage alone, done to one ride, as the raw sum, gpxpy and the engine tell it.
"""

import argparse
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from itertools import chain
from pathlib import Path

import gpxpy
import gpxpy.gpx
import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "backend"), str(ROOT)]

from bench.report import progress, publish  # noqa: E402
from src.gpx import Analysis, GpxError, analyse  # noqa: E402
from src.gpx.earth.geodesy import leg_lengths_m  # noqa: E402
from tests.support.damages import DAMAGES, Damage  # noqa: E402
from tests.support.invariants import broken_invariants  # noqa: E402
from tests.support.rides import Ride, record, rolling  # noqa: E402

ACCURACY = ROOT / "docs" / "accuracy.md"
NOW_S = 1_780_000_000.0
A_TIME = 1000
MOST_DAMAGES = 3
SHOWN = 20

INTRODUCTION = """\
## Damaged recordings

Written by `bench/damage.py --table`. One ride of {km:.2f} km in {minutes:.1f} minutes, {speed:.1f}
km/h on average and {gain:.0f} m of gain, with each damage that recorders, exporters and hands are
known for; where GPX cannot be damaged so, in the format that can. Every cell gives kilometres,
minutes from start to end, the average speed, and metres of gain; the raw sum takes the legs, the
rises and the times as gpxpy reads them, gpxpy's average is that of its moving data. A dash stands
for a number that cannot be told.

With one to three of these damages done to other rides, a million analyses broke no invariant
(`bench/damage.py`; what they are stands in `tests/support/invariants.py`)."""


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--rides", type=int, default=1_000_000)
    arguments.add_argument("--first", type=int, default=0, help="the seed of the first")
    arguments.add_argument("--processes", type=int, default=None)
    arguments.add_argument("--table", action="store_true")
    options = arguments.parse_args()
    if options.table:
        publish("damages", table(), ACCURACY)
        return
    firsts = range(options.first, options.first + options.rides, A_TIME)
    broken, done = 0, 0
    with ProcessPoolExecutor(options.processes) as pool:
        for found in pool.map(broken_by, firsts):
            done += A_TIME
            broken += len(found)
            for line in found[:SHOWN]:
                print(line, flush=True)
            progress(f"{done:,} damaged rides, {broken} broken invariants")
    sys.exit(1 if broken else 0)


def broken_by(first: int) -> list[str]:
    """What is wrong with so many rides, beginning with the one of this seed."""
    return [*chain.from_iterable(map(broken_by_one, range(first, first + A_TIME)))]


def broken_by_one(seed: int) -> list[str]:
    damages, form, data = damaged(seed)
    names = ", ".join((*(damage.name for damage in damages), form))
    try:
        broken = broken_invariants(analyse(data, now_s=NOW_S))
    except GpxError:
        return []
    except Exception as error:  # noqa: BLE001 - whatever it is, it is to be told
        broken = [repr(error)]
    return [f"seed {seed}: {names}: {sentence}" for sentence in broken]


def damaged(seed: int) -> tuple[list[Damage], str, bytes]:
    """What was done to a short ride, in which format, and its file."""
    rng = np.random.default_rng([seed, 4])
    road = rolling(float(rng.uniform(0.2, 2.0)), seed=seed, relief_m=float(rng.uniform(0, 300)))
    ride = record(
        road,
        seed=seed,
        noise=rng.choice(["none", "barometric", "gps", "white"]),
        stops=int(rng.integers(0, 2)),
        segments=int(rng.integers(1, 4)),
        rate_hz=float(rng.choice([0.2, 1.0, 1.0, 4.0])),
        origin=(float(rng.uniform(-70, 70)), float(rng.uniform(-180, 180))),
    )
    chosen = rng.choice(len(DAMAGES), int(rng.integers(1, MOST_DAMAGES + 1)))
    damages = [DAMAGES[number] for number in chosen]
    for damage in damages[:-1]:
        ride = damage.on_ride(ride, rng) if damage.on_ride else ride
    form = str(rng.choice(damages[-1].possible_forms()))
    return damages, form, damages[-1].of(ride, rng, form)


def table() -> str:
    """Every damage alone."""
    ride = record(rolling(6, seed=1, relief_m=150), seed=1)
    clean = analyse(ride.gpx(), now_s=NOW_S)
    heads = ("damage", "raw sum", "gpxpy", "ours", "warnings")
    rows = [row_of(damage, ride) for damage in DAMAGES]
    introduction = INTRODUCTION.format(
        km=clean.distance_km,
        minutes=clean.statistics.total_time_minutes,
        speed=clean.statistics.avg_speed_kmh,
        gain=clean.elevation_gain,
    )
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join([introduction, "", *(f"| {' | '.join(line)} |" for line in lines)])


def row_of(damage: Damage, ride: Ride) -> tuple[str, ...]:
    data = damage.of(ride, np.random.default_rng(1))
    analysis = analyse(data, now_s=NOW_S)
    warnings = ", ".join(f"{warning.kind} {warning.count}" for warning in analysis.warnings)
    told = (by(method, data) for method in (raw_sum, by_gpxpy))
    return (damage.name, *told, cell(*own(analysis)), warnings)


Told = tuple[float | None, float | None, float | None, float | None]


def by(method: Callable[[gpxpy.gpx.GPX], Told], data: bytes) -> str:
    try:
        return cell(*method(gpxpy.parse(data)))
    except Exception:  # noqa: BLE001 - gpxpy's own, and those of what it uses
        return "refused"


def raw_sum(gpx: gpxpy.gpx.GPX) -> Told:
    """Every leg of the file, and its last time less its first."""
    points = [point.point for point in gpx.get_points_data()]
    places = np.array([(point.latitude, point.longitude) for point in points], dtype=np.float64)
    way_m = float(leg_lengths_m(places[:, 0], places[:, 1]).sum())
    times = [point.time for point in points if point.time]
    minutes = (times[-1] - times[0]) / timedelta(minutes=1) if times else None
    heights = np.array([point.elevation for point in points if point.elevation is not None])
    gain_m = float(np.diff(heights).clip(min=0).sum())
    return way_m / 1000, minutes, 0.06 * way_m / minutes if minutes else None, gain_m


def by_gpxpy(gpx: gpxpy.gpx.GPX) -> Told:
    moving = gpx.get_moving_data()
    seconds = gpx.get_duration()
    speed = 3.6 * moving.moving_distance / moving.moving_time if moving.moving_time else None
    minutes = seconds / 60 if seconds else None
    return gpx.length_2d() / 1000, minutes, speed, gpx.get_uphill_downhill().uphill


def own(analysis: Analysis) -> Told:
    statistics = analysis.statistics
    minutes, speed = statistics.total_time_minutes, statistics.avg_speed_kmh
    return analysis.distance_km, minutes, speed, analysis.elevation_gain


def cell(*numbers: float | None) -> str:
    *others, gain_m = ("–" if number is None else f"{number:,.2f}" for number in numbers)
    return " / ".join((*others, gain_m.partition(".")[0]))


if __name__ == "__main__":
    main()
