"""When the scheduler wakes whom."""

from src.celery_app import NIGHTLY_EXPIRES_S, celery_app
from src.services.housekeeping.maintenance import DAY_S, Job

SCHEDULE = celery_app.conf.beat_schedule


def test_every_job_has_a_time_of_its_own_in_the_night() -> None:
    celery_app.loader.import_default_modules()
    assert str(celery_app.conf.timezone) == "UTC"
    assert [entry["args"] for entry in SCHEDULE.values()] == [(job.value,) for job in Job]
    assert {entry["task"] for entry in SCHEDULE.values()} <= celery_app.tasks.keys()
    times = [(*entry["schedule"].hour, *entry["schedule"].minute) for entry in SCHEDULE.values()]
    assert len(set(times)) == len(Job)
    assert all((1, 0) <= time < (5, 0) for time in times)


def test_runs_that_nobody_takes_do_not_pile_up() -> None:
    assert NIGHTLY_EXPIRES_S < DAY_S
    for entry in SCHEDULE.values():
        assert entry["options"]["expires"] == NIGHTLY_EXPIRES_S
