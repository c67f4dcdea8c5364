"""The examples of the documents do what they say."""

import os
import re
import subprocess
from pathlib import Path

from src.config import PROJECT_ROOT, Settings
from src.main import create_app
from tests.support.rides import build_gpx
from tests.support.service import dev_service


def shell_lines(document: str) -> str:
    text = (PROJECT_ROOT / document).read_text()
    return "\n".join(re.findall(r"^```bash\n(.*?)^```", text, re.MULTILINE | re.DOTALL))


def run(script: str, folder: Path, address: str) -> str:
    """What the script prints; fails with it where a command fails."""
    folder.mkdir()
    (folder / "ride.gpx").write_bytes(build_gpx(points=2000))
    finished = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env={**os.environ, "API": address, "no_proxy": "*"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


def test_every_example_of_the_api_works(tmp_path: Path) -> None:
    with dev_service(tmp_path / "data") as (address, _):
        output = run(shell_lines("docs/api.md"), tmp_path / "desk", address)
    assert '"success":false' not in output
    desk = tmp_path / "desk"
    assert (desk / "original.gpx").read_bytes() == (desk / "ride.gpx").read_bytes()
    assert b"<trkpt" in (desk / "simplified.gpx").read_bytes()


def test_every_call_has_an_example(tmp_path: Path) -> None:
    script = shell_lines("docs/api.md")
    used = set(re.findall(r"\$api/([\w$/-]+)", script))
    shapes = {re.sub(r"\$\w+|(?<=users/)(?!me\b)\w+", "{}", path) for path in used}
    app = create_app(Settings(_env_file=None, storage_path=tmp_path))
    missing = [
        path
        for path in app.openapi()["paths"]
        if re.sub(r"\{\w+\}", "{}", path.strip("/")) not in shapes
    ]
    assert missing == []


def test_the_first_ride_of_the_readme_works(tmp_path: Path) -> None:
    text = (PROJECT_ROOT / "README.md").read_text()
    story = text.partition("## A first ride")[2].partition("```bash\n")[2].partition("```")[0]
    with dev_service(tmp_path / "data") as (address, _):
        script = story.replace("http://localhost:8000", address).replace(
            "curl -s $api/gpx/$upload/status", "sleep 3; curl -s $api/gpx/$upload/status"
        )
        output = run(script, tmp_path / "desk", address)
    assert '"processing_status":"completed"' in output
    assert '"trackpoints":[{' in output
