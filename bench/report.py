"""Sections of docs/benchmarks.md, each written by its own script and left alone by the others."""

import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

REPORT = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
TITLE = "# Benchmarks\n\nEach section is written by the script that it names.\n"


def machine() -> str:
    """When and where a benchmark ran."""
    cpuinfo = Path("/proc/cpuinfo")
    names = (
        [line for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        if cpuinfo.exists()
        else []
    )
    cpu = f"{len(names)} cores {names[0].partition(':')[2].strip()}" if names else "unnamed cores"
    python = platform.python_version()
    return f"{datetime.now(UTC):%Y-%m-%d}, {cpu}, {platform.system()}, Python {python}"


def publish(section: str, text: str, path: Path = REPORT) -> None:
    """Put a section between its marks, or at the end where it is new."""
    start, end = f"<!-- {section}: start -->", f"<!-- {section}: end -->"
    report = path.read_text() if path.exists() else TITLE
    before, found, rest = report.partition(start)
    after = rest.partition(end)[2] if found else ""
    path.parent.mkdir(exist_ok=True)
    whole = f"{before.rstrip()}\n\n{start}\n{text.strip()}\n{end}\n\n{after.lstrip()}"
    path.write_text(whole.rstrip() + "\n")
    print(text)


def progress(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def show(progress: str) -> None:
    """Tell how far a long bench is, in place of what was told before."""
    sys.stderr.write(f"\r\033[K{progress}")
    sys.stderr.flush()
