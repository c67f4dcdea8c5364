import pytest

from src.services.tracks.suggestions import difficulty_of, suggested_title, title_of


@pytest.mark.parametrize(
    ("distance_km", "gain_m", "difficulty"),
    [
        (29.9, None, "easy"),
        (29.9, 499, "easy"),
        (30, 0, "moderate"),
        (10, 500, "moderate"),
        (60, 0, "difficult"),
        (10, 1000, "difficult"),
        (100, 999, "very_difficult"),
        (30, 1500, "very_difficult"),
        (150, None, "extreme"),
        (1, 2500, "extreme"),
    ],
)
def test_the_harder_of_distance_and_climbing_decides(
    distance_km: float, gain_m: float | None, difficulty: str
) -> None:
    assert difficulty_of(distance_km, gain_m) == difficulty


@pytest.mark.parametrize(
    ("file_name", "title"),
    [
        ("2024-05-20_ruta-del_cid_v2_final.gpx", "Ruta Del Cid"),
        ("Camino_del_Cid.gpx", "Camino Del Cid"),
        ("20240520T083549 subida.gpx", "Subida"),
        ("20-05-2024 vuelta.gpx", "Vuelta"),
        ("Mi ruta (1).GPX", "Mi Ruta"),
        ("puerto - copy.gpx", "Puerto"),
        ("Newton y finales.gpx", "Newton Y Finales"),
        ("GR247.gpx", "GR247"),
        ("puerto.CSV.gz", "Puerto"),
        ("puerto.gpx.xml", "Puerto"),
        (".gpx.gz", "Gpx"),
        ("2024-05-20.gpx", "2024-05-20"),
        (f"{'puerto-' * 40}.gpx", "Puerto " * 28 + "Puer"),
    ],
)
def test_a_title_is_what_a_person_would_read_in_the_file_name(file_name: str, title: str) -> None:
    assert title_of(file_name) == title


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Vuelta al pantano", "Vuelta al pantano"),
        (" 2026: Sa Calobra ", "2026: Sa Calobra"),
        ("x" * 300, "x" * 200),
        (None, "Puerto De Navacerrada"),
        ("", "Puerto De Navacerrada"),
        ("2026-05-01 10:15", "Puerto De Navacerrada"),
        ("Track 3", "Puerto De Navacerrada"),
        ("ACTIVE LOG", "Puerto De Navacerrada"),
        ("Sin título", "Puerto De Navacerrada"),
    ],
)
def test_the_name_in_the_file_comes_before_that_of_the_file(name: str | None, title: str) -> None:
    assert suggested_title(name, "2026-05-01_puerto de navacerrada.gpx") == title
