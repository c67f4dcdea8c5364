"""Whether clean rides still have the same numbers, to the last digit.

    python bench/clean_rides.py write TABLE      before a change
    python bench/clean_rides.py compare TABLE    after it

A hash for each of some hundred rides of `tests/support/rides.py`, over all numbers and columns of
its analysis. A table is of one machine: another rounds the last digit otherwise.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "backend"), str(ROOT)]

import numpy as np  # noqa: E402

from src.gpx import Analysis, analyse  # noqa: E402
from tests.support.rides import Noise, build_gpx, record, rolling  # noqa: E402

NOW_S = 1_800_000_000.0
SEEDS = range(6)
NOISES: tuple[Noise, ...] = ("none", "barometric", "gps", "smoothed_gps", "white")
RECORDED: tuple[dict[str, Any], ...] = (
    {},
    {"stops": 4},
    {"rate_hz": 0.2},
    {"rate_hz": 5},
    {"segments": 3},
    {"tunnels": 2},
    {"shape": "out_and_back"},
    {"shape": "loop", "altitude_step_m": 1.0},
    {"origin": (69.0, 18.0)},
    {"origin": (-17.0, 179.95)},
    {"coordinate_decimals": 5},
)
BUILT: tuple[dict[str, Any], ...] = (
    {"sensors": True},
    {"layout": "tracks", "segments": 4},
    {"layout": "route"},
    {"timestamps": False},
    {"elevation": False},
)


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("what", choices=("write", "compare"))
    arguments.add_argument("table", type=Path)
    options = arguments.parse_args()
    hashes = dict(of_rides())
    if options.what == "write":
        options.table.write_text(json.dumps(hashes, indent=0))
        return
    before = json.loads(options.table.read_text())
    changed = [name for name, found in hashes.items() if before.get(name) != found]
    print("\n".join(changed))
    print(f"{len(changed)} of {len(hashes)} have other numbers")
    sys.exit(1 if changed else 0)


def of_rides() -> Iterator[tuple[str, str]]:
    for seed in SEEDS:
        for noise in NOISES:
            for kind in RECORDED:
                ride = record(rolling(8, seed=seed, relief_m=100), seed=seed, noise=noise, **kind)
                yield f"{seed} {noise} {kind}", digest(analyse(ride.gpx(), now_s=NOW_S))
        for kind in BUILT:
            data = build_gpx(points=1500, seed=seed, **kind)
            yield f"built {seed} {kind}", digest(analyse(data, now_s=NOW_S))


def digest(analysis: Analysis) -> str:
    """Of everything that is told of a ride."""
    numbers = hashlib.sha256(json.dumps(analysis.summary(), sort_keys=True).encode())
    for owner in (analysis, analysis.statistics):
        told = (getattr(owner, field.name) for field in fields(owner))
        numbers.update(repr([value for value in told if isinstance(value, float)]).encode())
    for table in (analysis.columns, analysis.simplified):
        for field in fields(table):
            column = getattr(table, field.name)
            named = column if isinstance(column, dict) else {field.name: column}
            for name in sorted(named):
                numbers.update(name.encode() + np.ascontiguousarray(named[name]).tobytes())
    return numbers.hexdigest()[:16]


if __name__ == "__main__":
    main()
