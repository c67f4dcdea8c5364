"""What no recording needs, and what a hostile file could make dear, is refused or cut."""

import math
import time
from typing import Any

import numpy as np
import pytest

from src.gpx.errors import NotXmlError, TooManyWaypointsError
from src.gpx.formats.gpx import read
from src.gpx.formats.values import LONGEST_TEXT
from src.gpx.formats.xml import document, scanner

POINTS = '<trkpt lat="1" lon="2"/><trkpt lat="1" lon="3"/>'
MIB = 1 << 20


def file(before: str = "", points: str = POINTS, behind: str = "") -> bytes:
    text = f"<gpx>{before}<trk><trkseg>{points}</trkseg></trk>{behind}</gpx>"
    return text.encode()


def refusal(data: bytes) -> str:
    with pytest.raises(NotXmlError) as error:
        read(data)
    return str(error.value)


@pytest.mark.parametrize(
    ("before", "behind"),
    [("<a b='", "'/>"), ("<!--", "-->"), ("<?a ", "?>"), ("<a", "/>"), ("<name>&#", "65;</name>")],
)
@pytest.mark.parametrize("padding", ["0", " a"])
def test_a_tag_or_comment_of_many_mebibytes_is_refused(
    before: str, behind: str, padding: str
) -> None:
    endless = f"{before}{padding * (6 * MIB // len(padding))}{behind}"

    with pytest.raises(NotXmlError):
        read(file(endless))
    with pytest.raises(NotXmlError):
        read(file(behind=endless))


def test_a_comment_of_a_few_mebibytes_is_passed_over() -> None:
    recording = read(file(before=f"<!--{POINTS * (3 * MIB // len(POINTS))}-->"))

    assert len(recording.track) == 2


@pytest.mark.parametrize("text", ["a " * MIB, "a<?p?>" * MIB, "a<!---->" * MIB, "&#65; " * MIB])
def test_of_an_endless_name_the_beginning_is_read(text: str) -> None:
    name = read(file(f"<name>Hochtannberg {text}</name>")).name

    assert name is not None
    assert name.startswith("Hochtannberg ")
    assert 1000 < len(name) <= LONGEST_TEXT


@pytest.mark.parametrize("field", ["ele", "time", "hr"])
@pytest.mark.parametrize("digits", [LONGEST_TEXT + 1, 100_000])
@pytest.mark.parametrize("others", [0, 100])
def test_an_endless_value_is_unreadable(field: str, digits: int, others: int) -> None:
    endless = f'<trkpt lat="1" lon="2"><{field}>{"0" * digits}7</{field}></trkpt>'
    track = read(file(points=f"{POINTS * others}{endless}{POINTS * others}")).track

    (values,) = (
        column
        for column in (track.elevation, track.time_s, *track.sensors.values())
        if not np.isnan(column).all()
    )
    assert values[2 * others] == math.inf


@pytest.mark.parametrize("digits", [LONGEST_TEXT, MIB])
def test_an_endless_position_is_unreadable(digits: int) -> None:
    track = read(file(points=f'{POINTS}<trkpt lat="1.{"0" * digits}" lon="2"/>{POINTS}')).track

    assert track.latitude.tolist() == [1, 1, math.inf, 1, 1]


def test_an_endless_value_of_spaces_is_unreadable_too() -> None:
    track = read(file(points=f'<trkpt lat="1" lon="2"><ele>{" " * 9999}7</ele></trkpt>')).track

    assert track.elevation[0] == math.inf


def test_thousands_of_names_of_elements_are_refused() -> None:
    assert "different names" in refusal(file("".join(f"<a{i}/>" for i in range(10_001))))


def test_thousands_of_names_of_attributes_are_refused() -> None:
    assert "different names" in refusal(file("".join(f"<a a{i}=''/>" for i in range(10_001))))


def test_millions_of_elements_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "_MAX_ELEMENTS", 1000)

    assert "elements" in refusal(file("<a/>" * 1001))


def test_texts_and_points_are_more_work_than_elements(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "_MAX_ELEMENTS", 1000)
    point = "<trkpt lat='1' lon=\"2\"/>"

    read(file("<a/>" * 900 + POINTS))
    assert "elements" in refusal(file("<name>a</name>" * 501))
    assert "elements" in refusal(file(points=point * 334))


def test_regular_points_are_as_many_as_the_caller_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "_MAX_ELEMENTS", 1000)

    assert len(read(file(points=POINTS * 5000)).track) == 10_000


@pytest.mark.parametrize("waypoint", ["<wpt/>", '<wpt lat="1" lon="2"><name>a</name></wpt>'])
def test_more_waypoints_than_the_caller_allows_are_refused(waypoint: str) -> None:
    read(file(waypoint * 7), max_waypoints=7)
    with pytest.raises(TooManyWaypointsError) as error:
        read(file(waypoint * 8), max_waypoints=7)
    assert error.value.limit == 7


def test_elements_may_be_nested_so_deep_and_no_deeper() -> None:
    read(file("<a>" * 250 + "</a>" * 250))
    assert refusal(file("<a>" * 260 + "</a>" * 260)) == "elements nested too deeply (line 1)"


def test_a_point_of_many_attributes_is_no_template() -> None:
    attributes = "".join(f' a{i}=""' for i in range(100_000))
    data = file(points=f'<trkpt lat="1" lon="2"{attributes}/>' * 3)
    start = time.process_time()

    assert "different names" in refusal(data)

    # The expression that takes tags apart would need minutes and gigabytes.
    assert time.process_time() - start < 2


def test_points_of_many_prefixes_are_left_to_the_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = 0
    read_block = scanner.Scanner._block

    def counting(self: scanner.Scanner, name: bytes, start: int, end: int) -> None:
        nonlocal blocks
        blocks += 1
        read_block(self, name, start, end)

    monkeypatch.setattr(scanner.Scanner, "_block", counting)
    points = "".join(f'<p{i}:trkpt lat="1" lon="2"/>' * 2 for i in range(9000))

    assert len(read(file(points=points)).track) == 18_000
    assert blocks < 10


def test_a_late_error_is_found_without_reading_again(monkeypatch: pytest.MonkeyPatch) -> None:
    documents = 0
    begin = document.Document.__init__

    def counting(self: document.Document, *arguments: Any) -> None:
        nonlocal documents
        documents += 1
        begin(self, *arguments)

    monkeypatch.setattr(document.Document, "__init__", counting)
    points = '<trkpt lat="1" lon="2"/>\n<trkpt lat="1" lon="2"/>\r\n<trkpt lat="1" lon="2"/>\r'

    assert (
        refusal(file(points=points * 5000 + "</trkpt>")) == "mismatched tag (line 15001, column 3)"
    )
    assert documents == 1
