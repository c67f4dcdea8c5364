"""`python -m src.gpx FILE`: the analysis as JSON, as a readable summary, or as a drawing."""

import argparse
import json
import sys
from pathlib import Path

from src.gpx import GpxError, analyse
from src.gpx.allocation import keep_freed_memory
from src.gpx.presentation.drawing import drawing
from src.gpx.presentation.readable import readable


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m src.gpx", description="Analyse a ride.")
    parser.add_argument(
        "file",
        metavar="FILE",
        help="a GPX, TCX, FIT or CSV file, packed or not, or - for the standard input",
    )
    parser.add_argument("--json", action="store_true", help="print JSON (the default when piped)")
    parser.add_argument(
        "--svg", metavar="OUT.svg", type=Path, help="draw the route and its elevation profile"
    )
    options = parser.parse_args(arguments)
    keep_freed_memory()
    try:
        data = sys.stdin.buffer.read() if options.file == "-" else Path(options.file).read_bytes()
        analysis = analyse(data)
        if options.svg:
            options.svg.write_text(drawing(analysis), encoding="utf-8")
    except GpxError as error:
        return _refused(f"{options.file}: {error}")
    except OSError as error:
        return _refused(f"{error.filename or options.file}: {error.strerror}")
    if options.json or not sys.stdout.isatty():
        sys.stdout.write(
            json.dumps(analysis.summary(), ensure_ascii=False, indent=2, allow_nan=False) + "\n"
        )
    else:
        sys.stdout.write(readable(analysis))
    return 0


def _refused(message: str) -> int:
    sys.stderr.write(message + "\n")
    return 1


if __name__ == "__main__":
    keep_freed_memory()
    sys.exit(main())
