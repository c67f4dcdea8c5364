"""Columns are known by what recorders and spreadsheets call them."""

import pytest

from src.gpx.formats.csv_log.headers import KEYS, mapped, recognised

KNOWN = {
    "latitude": ["lat", "Latitude", "LATITUD", "lat (°)", "Latitude [deg]", "lat_deg"],
    "longitude": ["lon", "lng", "long", "Longitude", "longitud"],
    "elevation": ["ele", "elev", "alt", "Elevación (m)", "Altitude m", "altitud_m", "Elevación"],
    "time": ["time", "timestamp", "hora", "datetime", "fecha", "date", "Time (UTC)", "date_time"],
    "segment": ["segment", "segmento", "track", "seg"],
    "heart_rate": ["heart_rate", "HR", "fc", "pulso", "Heart Rate (bpm)", "heart-rate", "hr_bpm"],
    "cadence": ["cadence", "cad", "Cadencia (rpm)"],
    "power": ["power", "watts", "Potencia [W]", "power_watts"],
    "temperature": ["temperature", "temp", "Temperatura (°C)", "temp_c"],
}


@pytest.mark.parametrize(
    ("key", "header"), [(key, header) for key, headers in KNOWN.items() for header in headers]
)
def test_a_header_is_known_in_any_case_with_accents_and_units(key: str, header: str) -> None:
    assert {key: column.header for key, column in recognised(["x", header]).items()} == {
        key: header
    }


@pytest.mark.parametrize(
    "header",
    [
        *("Speed [km/h]", "", "flat", "latitude error", "m", "(m)", "lat lon", "temp_max"),
        "lat" + "_" * 100,
    ],
)
def test_other_headers_are_not_known(header: str) -> None:
    assert recognised([header]) == {}


def test_of_two_columns_with_one_meaning_the_first_counts() -> None:
    assert recognised(["lat", "latitude"])["latitude"].position == 0


def test_a_date_beside_a_time_of_day_keeps_its_column() -> None:
    assert set(recognised(["fecha", "hora"])) == {"date", "time"}


def test_every_key_can_be_mapped() -> None:
    headers = [f"column {number}" for number in range(len(KEYS))]
    columns = mapped(headers, dict(zip(KEYS, headers, strict=True)))
    assert {key: column.header for key, column in columns.items()} == dict(
        zip(KEYS, headers, strict=True)
    )


def test_a_mapped_header_is_first_sought_as_it_is_written() -> None:
    headers = ["LAT", "lat", "a|iso"]
    assert mapped(headers, {"latitude": "lat"})["latitude"].position == 1
    assert mapped(headers, {"latitude": "Lat "})["latitude"].position == 0
    assert mapped(headers, {"time": "a|iso"})["time"].time_format is None
