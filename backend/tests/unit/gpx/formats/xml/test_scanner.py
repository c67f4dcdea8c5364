"""The scanner reads what the XML parser alone reads, in whatever way a file is written."""

import random
import re
import time
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from src.gpx.errors import GpxError, NotXmlError
from src.gpx.formats.gpx import parsed, scanned
from src.gpx.formats.xml.document import Document
from src.gpx.formats.xml.encoding import detect
from src.gpx.model import Track

MAX_POINTS = 100_000
BLOCKS = (40, 200, 1000, 1 << 20)

NUMBERS = (
    "59.44389", "-8.010677", "7", "-0.0", "0", "123.4", "12345678.5", "1234567.12345678",
    "48.123456789", "47.64482064172625541687011718750", "8850.0000000000001", "12.", ".5", "+3.25",
    "1e2", "NaN", "inf", "", "  61.5\n", "6 1", "abc", "1_0", "5&#x31;.25", "-", "--1", "1.2.3",
    "12,5", "&amp;", "<![CDATA[12.5]]>", "1<!-- c -->2", "<b/>4", "٣", "1>2", "4]5", "9999999.0",
)  # fmt: skip
TIMES = (
    "2024-08-22T08:56:33Z", "2024-08-22T08:56:34Z", "2024-08-22T08:56:33.000Z", "",
    "2024-02-29T23:59:59.123456Z", "2023-02-29T00:00:00Z", "2024-13-01T00:00:00Z",
    "2024-08-22T24:00:00Z", "2024-08-22T08:60:00Z", "2024-08-22T08:00:60Z",
    "2024-08-22T08:56:33+02:00", "2024-08-22T08:56:33.5-03:30", "2024-08-22T08:56:33",
    "2024-08-22T08:56:33.123456789Z", "2024-08-22T08:56:33.1234567Z", "2024-08-22 08:56:33Z",
    "2024-08-22", "yesterday", "1969-12-31T23:59:59.25Z", "0001-01-01T00:00:00Z",
    "2024-08-22T08:56Z", " 2024-08-22T08:56:33Z\n",
    "9999-12-31T23:59:59.999999Z", "2024-08-22T08:56:33.Z",
    "2024-08-22T08:56:3&#x33;Z", "2024-08-22T08:56:33.12x", "2024/08/22T08:56:33Z",
    "0000-06-30T23:59:59Z", "0001-01-01", "2023-02-29 ",
)  # fmt: skip
EXTRAS = (
    "<hdop>1</hdop>", "<desc>5 > 4, [x]</desc>", "<name>Gipfel &amp; Grat</name>",
    "<!-- <trkpt> -->", "<![CDATA[<trkpt lat='1' lon='2'>]]>",
    "<?go <trkpt lat='1' lon='2'/> ?>", "<name>Höhe</name>",
    '<link href="http://x/?a=b"><text>t</text></link>', "<src/>", "<fix >3d</fix >",
    "<extensions><power>210</power><g:hr>99</g:hr><x><g:cad>80</g:cad></x></extensions>",
    "<extensions><hr>1</hr><hr>2</hr></extensions>", "<extensions><ele>5</ele></extensions>",
    "<hr></hr><hr>70</hr>", "<time/>", "<ele></ele>", '<s q="\'">\'</s>', "<q>\"</q>",
    "<atemp>-3.5</atemp>",
)  # fmt: skip
BETWEEN = (
    "", "", "", "\n", "\r\n\t", "<!-- a comment -->", "<!-- <trkpt lat='3' lon='4'/> -->",
    "<?note <trkpt lat='3' lon='4'></trkpt> ?>", "<![CDATA[ <trkpt lat='3' lon='4'/> ]]>", "text",
    "</trkseg><trkseg>", "</trkseg></trk><trk><name>two</name><trkseg>", "<extensions/>",
    "</trkseg></trk><rte><rtept lat='1' lon='2'/><rtept lat='1' lon='3'/></rte><trk><trkseg>",
    "</trkseg></trk><wpt lat='1' lon='2'><ele>3</ele><name>hut</name></wpt><trk><trkseg>",
    "<trkpt/>", "<trkpt lat='1'/>", "<trkpt lon='1' lat='2'></trkpt>",
)  # fmt: skip


@dataclass(frozen=True)
class Style:
    """How one program writes its points; all but those with both kinds of quotes are regular."""

    start: str
    end: str
    children: tuple[str, ...]
    is_regular: bool = True


