import pytest

from src.states import PROGRESS_PERCENT, ProcessingStatus, Stage, sources_of


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


def test_every_stage_has_a_percentage() -> None:
    assert set(PROGRESS_PERCENT) == set(Stage)


def test_progress_rises_from_nothing_to_all_along_the_stages() -> None:
    way = [Stage.QUEUED, Stage.PARSING, Stage.SIMPLIFYING, Stage.SAVING, Stage.DONE]
    percentages = [PROGRESS_PERCENT[stage] for stage in way]
    assert percentages == sorted(set(percentages))
    assert (percentages[0], percentages[-1]) == (0, 100)


def test_a_retry_begins_again() -> None:
    assert PROGRESS_PERCENT[Stage.RETRYING] == PROGRESS_PERCENT[Stage.QUEUED]


def test_the_words_that_clients_compare_with_do_not_change() -> None:
    assert [status.value for status in ProcessingStatus] == ["processing", "completed", "failed"]
