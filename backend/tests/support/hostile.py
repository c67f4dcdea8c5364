"""Files that ask for more work than their size deserves: each kind at any size.

`HOSTILE[name](size)` gives at most about `size` bytes, most of them of the kind that the name
tells. `bench/hostile.py` runs them at the size that an upload may have.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Kind = Callable[[int], bytes]
Numbers: TypeAlias = npt.NDArray[Any]

_HEAD = b'<?xml version="1.0" encoding="UTF-8"?><gpx version="1.1"><trk><trkseg>'
_TAIL = b"</trkseg></trk></gpx>"
_POINT = b'<trkpt lat="1" lon="2"/>'
# Just so long that as many as may be are in the largest file that may be.
_TWO_PLACES = b'<trkpt lat="1.25" lon="2"/><trkpt lat="1.5" lon="2"/>'
_HIGH_POINT = (
    b'<trkpt lat="1" lon="2"><ele>1</ele></trkpt><trkpt lat="2" lon="2"><ele>99</ele></trkpt>'
)
_RIDE = b"".join(
    b'<trkpt lat="48.%04d" lon="9.%04d"><ele>%d</ele></trkpt>' % (i, i, 400 + i % 90)
    for i in range(1000)
)


def filled(piece: bytes, size: int) -> bytes:
    """A piece again and again."""
    return piece * max(1, size // len(piece))


def numbered(template: bytes, size: int) -> bytes:
    """A piece again and again, with another number in it each time; `%d` may stand in it often."""
    values = template.count(b"%d")
    length = len(template) - 2 * values
    pieces, total, number = [], 0, 0
    while total < size:
        digits = b"%d" % number
        pieces.append(template.replace(b"%d", digits))
        total += length + values * len(digits)
        number += 1
    return b"".join(pieces)


def in_segment(points: Callable[[int], bytes], size: int) -> bytes:
    return _HEAD + points(size) + _TAIL


def in_document(before: bytes, inner: Callable[[int], bytes], after: bytes, size: int) -> bytes:
    """In a document that has a short ride at its end."""
    return (
        b"<gpx>"
        + before
        + inner(size)
        + after
        + b"<trk><trkseg>"
        + _RIDE
        + b"</trkseg></trk></gpx>"
    )


def in_encoding(codec: str, kind: Kind, size: int) -> bytes:
    """A document of its characters, in another encoding."""
    width = len("<>".encode(codec)) - len("<".encode(codec))
    text = kind(size // width).decode().replace("UTF-8", codec)
    return text.encode(codec)


def in_one_byte(before: bytes, after: bytes, size: int) -> bytes:
    """Letters of three bytes in UTF-8 that are one in their own encoding."""
    head = b'<?xml version="1.0" encoding="tis-620"?>'
    thai = "\N{THAI CHARACTER KO KAI}".encode("tis-620")
    return head + in_document(before, partial(filled, thai), after, size)


def damaged_at_the_end(kind: Kind, size: int) -> bytes:
    return kind(size).removesuffix(_TAIL) + b"</trkpt>" + _TAIL


def track(
    latitude: Numbers,
    longitude: Numbers,
    elevation: Numbers | None = None,
    time_s: Numbers | None = None,
    *,
    per_segment: int = 0,
    elevation_decimals: int = 0,
) -> bytes:
    """Points in as few bytes as they need."""
    place = '<trkpt lat="%.5f" lon="%.5f">'
    rows = [place % pair for pair in zip(latitude.tolist(), longitude.tolist(), strict=True)]
    if elevation is not None:
        height = f"%s<ele>%.{elevation_decimals}f</ele>"
        rows = [height % pair for pair in zip(rows, elevation.tolist(), strict=True)]
    if time_s is not None:
        stamps = np.datetime_as_string(time_s.astype("datetime64[s]")).tolist()
        rows = [f"{row}<time>{t}Z</time>" for row, t in zip(rows, stamps, strict=True)]
    rows = [f"{row}</trkpt>" for row in rows]
    if per_segment:
        rows[per_segment::per_segment] = [
            f"</trkseg><trkseg>{row}" for row in rows[per_segment::per_segment]
        ]
    return _HEAD + "".join(rows).encode() + _TAIL


def _bytes_per_point(elevation: bool = False, time: bool = False, segment: float = 0.0) -> int:
    return round(48 + 14 * elevation + 33 * time + 19 * segment)


def spiral(size: int) -> bytes:
    """Each split takes few points off."""
    angle = np.sqrt(np.arange(size // _bytes_per_point()))
    return track(1 + angle * np.cos(angle) / 1e4, 1 + angle * np.sin(angle) / 1e4)


def zigzag(size: int, *, widening: bool = False) -> bytes:
    step = np.arange(size // _bytes_per_point())
    width = step / step[-1] * 0.5 if widening else 0.001
    return track(1 + step % 2 * width, 1 + step * 1e-6)


def corners(size: int) -> bytes:
    """A staircase on the map, whose deviations are all alike."""
    step = np.arange(size // _bytes_per_point())
    return track(1 + step // 2 * 2e-5, 1 + (step + 1) // 2 * 2e-5)


def eastward(steps: int, step_m: float) -> tuple[Numbers, Numbers]:
    """Along the equator, round the earth as often as it takes."""
    degrees = np.arange(steps) * (step_m / 111_320)
    return np.zeros(steps), (degrees + 180) % 360 - 180


def stairs(
    size: int, *, run: int = 3, flat: int = 20, step_m: float = 250.0, per_segment: int = 0
) -> bytes:
    """Climbs on end, each a little lower than the one before, and a level behind each."""
    count = size // _bytes_per_point(elevation=True)
    number, within = np.divmod(np.arange(count), run + flat)
    rise_m = 90 - 30 * np.arange(number[-1] + 2) / (number[-1] + 2)
    foot_m = np.cumsum(rise_m) - rise_m[0]
    height = foot_m[number] + rise_m[number + 1] * np.minimum(within / run, 1)
    # Down in one step, which no road climbs, so that heights stay on the earth.
    return track(
        *eastward(count, step_m), height % 8000, per_segment=per_segment, elevation_decimals=2
    )


def teeth(size: int, *, height_m: float = 120.0, step_m: float = 1000.0) -> bytes:
    """Up and down from point to point, every one a summit."""
    count = size // _bytes_per_point(elevation=True)
    step = np.arange(count)
    return track(*eastward(count, step_m), step % 2 * (height_m + step % 7))


def growing_teeth(size: int) -> bytes:
    """Ups and downs that all lie within the next."""
    step = np.arange(size // _bytes_per_point(elevation=True))
    return track(
        1 + step * 1e-5, np.ones(len(step)), 4000 + (-1.0) ** step * step / len(step) * 4000
    )


def wide(size: int) -> bytes:
    """Every leg goes nearly round the earth, where geodesics converge slowly."""
    step = np.arange(size // _bytes_per_point())
    sign = (-1.0) ** step
    return track(0.3 * sign, 90 - 89.9 * sign)


def anywhere(size: int) -> bytes:
    """Points, heights and times at random."""
    chance = np.random.default_rng(1)
    count = size // _bytes_per_point(elevation=True, time=True)
    return track(
        chance.uniform(-90, 90, count),
        chance.uniform(-180, 180, count),
        chance.uniform(-400, 8800, count),
        chance.uniform(1e9, 1.7e9, count),
    )


def timed(size: int, order: str, per_segment: int = 0) -> bytes:
    """A slow ride whose times stand in another order."""
    share = 1 / per_segment if per_segment else 0.0
    count = size // _bytes_per_point(time=True, segment=share)
    step = np.arange(count)
    chance = np.random.default_rng(2)
    time_s = (
        1.5e9
        + {
            "backward": step[::-1],
            "shuffled": chance.permutation(count),
            "forward": step,
            "all the same": step * 0,
            "days apart": step * 60.0,
        }[order]
    )
    return track(1 + step * 1e-5, np.ones(count), time_s=time_s, per_segment=per_segment)


def strays(size: int, per_segment: int = 40) -> bytes:
    """Segments whose first point lies elsewhere."""
    count = size // _bytes_per_point(time=True, segment=1 / per_segment)
    step = np.arange(count)
    away = np.where(step % per_segment == 0, 0.5, 0.0)
    return track(
        1 + step * 1e-5 + away, np.ones(count), time_s=1.5e9 + step, per_segment=per_segment
    )


def islands(size: int, every: int = 41) -> bytes:
    """One line that jumps away and back as often as jumps are looked at."""
    count = size // _bytes_per_point(time=True)
    step = np.arange(count)
    away = np.where(step % every == 0, 0.5, 0.0)
    return track(1 + step * 1e-5 + away, np.ones(count), time_s=1.5e9 + step)


def scattered(size: int, part: float) -> bytes:
    """A line with a part of its points anywhere, so that nearly every stretch is short."""
    count = size // _bytes_per_point(time=True)
    step = np.arange(count)
    chance = np.random.default_rng(3)
    away = np.where(chance.random(count) < part, chance.uniform(1, 80, count), 0.0)
    return track(1 + step * 1e-5 + away, np.ones(count), time_s=1.5e9 + step)


def jagged_heights(size: int) -> bytes:
    """A flat road with every third elevation anywhere."""
    count = size // _bytes_per_point(elevation=True)
    step = np.arange(count)
    chance = np.random.default_rng(3)
    elevation = np.where(step % 3 == 0, chance.uniform(0, 8000, count), 100.0)
    return track(1 + step * 1e-5, np.ones(count), elevation)


def jumbled(size: int, per_segment: int) -> bytes:
    """Segments over the same instants, each with its points out of order."""
    count = size // _bytes_per_point(time=True, segment=1 / per_segment)
    step = np.arange(count)
    order = step + np.where(step % 2 == 0, 1.0, -1.0)
    time_s = 1.5e9 + order % per_segment + step // per_segment * 0.5
    return track(1 + order * 1e-5, np.ones(count), time_s=time_s, per_segment=per_segment)


def forms(size: int, tags: int = 50, letters: int = 150) -> bytes:
    """Points of many forms alike but in their last tag, all long."""
    form = b'<trkpt lat="1" lon="2">' + filled(b"<b" + b"c" * letters + b"/>", tags * (letters + 4))
    return in_segment(partial(numbered, form + b"<a%d/></trkpt>"), size)


def few_forms(size: int, letters: int) -> bytes:
    """As many forms as are looked for, in turn, all of them alike but at their end."""
    form = b'<trkpt lat="1" lon="2"><ele>1</ele>' + filled(b"<b/>", letters)
    turn = b"".join(form + b"<f%d/></trkpt>" % number for number in range(32))
    return in_segment(partial(filled, turn), size)


def ends_far_away(size: int) -> bytes:
    """Two points of a kind, then two of another."""
    return in_segment(partial(numbered, b'<p%d:trkpt lat="1" lon="2"/>' * 2), size)


def rough(size: int) -> bytes:
    """Every few kilometres another kind of relief, so that none of them is rare."""
    count = size // _bytes_per_point(elevation=True)
    chance = np.random.default_rng(3)
    stretch = np.arange(count) // 250
    length_m = chance.choice([80.0, 160.0, 320.0, 640.0, 1280.0, 2560.0], stretch[-1] + 1)[stretch]
    height_m = 0.3 * 6.0 ** chance.integers(0, 5, stretch[-1] + 1)[stretch]
    phase = np.cumsum(40 / length_m)
    height = height_m * np.sin(2 * np.pi * phase) + chance.normal(0, 0.05 * height_m)
    return track(*eastward(count, 40.0), 4000 + height, elevation_decimals=1)


def days(size: int) -> bytes:
    """Every point on another day than the one before."""
    count = size // _bytes_per_point(time=True)
    return track(*eastward(count, 10.0), time_s=1.2e9 + 86_400.0 * (np.arange(count) % 3000))


def tags_of_attributes(size: int, each: int) -> bytes:
    return in_segment(partial(filled, point_of_attributes(min(each, size))), size)


def point_of_attributes(size: int) -> bytes:
    return b'<trkpt lat="1" lon="2"' + numbered(b' a%d=""', size) + b"/>"


def points_of(children: bytes) -> Kind:
    return partial(in_segment, partial(filled, b'<trkpt lat="1" lon="2">' + children + b"</trkpt>"))


def comments_of_points(size: int) -> bytes:
    """Comments just short enough, in which whoever looks for points finds many."""
    comment = (
        b"<!--" + numbered(b'<p%d:trkpt lat="1" lon="2"/>' * 1000, min(size, 3_900_000)) + b"-->"
    )
    return in_segment(lambda most: _POINT * 9 + filled(comment, most) + _POINT * 9, size)


_SEGMENT = b"<trkseg><trkpt lat='1' lon='2'/></trkseg>"

HOSTILE: dict[str, Kind] = {
    "processing instructions in a name": partial(
        in_document, b"<name>", partial(filled, b"a<?p?>"), b"</name>"
    ),
    "references in a name": partial(in_document, b"<name>", partial(filled, b"&#65;"), b"</name>"),
    "an endless name": partial(in_document, b"<name>", partial(filled, b"a "), b"</name>"),
    "an endless description": partial(in_document, b"<desc>", partial(filled, b"a "), b"</desc>"),
    "names of tracks": partial(
        in_document, b"", partial(filled, b"<trk><name>ab</name></trk>"), b""
    ),
    "digits in an elevation": partial(
        in_document, b"<trk><trkseg><trkpt lat='1' lon='2'><ele>", partial(filled, b"1"),
        b"</ele></trkpt></trkseg></trk>",
    ),
    "digits in a latitude": partial(
        in_document, b'<trk><trkseg><trkpt lon="2" lat="', partial(filled, b"1"),
        b'"/></trkseg></trk>',
    ),
    "zeros in a latitude of every point": partial(
        in_segment, partial(filled, b'<trkpt lon="2" lat="1.' + b"0" * 5000 + b'"/>')
    ),
    "digits in the time of every point": partial(
        in_segment,
        partial(filled, b'<trkpt lat="1" lon="2"><time>' + b"2" * 3000 + b"</time></trkpt>"),
    ),
    "an attribute of a one-byte encoding": partial(in_one_byte, b'<a b="', b'"/>'),
    "text of a one-byte encoding": partial(in_one_byte, b"<name>", b"</name>"),
    "an endless comment": partial(in_document, b"<!--", partial(filled, b" a"), b"-->"),
    "an endless processing instruction": partial(
        in_document, b"<?p ", partial(filled, b" a"), b"?>"
    ),
    "points in an endless comment": partial(in_document, b"<!--", partial(filled, _POINT), b"-->"),
    "an endless CDATA section": partial(
        in_document, b"<name><![CDATA[", partial(filled, b"a]"), b"]]></name>"
    ),
    "an endless reference": partial(in_document, b"<name>&#", partial(filled, b"0"), b"65;</name>"),
    "an endless tag of a point": partial(in_segment, partial(point_of_attributes)),
    "an endless tag": partial(in_document, b"<a", partial(numbered, b' a%d=""'), b"/>"),
    "tags of some attributes": partial(tags_of_attributes, each=10_000),
    "tags of many attributes": partial(tags_of_attributes, each=200_000),
    "tags of very many attributes": partial(tags_of_attributes, each=1_200_000),
    "an endless name of an element": partial(
        in_document, b"<a", partial(filled, b"a"), b"/>"
    ),
    "elements": partial(in_document, b"", partial(filled, b"<a/>"), b""),
    "elements in a point": partial(
        in_document, b"<trk><trkseg><trkpt>", partial(filled, b"<a/>"), b"</trkpt></trkseg></trk>"
    ),
    "values of one point": partial(
        in_document, b'<trk><trkseg><trkpt lat="1" lon="2">', partial(filled, b"<hr>1</hr>"),
        b"</trkpt></trkseg></trk>",
    ),
    "elements of different names": partial(in_document, b"", partial(numbered, b"<a%d/>"), b""),
    "attributes of different names": partial(
        in_document, b"", partial(numbered, b'<a a%d=""/>'), b""
    ),
    "elements as deep as they may be": partial(
        in_document, b"", partial(filled, b"<a>" * 250 + b"</a>" * 250), b""
    ),
    "elements deeper than they may be": partial(in_document, b"", partial(filled, b"<a>"), b""),
    "comments": partial(in_document, b"", partial(filled, b"<!---->"), b""),
    "comments between points": partial(in_segment, partial(filled, _POINT + b"<!---->")),
    "comments between runs of points": partial(
        in_segment, partial(filled, _POINT * 9 + b"<!---->")
    ),
    "comments full of points of many prefixes": comments_of_points,
    "CDATA sections": partial(in_document, b"<name>", partial(filled, b"<![CDATA[]]>"), b"</name>"),
    "CDATA sections in points": partial(
        in_segment, partial(filled, b'<trkpt lat="1" lon="2"><ele><![CDATA[1]]></ele></trkpt>')
    ),
    "references in elevations": partial(
        in_segment, partial(filled, b'<trkpt lat="1" lon="2"><ele>&#49;</ele></trkpt>')
    ),
    "processing instructions": partial(in_document, b"", partial(filled, b"<?p?>"), b""),
    "processing instructions of different names": partial(
        in_document, b"", partial(numbered, b"<?p%d?>"), b""
    ),
    "waypoints": partial(in_document, b"", partial(filled, b'<wpt lat="1" lon="2"/>'), b""),
    "waypoints without a place": partial(in_document, b"", partial(filled, b"<wpt/>"), b""),
    "names of one waypoint": partial(
        in_document, b'<wpt lat="1" lon="2">', partial(filled, b"<name>a</name>"), b"</wpt>"
    ),
    "points without anything": partial(in_segment, partial(filled, b"<trkpt/>")),
    "points at one place": partial(in_segment, partial(filled, _POINT)),
    "points at two places": partial(in_segment, partial(filled, _TWO_PLACES)),
    "points at two places, one of them with a height": partial(
        in_segment, lambda size: _HIGH_POINT + filled(_TWO_PLACES, size) + _HIGH_POINT
    ),
    "points at two places, all with heights": partial(in_segment, partial(filled, _HIGH_POINT * 2)),
    "points at one place, not regular": partial(
        in_segment, partial(filled, b"<trkpt lat='1' lon=\"2\"/>")
    ),
    "route points beside track points": partial(
        in_document, b"<rte>", partial(filled, b"<rtept lat='1' lon=\"2\"/>"), b"</rte>"
    ),
    "points with all sensors": points_of(
        b"<hr>1</hr><cad>1</cad><power>1</power><temp>1</temp>"
    ),
    "points whose sensors cannot be read": points_of(b"<hr>x</hr><cad>x</cad><temp>x</temp>"),
    "points whose places cannot be read": partial(
        in_segment, partial(filled, b'<trkpt lat="x" lon="y"/>')
    ),
    "points with powers of ten": points_of(b"<ele>1e2</ele>"),
    "points with long decimals": points_of(b"<ele>1.2345678901234567890123456789</ele>"),
    "points with longer decimals": points_of(b"<ele>" + b"1.23456789" * 9 + b"</ele>"),
    "points with times in a zone": points_of(b"<time>2024-08-22T08:56:33+02:00</time>"),
    "points with times of no calendar": points_of(b"<time>2024-02-30T08:56:33Z</time>"),
    "points of a thousand days": days,
    "points with a time": partial(timed, order="forward"),
    "segments of one point": partial(in_document, b"<trk>", partial(filled, _SEGMENT), b"</trk>"),
    "segments without points": partial(
        in_document, b"<trk>", partial(filled, b"<trkseg/>"), b"</trk>"
    ),
    "tracks with a name and a point": partial(
        in_document, b"", partial(filled, b"<trk><name>a</name>" + _SEGMENT + b"</trk>"), b""
    ),
    "segments of two points, ridden backward": partial(timed, order="backward", per_segment=2),
    "points of many forms": partial(
        in_segment, partial(numbered, b'<trkpt lat="1" lon="2"><a%d/></trkpt>')
    ),
    "long points of many forms": forms,
    "points of many forms in turn": partial(few_forms, letters=4),
    "long points of many forms in turn": partial(few_forms, letters=200),
    "points of many prefixes": partial(
        in_segment, partial(numbered, b'<p%d:trkpt lat="1" lon="2"/>')
    ),
    "pairs of points of many prefixes": ends_far_away,
    "points that never end": partial(in_segment, partial(filled, b'<trkpt lat="1" lon="2">')),
    "points in points": partial(
        in_segment, lambda size: b"<trkpt>" * 200 + filled(_POINT, size) + b"</trkpt>" * 200
    ),
    "tags that never end": partial(in_segment, partial(filled, b"<trkpt ")),
    "every other point irregular": partial(
        in_segment, partial(filled, _POINT + b"<trkpt><b/></trkpt>")
    ),
    "one irregular point among nine": partial(
        in_segment, partial(filled, _POINT * 9 + b"<trkpt>a&amp;</trkpt>")
    ),
    "a ride damaged at its end": partial(
        damaged_at_the_end, partial(in_segment, partial(filled, _RIDE))
    ),
    "irregular points damaged at their end": partial(
        damaged_at_the_end, partial(in_segment, partial(filled, b"<trkpt lat='1' lon=\"2\"/>"))
    ),
    "a ride in ISO 2022": partial(
        in_encoding, "iso2022_jp_3", partial(in_segment, partial(filled, _RIDE))
    ),
    "a ride in UTF-16": partial(in_encoding, "utf-16", partial(in_segment, partial(filled, _RIDE))),
    "a ride in UTF-32": partial(in_encoding, "utf-32", partial(in_segment, partial(filled, _RIDE))),
    "white space": partial(in_document, b"", partial(filled, b"\n"), b""),
    "line ends in a name": partial(in_document, b"<name>", partial(filled, b"\n"), b"</name>"),
    "bytes without sense": partial(filled, b"\x00\xff<"),
    "a spiral": spiral,
    "a zigzag": zigzag,
    "a zigzag that widens": partial(zigzag, widening=True),
    "corners": corners,
    "stairs": stairs,
    "stairs in segments": partial(stairs, per_segment=23),
    "rough roads of many kinds": rough,
    "long stairs": partial(stairs, run=75, flat=500, step_m=10.0),
    "teeth": teeth,
    "teeth far apart": partial(teeth, step_m=20_000.0),
    "teeth that grow": growing_teeth,
    "legs nearly round the earth": wide,
    "points anywhere": anywhere,
    "times backward": partial(timed, order="backward"),
    "times shuffled": partial(timed, order="shuffled"),
    "times all the same": partial(timed, order="all the same"),
    "segments with a stray first point": strays,
    "a line with islands": islands,
    "a line with points anywhere": partial(scattered, part=0.33),
    "a line with heights anywhere": jagged_heights,
    "segments over the same instants, out of order": partial(jumbled, per_segment=10),
    "points with times of another script": points_of(
        "<time>۲۰۲۵-۰۵-۰۳T۰۸:۰۰:۰۰Z</time>".encode()
    ),
    "points with times in milliseconds": points_of(b"<time>1724328000000</time>"),
    "points with heights in metres": points_of(b"<ele>12,5 m</ele>"),
    "bare ampersands in names": partial(
        in_document, b"", partial(filled, b"<name>a & b</name>"), b""
    ),
}  # fmt: skip