STYLES = (
    Style(
        '<trkpt lat="{lat}" lon="{lon}">', "</trkpt>", ("<ele>{ele}</ele>", "<time>{time}</time>")
    ),
    Style('<trkpt lon="{lon}" lat="{lat}">\n  ', "\n</trkpt>\n", ("<ele>{ele}</ele>\n",)),
    Style("<trkpt lat='{lat}' lon='{lon}' >", "</trkpt >", ("<time>{time}</time>",)),
    Style('<trkpt lat="{lat}" lon="{lon}"/>', "", ()),
    Style(
        '<g:trkpt\n lat = "{lat}"\tlon="{lon}" id=\'7\'>',
        "</g:trkpt>",
        ("<g:time>{time}</g:time>", "<g:ele>{ele}</g:ele>"),
        is_regular=False,
    ),
    Style('<g:trkpt lat="{lat}" lon="{lon}">', "</g:trkpt>", ("<g:ele>{ele}</g:ele>",)),
    Style(
        '<trkpt lat="{lat}" lon="{lon}" id="a">',
        "</trkpt>",
        (
            "<ele>{ele}</ele>",
            "<time>{time}</time>",
            "<extensions><ns3:TrackPointExtension>",
            "<ns3:atemp>21</ns3:atemp><ns3:hr>{ele}</ns3:hr>",
            "</ns3:TrackPointExtension></extensions>",
        ),
    ),
)  # fmt: skip


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    """Files mostly in one style, with irregularities of every kind sprinkled over them."""
    chance = random.Random(draw(st.integers(0, 2**32)))
    style = chance.choice(STYLES)
    oddity = chance.choice((0.0, 0.0, 0.02, 0.2, 0.6))

    def pick(usual: str, odd: tuple[str, ...]) -> str:
        return chance.choice(odd) if chance.random() < oddity else usual

    points = []
    for _ in range(chance.randrange(60)):
        values = {
            "lat": pick(f"{chance.uniform(-90, 90):.{chance.randrange(9)}f}", NUMBERS),
            "lon": pick(f"{chance.uniform(-180, 180):.6f}", NUMBERS),
            "ele": pick(f"{chance.uniform(-10, 3000):.1f}", NUMBERS),
            "time": pick(f"2024-08-{chance.randrange(10, 30)}T12:00:00Z", TIMES),
        }
        between = pick("", BETWEEN)
        form = chance.choice(STYLES) if chance.random() < oddity else style
        children = [pick(child, ("", *EXTRAS)) for child in form.children]
        values["lat"], values["lon"] = (_attribute(values[key]) for key in ("lat", "lon"))
        points.append(between + (form.start + "".join(children) + form.end).format(**values))
    head = chance.choice(
        ("", "<name>n</name>", "<metadata><name>m</name></metadata>", "<!-- x -->")
    )
    text = f"<gpx>{head}<trk><name>t</name><trkseg>{''.join(points)}</trkseg></trk></gpx>"
    return text.encode()


def _attribute(text: str) -> str:
    return text if "<" not in text else "0"


def outcome(read: object) -> object:
    """What a reading gives, in a form to be compared."""
    try:
        document = read()  # type: ignore[operator]
    except GpxError as error:
        return repr(error), vars(error)
    return (
        _columns(document.track_points.track()),
        _columns(document.route_points.track()),
        document.names,
        document.waypoints,
    )


def _columns(track: Track) -> dict[str, list[str]]:
    named = {
        "latitude": track.latitude,
        "longitude": track.longitude,
        "elevation": track.elevation,
        "time_s": track.time_s,
        "segment": track.segment,
        **track.sensors,
    }
    return {name: list(map(repr, values.tolist())) for name, values in named.items()}


@given(data=documents(), block_bytes=st.sampled_from(BLOCKS))
@settings(max_examples=300, deadline=None)
def test_the_scanner_reads_exactly_what_the_parser_reads(data: bytes, block_bytes: int) -> None:
    alone = outcome(lambda: parsed(data, MAX_POINTS))
    assert outcome(lambda: scanned(data, MAX_POINTS, block_bytes=block_bytes)) == alone


@given(data=documents(), block_bytes=st.sampled_from(BLOCKS), seed=st.integers(0, 2**32))
@settings(max_examples=300, deadline=None)
def test_a_damaged_file_is_refused_wherever_the_parser_refuses_it(
    data: bytes, block_bytes: int, seed: int
) -> None:
    chance = random.Random(seed)
    start = chance.randrange(len(data))
    end = start + chance.choice((0, 0, 1, 1, 5, 200, len(data)))
    damage = chance.choice(
        (b"", b"<", b">", b"&", b'"', b"\0", b"\xff", b"</trkpt>", b"<!--", b"]]>")
    )
    damaged = data[:start] + damage + data[end:]
    # UTF-16 to the parser, which counts columns of it; the reader decodes it before it is scanned.
    assume(detect(damaged) == "utf-8")
    alone = outcome(lambda: parsed(damaged, MAX_POINTS))
    assert outcome(lambda: scanned(damaged, MAX_POINTS, block_bytes=block_bytes)) == alone


@given(data=documents(), block_bytes=st.sampled_from(BLOCKS), limit=st.integers(0, 40))
@settings(max_examples=100, deadline=None)
def test_the_scanner_counts_points_like_the_parser(
    data: bytes, block_bytes: int, limit: int
) -> None:
    alone = outcome(lambda: parsed(data, limit))
    assert outcome(lambda: scanned(data, limit, block_bytes=block_bytes)) == alone


