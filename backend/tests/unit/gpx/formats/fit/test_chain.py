"""Files one behind the other, damaged or not: what can be read is read, and the rest is told."""

import numpy as np
import pytest

from src.gpx.errors import NotFitError, TooManyMessagesError
from src.gpx.formats.fit import chain, is_fit, read
from src.gpx.model import Recording, Warning  # noqa: A004
from tests.support.fit_files import RECORD, RECORD_FIELDS, FieldType, FitFile, file_id, records

FIRST_TIME = 0x3000_0000


def ride(*, points: int = 100, first_latitude: int = 0, local: int = 3) -> FitFile:
    """`points` records whose latitudes, in semicircles, count from the first."""
    file = FitFile()
    file_id(file)
    rows = ((FIRST_TIME + i, first_latitude + i, 1000, 3000) for i in range(points))
    records(file, rows, local=local)
    return file


def latitudes(recording: Recording) -> list[int]:
    found: list[int] = (recording.track.latitude * (2**31 / 180)).round().astype(int).tolist()
    return found


def warned(data: bytes) -> list[str]:
    return [warning.kind for warning in read(data).warnings]


@pytest.mark.parametrize("header_size", [12, 14, 20])
def test_a_header_may_have_any_length(header_size: int) -> None:
    recording = read(ride().to_bytes(header_size=header_size))
    assert latitudes(recording) == [*range(100)]
    assert recording.warnings == ()


def test_a_header_without_its_own_checksum_says_zero() -> None:
    assert warned(ride().to_bytes(header_checksum=0)) == []


