"""A ride as a picture: the route and the elevation profile in one SVG, coloured by gradient.

`drawing` is a sheet to read, `card` the preview that messengers show beside a link.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

import numpy as np

from src.gpx.model import Analysis, Climb, FloatArray, IntArray, Segments, SimplifiedTrack
from src.gpx.presentation.readable import headline
from src.gpx.statistics.gradients import CLASSES

CARD_WIDTH, CARD_HEIGHT = 1200, 630
# More than a picture of this size can show.
MOST_POINTS = 2000
# Of what is written in the size of a tick, on the sheet: more than any system's letters take.
_LETTER_WIDTH = 6.6
_LABEL_GAP = 8
_CARD_LETTERS, _CARD_LINES = 44, 2

# The light ones of the web app (`frontend/src/ui/theme.css`).
DESCENT = "#98a7b0"
STEEPNESS = ("#5b8fb0", "#c99a1c", "#d9682b", "#9c2140")
_DESCENT_PERCENT = -1.0
_SHEET_STYLE = """
  .title { font-size: 26px; font-weight: 600 }
  .facts { font-size: 17px; fill: #566773 }
  .tick { font-size: 12px; fill: #66757f }
  .label { paint-order: stroke; stroke: #f6f8f7; stroke-width: 4px; stroke-linejoin: round }
  .casing { fill: none; stroke: #ffffff; stroke-width: 9 }
  .route { fill: none; stroke-width: 4.5 }
"""
# Seen as small as a stamp: larger letters, and thicker lines.
_CARD_STYLE = """
  .title { font-size: 50px; font-weight: 600 }
  .facts { font-size: 32px; fill: #45545f }
  .brand { font-size: 26px; font-weight: 600; fill: #a83f1b }
  .tick { font-size: 20px; fill: #66757f }
  .casing { fill: none; stroke: #ffffff; stroke-width: 13 }
  .route { fill: none; stroke-width: 7 }
"""
_STYLE = """
  text { font-family: system-ui, "Helvetica Neue", Arial, sans-serif; fill: #24323d }
  .grid { stroke: #dfe5e8; stroke-width: 1 }
  .ridge { fill: none; stroke: #24323d; stroke-width: 1.5 }
  polyline { stroke-linejoin: round; stroke-linecap: round }
"""


@dataclass(frozen=True, slots=True, eq=False)
class Sketch:
    """A ride as it is drawn: parallel arrays of one length m, at least 1, and what is written.

    `elevation` in metres is NaN where it is not known, `distance_km` is along the ride.
    """

    title: str
    facts: Sequence[str]
    climbs: Sequence[Climb]
    segment: IntArray
    latitude: FloatArray
    longitude: FloatArray
    elevation: FloatArray
    distance_km: FloatArray

    def __len__(self) -> int:
        return len(self.latitude)

    @classmethod
    def of(cls, analysis: Analysis) -> "Sketch":
        line, statistics = _coarse(analysis.simplified), analysis.statistics
        return cls(
            title=analysis.name or "GPX",
            facts=headline(
                analysis.distance_km,
                analysis.elevation_gain,
                analysis.elevation_loss,
                statistics.moving_time_minutes,
                statistics.avg_speed_kmh,
            ),
            climbs=statistics.top_climbs,
            segment=line.segment,
            latitude=line.latitude,
            longitude=line.longitude,
            elevation=line.elevation,
            distance_km=line.distance_km,
        )

    @property
    def has_profile(self) -> bool:
        return bool(np.isfinite(self.elevation).any()) and float(self.distance_km[-1]) > 0


@dataclass(frozen=True, slots=True)
class _Box:
    """Where something stands, in pixels."""

    left: int
    right: int
    top: int
    bottom: int


@dataclass(frozen=True, slots=True)
class _Axis:
    """A linear scale from values to pixels."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self, about: int) -> list[float]:
        """Round values inside the axis, about as many as asked for."""
        raw = (self.high - self.low) / about
        power = 10.0 ** np.floor(np.log10(raw))
        step = float(power * min((1, 2, 5, 10), key=lambda factor: abs(factor * power - raw)))
        return [i * step for i in range(int(-(-self.low // step)), int(self.high // step) + 1)]


def drawing(analysis: Analysis) -> str:
    """An SVG document of 1200 x 760 pixels; the profile is left out where elevations are."""
    ride = Sketch.of(analysis)
    colours = _colours(ride)
    parts = [
        f'<text class="title" x="48" y="56">{_printable(ride.title)}</text>',
        f'<text class="facts" x="48" y="84">{" · ".join(ride.facts)}</text>',
        *_route(ride, colours, _Box(48, 1152, 110, 540 if ride.has_profile else 720)),
    ]
    if ride.has_profile:
        box = _Box(72, 1152, 580, 700)
        across, up = _axes(ride, box)
        parts += _profile(ride, colours, across, up, box)
        parts += [
            _tick(across(kilometres), box.bottom + 18, f"{kilometres:g} km")
            for kilometres in across.ticks(10)
        ]
        parts += _climb_labels(ride, across, up)
        parts += _legend()
    return _document(1200, 760, _SHEET_STYLE, parts, radius=16)


def card(ride: Sketch, brand: str) -> str:
    """An SVG document of `CARD_WIDTH` x `CARD_HEIGHT` pixels, to be recognised when it is small."""
    colours = _colours(ride)
    lines = textwrap.wrap(ride.title, _CARD_LETTERS, max_lines=_CARD_LINES, placeholder=" …")
    parts = [
        f'<text class="title" x="56" y="{88 + 56 * i}">{_printable(line)}</text>'
        for i, line in enumerate(lines)
    ]
    below = 88 + 56 * (max(len(lines), 1) - 1)
    parts += [
        f'<text class="facts" x="56" y="{below + 50}">{" · ".join(ride.facts)}</text>',
        f'<text class="brand" x="1144" y="{below + 50}" text-anchor="end">{escape(brand)}</text>',
        *_route(ride, colours, _Box(64, 1136, below + 86, 440 if ride.has_profile else 580)),
    ]
    if ride.has_profile:
        box = _Box(128, 1144, 468, 596)
        parts += _profile(ride, colours, *_axes(ride, box), box, ticks=2)
    return _document(CARD_WIDTH, CARD_HEIGHT, _CARD_STYLE, parts)


def _document(width: int, height: int, style: str, parts: list[str], radius: int = 0) -> str:
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
        f"<style>{_STYLE}{style}</style>",
        f'<rect width="{width}" height="{height}" rx="{radius}" fill="#f6f8f7"/>',
    ]
    return "\n".join([*head, *parts, "</svg>", ""])


def _coarse(track: SimplifiedTrack) -> SimplifiedTrack:
    """The coarsest level of detail that still fills the picture."""
    if len(track) <= MOST_POINTS:
        return track
    bar = np.partition(track.tolerance_m, -MOST_POINTS)[-MOST_POINTS]
    return track.at(track.tolerance_m >= bar)


def _colours(track: Sketch) -> list[str]:
    """One for each leg between neighbouring points, by the slope of a stretch that one can see."""
    known = np.isfinite(track.elevation)
    if not known.any():
        return [STEEPNESS[0]] * (len(track) - 1)
    along_m = track.distance_km * 1000
    reach_m = max(100.0, along_m[-1] / 150) / 2
    middle_m = 0.5 * (along_m[1:] + along_m[:-1])
    ahead, behind = (
        np.interp(middle_m + side, along_m[known], track.elevation[known])
        for side in (reach_m, -reach_m)
    )
    gradient = 50 / reach_m * (ahead - behind)
    kinds = np.searchsorted([upper for _, upper in CLASSES], gradient)
    return [
        DESCENT if slope < _DESCENT_PERCENT else STEEPNESS[kind]
        for slope, kind in zip(gradient.tolist(), kinds.tolist(), strict=True)
    ]


def _route(track: Sketch, colours: list[str], box: _Box) -> list[str]:
    longitude = track.longitude - track.longitude[0]
    longitude = (longitude + 180) % 360 - 180
    shrink = np.cos(np.radians(0.5 * (track.latitude.min() + track.latitude.max())))
    x, y = longitude * shrink, -track.latitude
    span_x, span_y = np.ptp(x), np.ptp(y)
    width, height = box.right - box.left, box.bottom - box.top
    segments = Segments(track.segment)
    scale = min(width / max(span_x, 1e-9), height / max(span_y, 1e-9))
    x = box.left + width / 2 + scale * (x - x.min() - span_x / 2)
    y = box.top + height / 2 + scale * (y - y.min() - span_y / 2)
    lines = [
        f'<polyline class="casing" points="{_points(x[start:end], y[start:end])}"/>'
        for start, end in segments.bounds()
    ]
    lines += [
        f'<polyline class="route" stroke="{colours[start]}"'
        f' points="{_points(x[start : end + 1], y[start : end + 1])}"/>'
        for start, end in _runs(colours, segments)
    ]
    for place, colour in ((0, STEEPNESS[0]), (-1, "#24323d")):
        lines.append(
            f'<circle cx="{x[place]:.1f}" cy="{y[place]:.1f}" r="8" fill="{colour}"'
            ' stroke="#ffffff" stroke-width="3"/>'
        )
    return lines


def _axes(ride: Sketch, box: _Box) -> tuple[_Axis, _Axis]:
    """Kilometres across and metres up the box of the profile."""
    low, high = float(np.nanmin(ride.elevation)), float(np.nanmax(ride.elevation))
    across = _Axis(0.0, float(ride.distance_km[-1]), box.left, box.right)
    return across, _Axis(low, max(high, low + 50), box.bottom - 8, box.top)


def _heights(ride: Sketch) -> FloatArray:
    """Metres at every point, between the known ones along a straight line."""
    known = np.isfinite(ride.elevation)
    heights: FloatArray = np.interp(
        np.arange(len(ride)), np.flatnonzero(known), ride.elevation[known]
    )
    return heights


def _profile(
    ride: Sketch, colours: list[str], across: _Axis, up: _Axis, box: _Box, ticks: int = 3
) -> list[str]:
    x = np.interp(ride.distance_km, [across.low, across.high], [across.start, across.end])
    y = np.interp(_heights(ride), [up.low, up.high], [up.start, up.end])
    lines = [
        _grid_line(across.start, across.end, up(metres))
        + _tick(across.start - 8, up(metres) + 4, f"{metres:.0f} m", anchor="end")
        for metres in up.ticks(ticks)
    ]
    segments = Segments(ride.segment)
    for start, end in _runs(colours, segments):
        outline = _points(x[start : end + 1], y[start : end + 1])
        lines.append(
            f'<polygon fill="{colours[start]}" fill-opacity="0.75" points="{x[start]:.1f},'
            f'{box.bottom} {outline} {x[end]:.1f},{box.bottom}"/>'
        )
    for start, end in segments.bounds():
        lines.append(f'<polyline class="ridge" points="{_points(x[start:end], y[start:end])}"/>')
    return lines


def _climb_labels(ride: Sketch, across: _Axis, up: _Axis) -> list[str]:
    """What is said of each climb, over its summit and above all of the road that it is as wide as.

    Of two that would touch, the harder one is told.
    """
    lines: list[str] = []
    taken: list[tuple[float, float]] = []
    x = np.interp(ride.distance_km, [across.low, across.high], [across.start, across.end])
    y = np.interp(_heights(ride), [up.low, up.high], [up.start, up.end])
    for climb in ride.climbs:
        label = f"{climb.category} · {climb.description}" if climb.category else climb.description
        half = _LETTER_WIDTH * len(label) / 2
        middle = min(max(across(climb.end_km), across.start + half), across.end - half)
        left, right = middle - half - _LABEL_GAP, middle + half + _LABEL_GAP
        if all(right < begun or left > ended for begun, ended in taken):
            taken.append((left, right))
            # Also where the ridge enters and leaves, between two of its points.
            ridge = np.interp([left, right], x, y)
            highest = min(ridge.min(), y[(x > left) & (x < right)].min(initial=np.inf))
            lines.append(_tick(middle, float(highest) - _LABEL_GAP, label, kind="tick label"))
    return lines


def _grid_line(start: float, end: float, y: float) -> str:
    return f'<line class="grid" x1="{start}" x2="{end}" y1="{y:.1f}" y2="{y:.1f}"/>'


def _tick(x: float, y: float, text: str, anchor: str = "middle", kind: str = "tick") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>'


def _legend() -> list[str]:
    names = ("&lt; −1 %", "0–3 %", "3–6 %", "6–10 %", "&gt; 10 %")
    entries = enumerate(zip(names, (DESCENT, *STEEPNESS), strict=True))
    return [
        f'<rect x="{72 + 90 * i}" y="728" width="12" height="12" rx="3" fill="{colour}"/>'
        + _tick(90 + 90 * i, 739, name, anchor="start")
        for i, (name, colour) in entries
    ]


def _runs(colours: list[str], segments: Segments) -> list[tuple[int, int]]:
    """First and last point of each stretch of one colour, none across a gap."""
    runs = []
    for first, end in segments.bounds():
        changes = [i for i in range(first + 1, end - 1) if colours[i] != colours[i - 1]]
        runs += [pair for pair in pairwise([first, *changes, end - 1]) if pair[0] < pair[1]]
    return runs


def _points(x: FloatArray, y: FloatArray) -> str:
    return " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x.tolist(), y.tolist(), strict=True))


def _printable(text: str) -> str:
    return escape("".join(letter for letter in text if letter.isprintable()))
