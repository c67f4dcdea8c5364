import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from src.gpx import __main__ as command
from tests.support.fit_files import ride_as_fit
from tests.support.rides import build_gpx, record, rolling

BACKEND = Path(__file__).parents[3]


@pytest.fixture
def ride(tmp_path: Path) -> Path:
    path = tmp_path / "ride.gpx"
    path.write_bytes(build_gpx(points=500, name="Vuelta"))
    return path


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_piped_output_is_json(ride: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([str(ride)]) == 0

    assert json.loads(capsys.readouterr().out)["name"] == "Vuelta"


def test_a_terminal_gets_a_readable_summary(ride: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)

    assert command.main([str(ride)]) == 0

    assert terminal.getvalue().startswith("Vuelta\n")
    assert "Distance" in terminal.getvalue()


def test_a_terminal_gets_json_when_it_asks(ride: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)

    assert command.main([str(ride), "--json"]) == 0

    assert json.loads(terminal.getvalue())["total_points"] == 500


def test_a_fit_file_is_known_by_its_bytes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "ride"
    path.write_bytes(ride_as_fit(record(rolling(3))))

    assert command.main([str(path)]) == 0

    summary = json.loads(capsys.readouterr().out)
    assert summary["distance_km"] == pytest.approx(3, abs=0.1)
    assert summary["device_totals"]["manufacturer"] == "garmin"


def test_the_drawing_is_written_beside_the_summary(
    ride: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = tmp_path / "ride.svg"

    assert command.main([str(ride), "--svg", str(picture)]) == 0

    assert picture.read_text(encoding="utf-8").startswith("<svg")
    assert "Vuelta" in capsys.readouterr().out


@pytest.mark.parametrize("content", [b"not xml", b"<kml/>", b"<!DOCTYPE gpx []><gpx/>", b"<gpx/>"])
def test_a_bad_file_is_a_sentence_and_exit_code_1(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.gpx"
    path.write_bytes(content)

    assert command.main([str(path)]) == 1

    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"{path}: ")
    assert captured.err.count("\n") == 1


def test_a_missing_file_is_a_sentence_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main([str(tmp_path / "none.gpx")]) == 1
    assert "No such file" in capsys.readouterr().err


def test_a_picture_that_cannot_be_written_is_a_sentence_too(
    ride: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main([str(ride), "--svg", str(tmp_path / "no" / "where.svg")]) == 1
    assert "No such file" in capsys.readouterr().err


def test_the_module_runs_and_reads_its_standard_input(ride: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "src.gpx", "-"],
        input=ride.read_bytes(),
        capture_output=True,
        cwd=BACKEND,
        check=True,
    )

    assert json.loads(run.stdout)["name"] == "Vuelta"
    assert run.stderr == b""
