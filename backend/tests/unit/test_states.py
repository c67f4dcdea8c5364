import pytest

from src.errors import STAGE_TEXTS, stage_message
from src.states import (
    STARTS_AT,
    ProcessingStatus,
    ShownStage,
    Stage,
    percent_of,
    shown_stage,
    sources_of,
    stage_at,
)


@pytest.mark.parametrize(
    ("target", "sources"),
    [
        (ProcessingStatus.PROCESSING, {ProcessingStatus.FAILED, ProcessingStatus.COMPLETED}),
        (ProcessingStatus.COMPLETED, {ProcessingStatus.PROCESSING}),
        (ProcessingStatus.FAILED, {ProcessingStatus.PROCESSING}),
    ],
)
def test_a_status_is_reached_only_from_these(
    target: ProcessingStatus, sources: set[ProcessingStatus]
) -> None:
    assert sources_of(target) == sources


def test_no_status_is_its_own_source() -> None:
    assert all(status not in sources_of(status) for status in ProcessingStatus)


def test_the_stages_begin_one_after_the_other() -> None:
    assert list(STARTS_AT.values()) == sorted(STARTS_AT.values())
    assert STARTS_AT[ShownStage.VALIDATING] == 0


@pytest.mark.parametrize(
    ("percent", "row", "shown"),
    [
        (0, Stage.PARSING, ShownStage.VALIDATING),
        (9, Stage.PARSING, ShownStage.VALIDATING),
        (10, Stage.PARSING, ShownStage.PARSING),
        (30, Stage.PARSING, ShownStage.ANALYSING),
        (50, Stage.SIMPLIFYING, ShownStage.SIMPLIFYING),
        (60, Stage.SAVING, ShownStage.SAVING),
        (89, Stage.SAVING, ShownStage.SAVING),
        (90, Stage.SAVING, ShownStage.FINISHING),
        (100, Stage.SAVING, ShownStage.FINISHING),
    ],
)
def test_a_percentage_has_one_stage(percent: int, row: Stage, shown: ShownStage) -> None:
    assert stage_at(percent) is row
    assert shown_stage(row, percent) is shown


@pytest.mark.parametrize("stage", [Stage.QUEUED, Stage.RETRYING, Stage.DONE])
def test_what_nobody_works_on_is_shown_as_that(stage: Stage) -> None:
    assert {shown_stage(stage, percent) for percent in (0, 45, 100)} == {ShownStage(stage)}


def test_a_row_of_the_version_before_is_shown_by_its_stage_alone() -> None:
    rows = (Stage.PARSING, Stage.SIMPLIFYING, Stage.SAVING, Stage.DONE)
    assert [percent_of(stage, 0) for stage in rows] == [0, 50, 60, 100]
    assert shown_stage(Stage.SAVING, 0) is ShownStage.SAVING


def test_every_stage_has_a_sentence_in_every_language() -> None:
    assert STAGE_TEXTS.keys() == set(ShownStage)
    assert len({stage_message(stage, "es") for stage in ShownStage}) == len(ShownStage)
    assert len({stage_message(stage, "en") for stage in ShownStage}) == len(ShownStage)


def test_the_words_that_clients_compare_with_do_not_change() -> None:
    assert [status.value for status in ProcessingStatus] == ["processing", "completed", "failed"]
