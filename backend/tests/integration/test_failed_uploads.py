"""Failed for good is visible, and mended by a command: on `/metrics`, and by hand."""

import asyncio
import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from src import maintenance
from src.config import Settings
from src.errors import ErrorCode
from src.maintenance import main
from src.models import GpxFile
from src.states import OriginalFault, Priority, ProcessingStatus
from tests.support.desk import Desk
from tests.support.scrape import Scrape

CODE = ErrorCode.NO_USABLE_POINTS
ONE = UUID(int=1)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


async def change(desk: Desk, gpx_file_id: UUID, **values: Any) -> None:
    async with desk.services.db.write() as session:
        this = GpxFile.gpx_file_id == gpx_file_id
        await session.execute(update(GpxFile).where(this).values(**values))


async def three_failures(desk: Desk) -> list[UUID]:
    """The oldest with another code than the others."""
    found = []
    for _ in range(3):
        found.append(await desk.fail())
        desk.clock.move(minutes=1)
    await change(desk, found[0], error_code=ErrorCode.INTERNAL_ERROR, file_name="a\x1b[2Jb.gpx")
    return found


class Hand:
    """The command, run in this process and, as it brings its own loop, in a thread."""

    def __init__(self, settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
        self._settings = settings
        self._capsys = capsys

    async def __call__(self, *arguments: str, ends_with: int = 0) -> str:
        self._capsys.readouterr()
        assert await asyncio.to_thread(main, list(arguments)) == ends_with
        return self._capsys.readouterr().out

    async def json(self, *arguments: str) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(await self(*arguments, "--json"))
        return answer


@pytest.fixture
def hand(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Hand:
    monkeypatch.setattr(maintenance, "get_settings", lambda: settings)
    monkeypatch.setattr(maintenance, "configure_logging", lambda *_: None)
    return Hand(settings, capsys)


@pytest.mark.parametrize("name", ["failed_uploads", "failed-uploads"])
async def test_failed_uploads_are_listed_by_code_and_the_newest_first(
    desk: Desk, hand: Hand, name: str
) -> None:
    oldest, newer, newest = await three_failures(desk)
    await desk.pipeline.process(await desk.put())
    listed = (await hand(name, "--list")).splitlines()
    assert listed[:2] == [f"2 {CODE}", "1 INTERNAL_ERROR"]
    assert [line.split()[1] for line in listed[2:]] == [str(newest), str(newer), str(oldest)]
    assert listed[2].split()[2:] == [CODE, desk.owner.username, "ride.gpx"]
    failed_at = (await desk.row(newest)).processed_at
    assert listed[2].split()[0] == f"{failed_at:%Y-%m-%dT%H:%M:%SZ}"
    assert listed[4].endswith("a?[2Jb.gpx"), "no name speaks to the terminal"


async def test_the_list_is_bounded_and_may_be_of_one_code(desk: Desk, hand: Hand) -> None:
    oldest, _, newest = await three_failures(desk)
    answer = await hand.json("failed_uploads", "--list", "--limit", "1")
    assert answer["counts"] == {CODE: 2, "INTERNAL_ERROR": 1}
    assert [one["gpx_file_id"] for one in answer["newest"]] == [str(newest)]
    answer = await hand.json("failed_uploads", "--list", "--error-code", "internal_error")
    assert answer["counts"] == {"INTERNAL_ERROR": 1}
    assert [one["gpx_file_id"] for one in answer["newest"]] == [str(oldest)]
    assert answer["newest"][0]["username"] == desk.owner.username


async def test_nothing_failed_is_said(desk: Desk, hand: Hand) -> None:
    assert await hand("failed_uploads", "--list") == "none\n"
    assert await hand("verify_originals", "--list") == "none\n"


async def test_faulty_originals_are_listed(desk: Desk, hand: Hand) -> None:
    upload = await desk.put()
    found_at = desk.clock.now
    await change(desk, upload, original_fault=OriginalFault.MISSING, verified_at=found_at)
    listed = (await hand("verify-originals", "--list")).splitlines()
    assert listed[0] == "1 missing"
    assert str(upload) in listed[1]


async def test_one_upload_is_begun_again(desk: Desk, hand: Hand) -> None:
    oldest, *others = await three_failures(desk)
    assert "begun again" in await hand("reprocess", str(oldest))
    row = await desk.row(oldest)
    assert (row.processing_status, row.priority) == (ProcessingStatus.PROCESSING, Priority.BULK)
    assert row.upload_version == 2
    for unknown in (str(oldest), str(uuid4())):
        assert "not begun" in await hand("reprocess", unknown, ends_with=1)
    assert {(await desk.row(one)).processing_status for one in others} == {ProcessingStatus.FAILED}


async def test_all_of_an_error_code_are_begun_again(desk: Desk, hand: Hand) -> None:
    internal, oldest, newest = await three_failures(desk)
    rehearsed = await hand("reprocess", "--error-code", CODE, "--dry-run")
    assert rehearsed == f"{CODE}: would begin 2 again\n"
    assert await hand.json("reprocess", "--error-code", CODE, "--limit", "1") == {"begun": 1}
    assert (await desk.row(oldest)).processing_status is ProcessingStatus.PROCESSING
    assert (await desk.row(newest)).processing_status is ProcessingStatus.FAILED
    assert await hand("reprocess", "--error-code", CODE) == f"{CODE}: begun 1 again\n"
    async with desk.services.db.read() as session:
        is_failed = GpxFile.processing_status == ProcessingStatus.FAILED
        assert (await session.scalars(select(GpxFile.gpx_file_id).where(is_failed))).all() == [
            internal
        ]


@pytest.mark.parametrize(
    "arguments",
    [
        ["reprocess"],
        ["reprocess", "no-uuid"],
        ["reprocess", str(ONE), "--error-code", CODE],
        ["reprocess", str(ONE), "--dry-run"],
        ["reprocess", "--error-code", "NO_SUCH_CODE"],
        ["reprocess", "--error-code", CODE, "--limit", "0"],
        ["reprocess", str(ONE), "--limit", "3"],
        ["failed_uploads", str(ONE)],
        ["failed_uploads", "--error-code", CODE],
        ["failed_uploads", "--limit", "3"],
        ["verify_originals", "--list", "--error-code", CODE],
        ["columns", "--list"],
        ["all", "--list"],
    ],
    ids=" ".join,
)
def test_what_does_not_go_together_is_refused(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    _, _, said = capsys.readouterr().err.partition("error:")
    assert said
    # Neither a function nor a member as Python writes it.
    assert "<" not in said
    assert "_positive" not in said


async def test_failed_uploads_are_shown_by_code_until_they_are_mended(
    desk: Desk, hand: Hand
) -> None:
    _, forgotten, _ = await three_failures(desk)
    await change(desk, forgotten, error_code="OF_AN_OLDER_VERSION")
    scrape = await Scrape.of(desk.owner.client)
    name = "contravento_failed_uploads"
    assert scrape.value(name, error_code=CODE) == 1
    assert scrape.value(name, error_code="INTERNAL_ERROR") == 1
    assert scrape.value(name, error_code="other") == 1
    assert scrape.label_values(name, "error_code") == {CODE, "INTERNAL_ERROR", "other"}


async def test_a_job_is_known_by_its_name_with_underscores(
    desk: Desk, hand: Hand, tmp_path: Path
) -> None:
    await desk.put()
    desk.clock.move(hours=1)
    answer = await hand("verify_originals", "--dry-run")
    assert answer.startswith("verify-originals: would read 1 originals, ")
    assert answer.endswith("0 damaged, 0 missing, 0 not_read\n")
