"""How fast each format is read: our readers beside other programs, on the same files.

`python bench/formats.py` writes rides of 32,000 points as FIT, one with its records in a run, as
most recorders write them, and one with other messages between them. Times are the processor's, the
best of some runs, from the bytes to the columns or to whatever the other program gives. Writes its
section of docs/benchmarks.md. `--compare FOLDER` instead holds every record of the FIT files in a
folder to what the two other programs read.
"""

import argparse
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import fitdecode
import numpy as np
from garmin_fit_sdk import Decoder, Stream

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "backend"), str(ROOT)]

from bench.report import machine, progress, publish  # noqa: E402
from src.gpx.formats import fit  # noqa: E402
from tests.support.fit_files import ride_as_fit  # noqa: E402
from tests.support.fit_oracles import (  # noqa: E402
    Points,
    fitdecodes_points,
    garmins_points,
    points_of,
)
from tests.support.rides import Ride, record, rolling  # noqa: E402

POINTS = 32_000


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--compare", type=Path, metavar="FOLDER")
    options = arguments.parse_args()
    if options.compare:
        sys.exit(compared(options.compare))
    ride = ride_with_sensors()
    files = {
        "records in a run": ride_as_fit(ride),
        "another message after each record": ride_as_fit(ride, between=True),
    }
    rows = []
    for what, data in files.items():
        progress(what)
        assert len(fit.read(data).track) == POINTS
        times = [
            best_ms(reader, data, runs)
            for reader, runs in (
                (fit.read, 4 * options.runs),
                (read_by_fitdecode, options.runs),
                (read_by_garmin, options.runs),
            )
        ]
        cells = " | ".join(f"{time_ms:,.0f}" for time_ms in times)
        rows.append(f"| {what} | {len(data) / 1e6:.1f} | {cells} |")
    publish("formats", report(rows))


def compared(folder: Path) -> int:
    """Tell of each FIT file how many of its records differ; 1 if any does."""
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() == ".fit")
    records = different = 0
    for path in files:
        data = path.read_bytes()
        ours = points_of(fit.read(data))
        theirs = {"Garmin's library": garmins_points(data), "fitdecode": fitdecodes_points(data)}
        records += len(ours["latitude"])
        for program, points in theirs.items():
            differ = differing(ours, points)
            different += differ
            print(f"{path.name}: {len(ours['latitude']):,} records, {differ} unlike {program}'s")
    print(f"{len(files)} files, {records:,} records, {different} different")
    return 1 if different else 0


def differing(ours: Points, theirs: Points) -> int:
    """How many records differ in any column; all, where there is another number of them."""
    if len(ours["latitude"]) != len(theirs["latitude"]):
        return max(len(ours["latitude"]), len(theirs["latitude"]))
    close = [
        np.isclose(ours[name], values, rtol=0, atol=1e-9, equal_nan=True)
        for name, values in theirs.items()
    ]
    return int((~np.logical_and.reduce(close)).sum())


def ride_with_sensors() -> Ride:
    ride = record(rolling(260), segments=4)
    ride = replace(
        ride,
        sensors={
            "heart_rate_bpm": np.round(100 + ride.elevation / 20),
            "cadence_rpm": np.full(len(ride), 80.0),
            "power_w": np.round(150 + ride.elevation / 10),
            "temperature_c": np.full(len(ride), 21.0),
        },
    )
    return ride.first(POINTS)


def read_by_fitdecode(data: bytes) -> int:
    with warnings.catch_warnings(action="ignore"), fitdecode.FitReader(data) as reader:
        return sum(1 for _ in reader)


def read_by_garmin(data: bytes) -> int:
    return len(Decoder(Stream.from_byte_array(bytearray(data))).read()[0])


def best_ms(reader: Callable[[bytes], object], data: bytes, runs: int) -> float:
    times = []
    for _ in range(runs):
        start = time.process_time()
        reader(data)
        times.append(time.process_time() - start)
    return 1000 * min(times)


def report(rows: list[str]) -> str:
    lines = [
        "## Formats",
        "",
        f"`bench/formats.py` on {machine()}. {POINTS:,} points with four sensors; milliseconds,",
        "best of some runs.",
        "",
        "| FIT | MB | ours | fitdecode | garmin-fit-sdk |",
        "|---|---|---|---|---|",
        *rows,
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