@pytest.mark.parametrize("style", [style for style in STYLES if style.is_regular])
def test_the_parser_sees_hardly_any_point_of_a_regular_file(
    style: Style, monkeypatch: pytest.MonkeyPatch
) -> None:
    points = [
        (style.start + "".join(style.children) + style.end).format(
            lat=f"{48 + i / 1e4:.6f}", lon=f"{9 + i / 1e4:.5f}", ele=400 + i / 10,
            time=f"2024-08-22T08:{i // 60 % 60:02d}:{i % 60:02d}Z",
        )
        for i in range(1000)
    ]  # fmt: skip
    data = f"<gpx><trk><trkseg>{''.join(points)}</trkseg></trk></gpx>".encode()
    seen = 0
    feed = Document.feed

    def counting(self: Document, data: bytes | memoryview, *, final: bool = False) -> None:
        nonlocal seen
        seen += len(re.findall(rb"trkpt\s", data))
        feed(self, data, final=final)

    monkeypatch.setattr(Document, "feed", counting)
    track = scanned(data, MAX_POINTS, block_bytes=20_000).track_points.track()
    assert len(track) == 1000
    assert np.isfinite(track.latitude).all()
    assert seen < 10


@pytest.mark.parametrize("everywhere", [True, False])
@pytest.mark.parametrize(
    "damaged",
    [
        '<trkpt lat="1" lon="2"><name>a ]]> b</name></trkpt>',
        '<trkpt lat="1" lon="2"><name>a & b</name></trkpt>',
        '<trkpt lat="1" lon="2"><name>a \x07 b</name></trkpt>',
        '<trkpt lat="1" lon="2"><name>a b</nam></trkpt>',
        '<trkpt lat="1" lon="2"><name>a b</trkpt></name>',
        '<trkpt lat="1" lon="2"><name>a b</trkpt>',
        '<trkpt lat="1" lon="2"><name a="1" a="2">b</name></trkpt>',
        '<trkpt lat="1" lon="2" lat="3"><name>b</name></trkpt>',
        '<trkpt lat="1"lon="2"><name>b</name></trkpt>',
        '<trkpt lat="1" lon="<a"><name>b</name></trkpt>',
        '<trkpt lat="1" lon="<name>b"></name></trkpt>',
        '<trkpt lat="1" lon=2><name>b</name></trkpt>',
        '<trkpt lat="1" lon="2" ><name>b</ name></trkpt>',
        '<trkpt lat="1" lon="2"><1name>b</1name></trkpt>',
        '<trkpt lat="1" lon="2"/><name>b</name></trkpt>',
        '<trkpt lat="1" lon="2"><name>b</name x="1"></trkpt>',
        '<trkpt lat="1" lon="2"><name>b</name/></trkpt>',
    ],
)
def test_one_damaged_point_spoils_the_file(damaged: str, everywhere: bool) -> None:
    good = '<trkpt lat="1" lon="2"><name>b</name></trkpt>'
    points = damaged * 50 if everywhere else good * 50 + damaged + good * 50
    data = f"<gpx><trk><trkseg>{points}</trkseg></trk></gpx>".encode()
    for block_bytes in BLOCKS:
        with pytest.raises(NotXmlError):
            scanned(data, MAX_POINTS, block_bytes=block_bytes)


POINT = '<trkpt lat="1" lon="2"/>'
REGULAR = POINT * 8
NASTY = {
    "every point with a prefix of its own": "".join(
        f'<p{i}:trkpt lat="1" lon="2"/>' for i in range(60_000)
    ),
    "points of many forms": "".join(
        f'<trkpt lat="1" lon="2"><a{i}/></trkpt>' for i in range(50_000)
    ),
    "points in a long comment": f"{REGULAR}<!-- {(REGULAR + '<b/>') * 10_000} -->",
    "points in a long CDATA section": f"{REGULAR}<![CDATA[ {(REGULAR + '<b/>') * 10_000} ]]>",
    "points in a long processing instruction": f"{REGULAR}<?a {(REGULAR + '<b/>') * 10_000} ?>",
    "every other point irregular": (POINT + "<trkpt><b/></trkpt>") * 30_000,
    "one irregular point among ten": (REGULAR + POINT + "<trkpt>&amp;</trkpt>") * 8_000,
    "points between comments": (REGULAR + "<!-- a -->") * 8_000,
    "points nested in points": "<trkpt>" * 100 + POINT * 50_000 + "</trkpt>" * 100,
    "an endless tag": f"<a b='{POINT.replace('<', '&lt;') * 60_000}'/>",
}


@pytest.mark.parametrize("name", NASTY)
def test_nasty_files_take_no_longer_than_their_size_deserves(name: str) -> None:
    data = f"<gpx><trk><trkseg>{NASTY[name]}</trkseg></trk></gpx>".encode()
    start = time.process_time()
    alone = outcome(lambda: parsed(data, 10**6))
    parser_s = time.process_time() - start
    start = time.process_time()
    assert outcome(lambda: scanned(data, 10**6)) == alone
    assert time.process_time() - start < 4 * parser_s + 0.5
