"""A ride as a picture: the route and the elevation profile in one SVG, coloured by gradient."""

from dataclasses import dataclass
from html import escape
from itertools import pairwise

import numpy as np

from src.gpx.model import Analysis, FloatArray, Segments, SimplifiedTrack
from src.gpx.presentation.readable import hours_and_minutes
from src.gpx.statistics.gradients import CLASSES

_WIDTH, _HEIGHT = 1200, 760
_MARGIN = 48
_PROFILE_TOP, _PROFILE_BOTTOM = 580, 700
_LABEL_WIDTH = 140
_MOST_POINTS = 2000

_DESCENT = "#7a9cc0"
_DESCENT_PERCENT = -1.0
_STEEPNESS = ("#3f9d6b", "#e3b23c", "#e07b39", "#b8322f")
_STYLE = """
  text { font-family: system-ui, "Helvetica Neue", Arial, sans-serif; fill: #24323d }
  .title { font-size: 26px; font-weight: 600 }
  .facts { font-size: 17px; fill: #566773 }
  .tick { font-size: 12px; fill: #7c8b95 }
  .grid { stroke: #dfe5e8; stroke-width: 1 }
  .casing { fill: none; stroke: #ffffff; stroke-width: 9 }
  .route { fill: none; stroke-width: 4.5 }
  .ridge { fill: none; stroke: #24323d; stroke-width: 1.5 }
  polyline { stroke-linejoin: round; stroke-linecap: round }
"""


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
    track = _coarse(analysis.simplified)
    colours = _colours(track)
    has_profile = bool(np.isfinite(track.elevation).any()) and analysis.distance_km > 0
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img">',
        f"<style>{_STYLE}</style>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" rx="16" fill="#f6f8f7"/>',
        f'<text class="title" x="{_MARGIN}" y="56">{_printable(analysis.name or "GPX")}</text>',
        f'<text class="facts" x="{_MARGIN}" y="84">{_facts(analysis)}</text>',
        *_route(track, colours, bottom=_PROFILE_TOP - 40 if has_profile else 720),
    ]
    if has_profile:
        parts += _profile(analysis, track, colours)
        parts += _legend()
    return "\n".join([*parts, "</svg>", ""])


def _coarse(track: SimplifiedTrack) -> SimplifiedTrack:
    """The coarsest level of detail that still fills the picture."""
    if len(track) <= _MOST_POINTS:
        return track
    bar = np.partition(track.tolerance_m, -_MOST_POINTS)[-_MOST_POINTS]
    return track.at(track.tolerance_m >= bar)


def _facts(analysis: Analysis) -> str:
    facts = [f"{analysis.distance_km:.1f} km"]
    if analysis.elevation_gain is not None and analysis.elevation_loss is not None:
        facts += [f"↗ {analysis.elevation_gain:.0f} m", f"↘ {analysis.elevation_loss:.0f} m"]
    minutes = analysis.statistics.moving_time_minutes
    if minutes is not None:
        facts.append(hours_and_minutes(minutes))
    if analysis.statistics.avg_speed_kmh is not None:
        facts.append(f"{analysis.statistics.avg_speed_kmh:.1f} km/h")
    return " · ".join(facts)


def _colours(track: SimplifiedTrack) -> list[str]:
    """One for each leg between neighbouring points, by the slope of a stretch that one can see."""
    known = np.isfinite(track.elevation)
    if not known.any():
        return [_STEEPNESS[0]] * (len(track) - 1)
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
        _DESCENT if slope < _DESCENT_PERCENT else _STEEPNESS[kind]
        for slope, kind in zip(gradient.tolist(), kinds.tolist(), strict=True)
    ]


def _route(track: SimplifiedTrack, colours: list[str], bottom: int) -> list[str]:
    longitude = track.longitude - track.longitude[0]
    longitude = (longitude + 180) % 360 - 180
    shrink = np.cos(np.radians(0.5 * (track.latitude.min() + track.latitude.max())))
    x, y = longitude * shrink, -track.latitude
    span_x, span_y = np.ptp(x), np.ptp(y)
    width, height, top = _WIDTH - 2 * _MARGIN, bottom - 110, 110
    segments = Segments(track.segment)
    scale = min(width / max(span_x, 1e-9), height / max(span_y, 1e-9))
    x = _MARGIN + width / 2 + scale * (x - x.min() - span_x / 2)
    y = top + height / 2 + scale * (y - y.min() - span_y / 2)
    lines = [
        f'<polyline class="casing" points="{_points(x[start:end], y[start:end])}"/>'
        for start, end in segments.bounds()
    ]
    lines += [
        f'<polyline class="route" stroke="{colours[start]}"'
        f' points="{_points(x[start : end + 1], y[start : end + 1])}"/>'
        for start, end in _runs(colours, segments)
    ]
    for place, colour in ((0, _STEEPNESS[0]), (-1, "#24323d")):
        lines.append(
            f'<circle cx="{x[place]:.1f}" cy="{y[place]:.1f}" r="8" fill="{colour}"'
            ' stroke="#ffffff" stroke-width="3"/>'
        )
    return lines


def _profile(analysis: Analysis, track: SimplifiedTrack, colours: list[str]) -> list[str]:
    known = np.isfinite(track.elevation)
    height = np.interp(np.arange(len(track)), np.flatnonzero(known), track.elevation[known])
    low, high = float(height.min()), float(height.max())
    across = _Axis(0.0, analysis.distance_km, _MARGIN + 24, _WIDTH - _MARGIN)
    up = _Axis(low, max(high, low + 50), _PROFILE_BOTTOM - 8, _PROFILE_TOP)
    x = np.interp(track.distance_km, [across.low, across.high], [across.start, across.end])
    y = np.interp(height, [up.low, up.high], [up.start, up.end])
    lines = [
        _grid_line(across.start, across.end, up(metres))
        + _tick(across.start - 8, up(metres) + 4, f"{metres:.0f} m", anchor="end")
        for metres in up.ticks(3)
    ]
    segments = Segments(track.segment)
    for start, end in _runs(colours, segments):
        outline = _points(x[start : end + 1], y[start : end + 1])
        lines.append(
            f'<polygon fill="{colours[start]}" fill-opacity="0.75" points="{x[start]:.1f},'
            f'{_PROFILE_BOTTOM} {outline} {x[end]:.1f},{_PROFILE_BOTTOM}"/>'
        )
    for start, end in segments.bounds():
        lines.append(f'<polyline class="ridge" points="{_points(x[start:end], y[start:end])}"/>')
    lines += [
        _tick(across(kilometres), _PROFILE_BOTTOM + 18, f"{kilometres:g} km")
        for kilometres in across.ticks(10)
    ]
    taken: list[float] = []
    for climb in analysis.statistics.top_climbs:
        summit = across(climb.end_km)
        if all(abs(summit - other) > _LABEL_WIDTH for other in taken):
            taken.append(summit)
            above = float(np.interp(climb.end_km, track.distance_km, y)) - 8
            category = f"{climb.category} · " if climb.category else ""
            lines.append(_tick(summit, above, category + climb.description))
    return lines


def _grid_line(start: float, end: float, y: float) -> str:
    return f'<line class="grid" x1="{start}" x2="{end}" y1="{y:.1f}" y2="{y:.1f}"/>'


def _tick(x: float, y: float, text: str, anchor: str = "middle") -> str:
    return f'<text class="tick" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>'


def _legend() -> list[str]:
    names = ("↘", "0–3 %", "3–6 %", "6–10 %", "&gt; 10 %")
    entries = enumerate(zip(names, (_DESCENT, *_STEEPNESS), strict=True))
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
