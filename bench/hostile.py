"""What hostile files cost: `python bench/hostile.py [--size-mb 50] [NAME...]`.

Writes its section of docs/benchmarks.md: every kind of `tests/support/hostile.py` at the size that
an upload may have, each analysed once in a process of its own.
"""

import argparse
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "backend"), str(ROOT)]

from bench.report import machine, progress, publish  # noqa: E402
from src.gpx import GpxError, analyse  # noqa: E402
from src.gpx.allocation import keep_freed_memory  # noqa: E402
from tests.support.hostile import HOSTILE as DOCUMENTS  # noqa: E402
from tests.support.hostile_formats import OTHER_FORMATS  # noqa: E402

HOSTILE = DOCUMENTS | OTHER_FORMATS
MEBIBYTE = 1 << 20
# What no file may cost, whatever it is.
MOST_S, MOST_MB = 10.0, 1536
GIVEN_UP_S = 60
# So that no file takes the machine's memory from others.
ADDRESS_SPACE = 8 << 30


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("names", nargs="*", metavar="NAME", help="by default all")
    arguments.add_argument("--size-mb", type=float, default=50)
    arguments.add_argument("--subject", type=Path, help="analyse this file, print what it cost")
    options = arguments.parse_args()
    if options.subject:
        print(cost(options.subject))
        return
    size = int(options.size_mb * MEBIBYTE)
    costs = [(name, *measured(name, size)) for name in options.names or HOSTILE]
    report = table(costs, options.size_mb)
    if options.names:
        print(report)
    else:
        publish("hostile", report)


def measured(name: str, size: int) -> tuple[float, int, str]:
    """Seconds of the processor, mebibytes at the peak, and how it ended."""
    progress(name)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "hostile.gpx"
        file.write_bytes(HOSTILE[name](size))
        command = [sys.executable, __file__, "--subject", str(file)]
        try:
            result = subprocess.run(
                command, capture_output=True, text=True, check=False, timeout=GIVEN_UP_S
            )
        except subprocess.TimeoutExpired:
            return float("inf"), 0, "given up"
    if result.returncode:
        return float("inf"), 0, f"died of {result.returncode}"
    seconds, mebibytes, outcome = result.stdout.strip().split(" ", 2)
    return float(seconds), int(mebibytes), outcome


def cost(file: Path) -> str:
    keep_freed_memory()
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    data = file.read_bytes()
    start = time.process_time()
    try:
        outcome = f"{len(analyse(data).track):,} points"
    except GpxError as error:
        outcome = f"{type(error).__name__}: {str(error)[:80]}"
    except MemoryError:
        outcome = "MemoryError"
    seconds = time.process_time() - start
    status = Path("/proc/self/status").read_text().splitlines()
    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    return f"{seconds:.2f} {peak // 1024} {outcome}"


def table(costs: list[tuple[str, float, int, str]], size_mb: float) -> str:
    rows = [
        f"| {name} | {seconds:.1f} | {mebibytes:,} | {outcome} |"
        for name, seconds, mebibytes, outcome in sorted(costs, key=lambda row: -row[1])
    ]
    slow = [row[0] for row in costs if row[1] > MOST_S or row[2] > MOST_MB]
    verdict = f"Beyond it: {', '.join(slow)}." if slow else "None is beyond it."
    note = (
        f"`python bench/hostile.py --size-mb {size_mb:g}`, {machine()}. Each file of {size_mb:g} "
        "MiB is analysed once in a process of its own; memory is the peak of its resident set, "
        "libraries and file with it. The bound is "
        f"{MOST_S:g} s of the processor and {MOST_MB:,} MiB. {verdict}"
    )
    heads = ["| file | s | MiB | outcome |", "| --- | ---: | ---: | --- |"]
    return "\n".join(["## Hostile files", "", note, "", *heads, *rows])


if __name__ == "__main__":
    main()
