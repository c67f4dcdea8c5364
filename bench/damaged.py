"""How the engine reads damaged recordings kept elsewhere: `python bench/damaged.py FOLDER`.

The folder has an `expected.json`: for each file's name without its ending, the numbers that a
rider expects. Prints what differs; what is not a number of the engine is passed over.
"""

import json
import math
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "backend"), str(ROOT)]

from src.gpx import Analysis, GpxError, analyse  # noqa: E402
from src.services.tracks.previews import days_of  # noqa: E402
from src.services.tracks.suggestions import suggested_title  # noqa: E402

PART, LEAST = 0.01, 0.005
ANSWERED_ELSEWHERE = {"or_refused_with"}


def main() -> None:
    folder = Path(sys.argv[1])
    wrong = 0
    for name, expected in json.loads((folder / "expected.json").read_text()).items():
        told = numbers((folder / f"{name}.gpx").read_bytes())
        wanted = {key: value for key, value in expected.items() if key not in ANSWERED_ELSEWHERE}
        differs = {
            key: (value, told.get(key))
            for key, value in wanted.items()
            if not is_about(told.get(key), value)
        }
        wrong += bool(differs)
        print(f"{name}: {differs or 'as expected'}; {told['warnings']}")
    print(f"{wrong} differ")


def numbers(data: bytes) -> dict[str, Any]:
    try:
        analysis: Analysis = analyse(data)
    except GpxError as error:
        return {"warnings": str(error)}
    summary = analysis.summary()
    sensors = {
        f"{name}_avg": values["average"]
        for name, values in summary["statistics"]["sensors"].items()
    }
    warnings = [
        f"{found.kind} {found.count} from {found.first_index}" for found in analysis.warnings
    ]
    of_a_form = {
        "suggested_title": suggested_title(analysis.name, ""),
        "local_date": str(days_of(analysis)[0]),
    }
    warned = {"warnings": ", ".join(warnings)}
    return {**summary["statistics"], **summary, **sensors, **of_a_form, **warned}


def is_about(found: Any, expected: Any) -> bool:
    if isinstance(expected, float | int) and isinstance(found, float | int):
        return math.isclose(found, expected, rel_tol=PART, abs_tol=LEAST)
    return bool(found == expected)


if __name__ == "__main__":
    main()
