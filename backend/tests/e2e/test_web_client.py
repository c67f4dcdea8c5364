"""The web app's generated client, run by Node.js against a running service."""

import json
import subprocess
from pathlib import Path
from typing import Any

from src.config import PROJECT_ROOT
from src.gpx import analyse
from tests.support.rides import build_gpx
from tests.support.service import dev_service

CLIENT = PROJECT_ROOT / "frontend" / "web.sh"


def run_client(*command: str | Path) -> str:
    finished = subprocess.run(
        [CLIENT, *command], capture_output=True, text=True, timeout=180, check=False
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


def test_the_generated_client_takes_a_ride_all_the_way(tmp_path: Path) -> None:
    ride = build_gpx(points=2000)
    (tmp_path / "2026-05-01_vuelta_al_pantano.gpx").write_bytes(ride)
    run_client("install")
    with dev_service(tmp_path / "data") as (address, _):
        output = run_client(
            "node", "tests/journey.ts", address, tmp_path / "2026-05-01_vuelta_al_pantano.gpx"
        )
    seen: dict[str, Any] = json.loads(output)
    expected = analyse(ride)
    stages = seen.pop("stages")
    assert stages[-1] == "done"
    assert seen.pop("asked") == ["done"]
    assert 2 < seen.pop("thumbnailPoints") <= 20
    assert abs(seen.pop("lastPointKm") / expected.distance_km - 1) < 0.02
    assert seen == {
        "anonymous": "UNAUTHORIZED",
        "taken": [400, "USERNAME_TAKEN", "username", "That username is already taken"],
        "username": "ana",
        "title": "Vuelta Al Pantano",
        "sameUpload": True,
        "status": "completed",
        "distanceKm": round(expected.distance_km, 3),
        "points": expected.simplified_points,
        "originalBytes": len(ride),
        "early": [400, "TRIP_ALREADY_HAS_GPX"],
        "wizardKm": round(expected.distance_km, 3),
        "published": "published",
        "publicTrips": 2,
        "gone": [404, "NOT_FOUND"],
    }
