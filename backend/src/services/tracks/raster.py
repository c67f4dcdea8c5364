"""A picture in SVG as PNG: `python raster.py WIDTH`, from the standard input to the output.

A program of its own that imports nothing of ours: rastering holds the interpreter's lock all the
time, a tenth of a second, in which a server would answer nobody.
"""

import sys
from pathlib import Path

import font_source_sans_pro
import resvg_py

_FONTS = Path(font_source_sans_pro.font_directory)
_FAMILY = "Source Sans Pro"
_FILES = [str(_FONTS / f"SourceSansPro-{weight}.ttf") for weight in ("Regular", "Semibold")]


def main() -> None:
    # A slim image has no fonts, and another machine others: only ours are used.
    png = resvg_py.svg_to_bytes(
        svg_string=sys.stdin.buffer.read().decode(),
        width=int(sys.argv[1]),
        skip_system_fonts=True,
        font_files=_FILES,
        font_family=_FAMILY,
        sans_serif_family=_FAMILY,
    )
    sys.stdout.buffer.write(png)


if __name__ == "__main__":
    main()