@pytest.mark.parametrize(
    ("data", "kinds"),
    [
        (ride().to_bytes(checksum=4711), ["checksum_wrong"]),
        (ride().to_bytes(header_checksum=4711), ["checksum_wrong"]),
        (ride().to_bytes(with_checksum=False), ["checksum_missing"]),
        (ride().to_bytes()[:-1], ["checksum_missing"]),
        (ride().to_bytes(data_size=0), ["wrong_data_size"]),
        (ride().to_bytes(data_size=0, with_checksum=False), ["wrong_data_size"]),
        (ride().to_bytes(data_size=500), ["wrong_data_size"]),
        (ride().to_bytes(data_size=2**32 - 1), ["file_cut_off"]),
        (ride().to_bytes() + b"\0" * 512, []),
        (ride().to_bytes() + b"junk" * 9, []),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else "-".join(value) or "nothing",
)
def test_a_damaged_frame_costs_no_point(data: bytes, kinds: list[str]) -> None:
    recording = read(data)
    assert latitudes(recording) == [*range(100)]
    assert recording.warnings == tuple(Warning(kind, 1, 0) for kind in kinds)


def test_a_file_cut_off_anywhere_gives_the_points_before() -> None:
    data, message_bytes = ride().to_bytes(), 17
    last = len(data) - 2
    for end in range(last - 5 * message_bytes, last):
        recording = read(data[:end])
        assert latitudes(recording) == [*range(100 - -(-(last - end) // message_bytes))]
        assert [warning.kind for warning in recording.warnings] == ["file_cut_off"]


def test_what_follows_an_undefined_message_is_left_out() -> None:
    file = ride()
    file.messages += b"\x07 nobody has defined this"
    recording = read(file.to_bytes())
    assert latitudes(recording) == [*range(100)]
    assert recording.warnings == (Warning("unreadable_messages", 1, 0),)


def test_files_follow_each_other_each_as_a_segment_of_its_own() -> None:
    parts = [ride(points=10 + i, first_latitude=1000 * i, local=i).to_bytes() for i in range(3)]
    recording = read(b"".join(parts))
    assert latitudes(recording) == [*range(10), *range(1000, 1011), *range(2000, 2012)]
    assert recording.track.segments.lengths.tolist() == [10, 11, 12]
    assert recording.warnings == ()


def test_a_flaw_is_told_at_the_first_point_of_its_file() -> None:
    whole, wrong = ride(points=10).to_bytes(), ride(points=20).to_bytes(checksum=1)
    assert read(whole + wrong + wrong).warnings == (Warning("checksum_wrong", 2, 10),)


def test_a_checksum_may_be_missing_within_the_chain() -> None:
    recording = read(ride(points=10).to_bytes(with_checksum=False) + ride(points=20).to_bytes())
    assert recording.track.segments.lengths.tolist() == [10, 20]
    assert recording.warnings == (Warning("checksum_missing", 1, 0),)


def test_a_checksum_is_not_taken_for_a_message() -> None:
    for count in range(1, 40):
        file = FitFile()
        for local in range(16):
            file.define(local, RECORD, (FieldType(3, "uint8"),))
        for _ in range(count):
            file.write(0, 120)
        assert len(read(file.to_bytes(data_size=0)).track) == count


def test_bits_of_no_account_in_a_header_are_passed_over() -> None:
    file = ride(points=100)
    message_bytes = 17
    for point, bits in ((50, 0x10), (60, 0x20), (99, 0x30)):
        file.messages[(point - 100) * message_bytes] |= bits
    assert latitudes(read(file.to_bytes())) == [*range(100)]


def test_definitions_end_with_their_file() -> None:
    undefined = FitFile()
    undefined.messages += ride().messages[-17:]
    assert warned(ride().to_bytes() + undefined.to_bytes()) == ["unreadable_messages"]


@pytest.mark.parametrize("damage", [{"data_size": 0}, {"data_size": 999}])
def test_a_file_behind_a_damaged_one_is_found(damage: dict[str, int]) -> None:
    first = ride(points=10).to_bytes(**damage)  # type: ignore[arg-type]
    recording = read(first + ride(points=5, first_latitude=1000).to_bytes())
    assert latitudes(recording)[:10] == [*range(10)]
    assert latitudes(recording)[-5:] == [*range(1000, 1005)]
    assert recording.warnings[0].kind == "wrong_data_size"


@pytest.mark.parametrize(
    "data",
    [b"", b"\x0e", b"<gpx/>", b"\x0e\x20\x00\x00\x00\x00\x00\x00.FIR" + b"\0" * 99],
)
def test_other_bytes_are_no_fit_file(data: bytes) -> None:
    assert not is_fit(data)
    with pytest.raises(NotFitError, match="does not begin"):
        read(data)


@pytest.mark.parametrize("data", [FitFile().to_bytes(), ride().to_bytes()[:20]])
def test_a_header_alone_is_no_fit_file_either(data: bytes) -> None:
    assert is_fit(data)
    with pytest.raises(NotFitError, match="no message"):
        read(data)


def test_a_chain_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "MOST_FILES", 3)
    data = ride(points=2).to_bytes()
    assert len(read(3 * data).track) == 6
    with pytest.raises(TooManyMessagesError):
        read(4 * data)


def test_many_headers_in_a_damaged_file_are_not_all_followed() -> None:
    headers = FitFile().to_bytes(data_size=7)[:14] * 20_000
    recording = read(ride().to_bytes(data_size=1) + headers)
    assert len(recording.track) == 100


def test_types_that_take_turns_read_as_well_as_runs() -> None:
    file = FitFile()
    file.define(0, RECORD, RECORD_FIELDS)
    file.define(1, 233, (FieldType(2, "byte", 7),))
    order = np.random.default_rng(0).integers(0, 2, 3000).cumsum() // 40 % 2
    for point, local in enumerate(order.tolist()):
        file.write(0, FIRST_TIME + point, point, 0, 0)
        file.write(1, point % 250) if local else file.write(0, FIRST_TIME + point, point, 1, 0)
    expected = [point for point, local in enumerate(order) for _ in range(2 - local)]
    assert latitudes(read(file.to_bytes())) == expected
