"""What the project promises about itself: documents and code say the same."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from src.config import PROJECT_ROOT, Settings
from src.errors import ErrorCode
from src.gpx.warning_kinds import WarningKind
from src.main import create_app

ENV_EXAMPLE = PROJECT_ROOT / ".env.example"
SOURCE = PROJECT_ROOT / "backend" / "src"
NOT_OURS = {".venv", ".git", "data", "node_modules"}
ENV_LINE = re.compile(r"^([A-Z][A-Z0-9_]*)=(.*)$")
DEFAULTS_THAT_DEPEND_ON_THE_PLACE = {
    "SECRET_KEY",
    "DATABASE_URL",
    "STORAGE_PATH",
    "STORAGE_URL",
    "S3_ENDPOINT",
    "S3_ACCESS_KEY_ID",
    "S3_SECRET_ACCESS_KEY",
    "CELERY_ENABLED",
    "CELERY_BROKER_URL",
    "CELERY_RESULT_BACKEND",
    "WORKER_ALIVE_FILE",
    "METRICS_TOKEN",
    "SENTRY_DSN",
    "WEB_PATH",
    "MAP_STYLE_URL",
    "MAP_ORIGINS",
    "MAP_TILES_PATH",
    "MAP_ASSETS_PATH",
    "REDIS_SENTINEL_MASTER",
    "REDIS_SENTINEL_PASSWORD",
}


def document(name: str) -> str:
    return (PROJECT_ROOT / "docs" / name).read_text()


def test_every_setting_is_in_the_example_and_nothing_else() -> None:
    lines = [ENV_LINE.match(line) for line in ENV_EXAMPLE.read_text().splitlines()]
    names = [line[1] for line in lines if line]
    assert sorted(names) == sorted(name.upper() for name in Settings.model_fields)


def test_every_setting_is_explained_in_one_line_above_it() -> None:
    lines = ENV_EXAMPLE.read_text().splitlines()
    for above, line in pairwise(lines):
        if ENV_LINE.match(line):
            assert re.match(r"^# \S.{10,}", above), f"not explained: {line}"


def test_the_example_shows_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    assert Settings(_env_file=ENV_EXAMPLE) == Settings(_env_file=None)
    shown = {
        match[1]: match[2]
        for match in map(ENV_LINE.match, ENV_EXAMPLE.read_text().split("\n"))
        if match
    }
    empty = {name for name, value in shown.items() if not value}
    assert empty == DEFAULTS_THAT_DEPEND_ON_THE_PLACE


def test_every_endpoint_is_documented(tmp_path: Path) -> None:
    text = document("api.md")
    app = create_app(Settings(_env_file=None, storage_path=tmp_path))
    calls = [
        f"{method.upper()} {path}"
        for path, operations in app.openapi()["paths"].items()
        for method in operations
    ]
    assert len(calls) > len(ErrorCode) / 2
    assert [call for call in calls if f"`{call}`" not in text] == []


def test_every_kind_of_warning_is_documented() -> None:
    text = document("api.md")
    assert [kind for kind in WarningKind if f"| `{kind}` |" not in text] == []


def test_every_error_code_is_documented() -> None:
    text = document("api.md")
    assert [code for code in ErrorCode if f"`{code}`" not in text] == []


def test_the_events_that_lead_from_request_to_result_are_logged() -> None:
    _, _, page = document("operations.md").partition("### Following one upload")
    table = re.findall(r"^\| (`.*?) \| ", page.partition("### Flower")[0], re.MULTILINE)
    events = [event for cell in table for event in re.findall(r"`(\w+)`", cell)]
    source = "".join(path.read_text() for path in SOURCE.rglob("*.py"))
    assert len(events) > 10
    assert [event for event in events if f'"{event}"' not in source] == []
    logged = re.findall(r'log\.\w+\(\s*"(upload_\w+|task_\w+)"', source)
    assert [event for event in logged if event not in events] == []


def test_every_decision_has_its_own_number() -> None:
    numbers = [path.name[:4] for path in (PROJECT_ROOT / "docs" / "adr").glob("*.md")]
    assert sorted(numbers) == [f"{number:04}" for number in range(1, len(numbers) + 1)]


def test_links_between_documents_lead_somewhere() -> None:
    for path in project_files("*.md"):
        for target in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", path.read_text()):
            assert (path.parent / target).exists(), f"{path.name} -> {target}"


def test_paths_in_the_maps_lead_somewhere() -> None:
    roots = (PROJECT_ROOT, SOURCE.parent, SOURCE)
    for path in (PROJECT_ROOT / "CLAUDE.md", PROJECT_ROOT / "docs" / "architecture.md"):
        for name in re.findall(r"`((?:[\w.]+/)+(?:[\w]+\.py)?)`", path.read_text()):
            assert any((root / name).exists() for root in roots), f"{path.name}: {name}"


def test_every_test_that_shows_what_a_format_does_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)(?:\.py)?`", document("formats.md")))
    tests = "".join(path.stem + path.read_text() for path in project_files("test_*.py"))
    assert len(named) > 10
    assert sorted(name for name in named if not re.search(rf"{name}\b", tests)) == []


def test_every_room_says_in_a_sentence_what_it_is_for() -> None:
    for room in SOURCE.rglob("__init__.py"):
        first_line = room.read_text().partition("\n")[0]
        if room.parent != SOURCE:
            assert re.fullmatch(r'"""[A-Z].{15,}[.:](""")?', first_line), room


@pytest.mark.parametrize("house", ["gpx", "services"])
def test_a_house_shows_at_a_glance_what_it_does(house: str) -> None:
    entries = {path.name for path in (SOURCE / house).iterdir()} - {"__pycache__", "__init__.py"}
    assert len(entries) <= 12, entries


def test_no_test_is_skipped() -> None:
    for path in project_files("test_*.py"):
        if path != Path(__file__):
            assert not re.search(r"pytest\.(mark\.)?(skip|xfail)", path.read_text()), path


def project_files(pattern: str) -> list[Path]:
    found = (path.relative_to(PROJECT_ROOT) for path in PROJECT_ROOT.rglob(pattern))
    return [PROJECT_ROOT / path for path in found if not NOT_OURS & set(path.parts)]
