"""`deploy.sh` as its operator meets it; Docker is stood in for, everything else is real."""

import fcntl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from src.config import DEVELOPMENT_SECRET
from tests.support.docker_stand_in import Docker, stand_in
from tests.support.operator import SECRETS, Operator

STEPS = {"up", "inspect", "stop", "rm"}


@pytest.fixture
def operator(tmp_path: Path) -> Iterator[Operator]:
    programs = tmp_path / "bin"
    programs.mkdir()
    docker = Docker()
    with stand_in(docker, programs):
        yield Operator(docker, tmp_path)


@pytest.fixture
def running(operator: Operator) -> Operator:
    """An operator whose staging runs two workers of a first version."""
    operator.has_staging("first")
    return operator


@pytest.mark.parametrize("words", [("fly",), ("local",), ("mars", "up"), ("prod", "fly", "--yes")])
def test_what_is_no_command_ends_with_2_and_the_usage(
    operator: Operator, words: tuple[str, ...]
) -> None:
    outcome = operator.run(*words)
    assert outcome.status == 2
    assert "Usage: ./deploy.sh" in outcome.output
    assert operator.docker.calls == []


@pytest.mark.parametrize("generation", [1, 2])
def test_both_generations_of_compose_bring_it_up(operator: Operator, generation: int) -> None:
    operator.docker.generation = generation
    outcome = operator.run("local", "up")
    assert outcome.status == 0, outcome.output
    services = {each.service for each in operator.docker.containers}
    assert services == {"postgres", "redis", "backend", "celery_worker", "celery_beat", "flower"}


def test_without_compose_it_says_so(operator: Operator) -> None:
    operator.docker.generation = 0
    outcome = operator.run("local", "up")
    assert outcome.status == 1
    assert "neither 'docker compose' nor 'docker-compose'" in outcome.output


@pytest.mark.parametrize(
    "words",
    ["up", "restart", "scale 3", "backup", "rollback first", "autoscale", "down"],
)
def test_a_dry_run_shows_what_it_would_run_and_changes_nothing(
    running: Operator, words: str
) -> None:
    running.docker.autoscale = "4"
    before = (list(running.docker.containers), list(running.docker.images), running.history())
    outcome = running.run("staging", *words.split(), "--dry-run")
    assert outcome.status == 0, outcome.output
    assert "would run:" in outcome.output
    assert running.changes() == []
    assert (running.docker.containers, running.docker.images, running.history()) == before
    assert not running.backups.exists()
    assert not any(running.settings[name] in outcome.output for name in SECRETS)


def test_a_dry_run_of_a_restore_leaves_the_database_alone(running: Operator) -> None:
    running.run("staging", "backup")
    (folder,) = running.backups.glob("*/*")
    outcome = running.run("staging", "restore", str(folder), "--dry-run")
    assert outcome.status == 0, outcome.output
    assert "pg_restore --exit-on-error" in outcome.output
    assert running.changes() == []


@pytest.mark.parametrize("action", ["up", "down", "restart", "scale 3", "rollback first"])
def test_production_is_not_changed_without_a_person_or_yes(operator: Operator, action: str) -> None:
    operator.docker.images.append("contravento-gpx:first")
    outcome = operator.run("prod", *action.split())
    assert outcome.status == 1
    assert "--yes" in outcome.output
    assert operator.changes() == []


@pytest.mark.parametrize(("answer", "status"), [("n", 1), ("", 1), ("y", 0)])
def test_production_asks_the_person_at_the_terminal(
    operator: Operator, answer: str, status: int
) -> None:
    outcome = operator.run("prod", "up", answer=answer)
    assert outcome.status == status
    assert bool(operator.changes()) == (status == 0)


def test_production_does_not_ask_with_yes(operator: Operator) -> None:
    operator.docker.proxy = True
    assert operator.run("--yes", "prod", "up").status == 0
    assert operator.docker.tags("proxy") == ["1"]


def test_every_missing_setting_is_named_before_anything_is_done(operator: Operator) -> None:
    del operator.settings["POSTGRES_PASSWORD"]
    operator.settings["DOMAIN"] = ""
    outcome = operator.run("staging", "up")
    assert outcome.status == 1
    assert "POSTGRES_PASSWORD is not set" in outcome.output
    assert "DOMAIN is not set" in outcome.output
    assert "SECRET_KEY" not in outcome.output
    assert operator.changes() == []


@pytest.mark.parametrize(
    ("secret", "reason"),
    [
        (DEVELOPMENT_SECRET, "default or an example"),
        ("changeme-changeme-changeme-changeme-12", "default or an example"),
        ("k" * 31, "has 31 characters, 32 are needed"),
        ("k" * 31 + "@", "becomes part of an address"),
    ],
)
def test_a_secret_that_everybody_could_know_is_refused(
    operator: Operator, secret: str, reason: str
) -> None:
    operator.settings["REDIS_PASSWORD"] = secret
    outcome = operator.run("staging", "up")
    assert outcome.status == 1
    assert "REDIS_PASSWORD" in outcome.output
    assert reason in outcome.output
    assert secret not in outcome.output
    assert operator.changes() == []


def test_settings_that_the_image_refuses_stop_before_anything_runs(operator: Operator) -> None:
    operator.docker.failing = "get_settings"
    outcome = operator.run("local", "up")
    assert outcome.status == 1
    assert "the service refuses these settings" in outcome.output
    assert operator.docker.containers == []


def test_a_full_disk_stops_before_anything_runs(operator: Operator) -> None:
    operator.environment["MIN_FREE_GB"] = "99999999"
    outcome = operator.run("local", "up")
    assert outcome.status == 1
    assert "99999999 are needed" in outcome.output
    assert operator.changes() == []


def test_the_backup_is_whole_before_a_pending_migration_runs(running: Operator) -> None:
    running.docker.migration_is_pending = True
    outcome = running.run("staging", "up")
    assert outcome.status == 0, outcome.output
    calls = running.docker.calls
    dumped = running.position("pg_dump")
    verified = running.position("pg_restore --file=/dev/null")
    migrated = calls.index(("run", "--rm", "--no-deps", "-T", "migrate"))
    assert dumped < verified < migrated < running.position("up --detach --no-deps")
    assert running.kinds_of_backups() == ["migration"]


def test_a_failing_backup_keeps_the_migration_from_running(running: Operator) -> None:
    running.docker.migration_is_pending = True
    running.docker.failing = "pg_restore --file=/dev/null"
    outcome = running.run("staging", "up")
    assert outcome.status == 1
    assert "cannot be read to its end" in outcome.output
    assert ("run", "--rm", "--no-deps", "-T", "migrate") not in running.docker.calls
    assert running.kinds_of_backups() == ["migration.part"]


def test_nothing_is_dumped_when_no_migration_is_pending(running: Operator) -> None:
    running.run("staging", "up")
    assert running.kinds_of_backups() == []


def test_a_failing_migration_leaves_the_version_that_runs(running: Operator) -> None:
    before = running.docker.containers
    running.docker.failing = "-T migrate"
    outcome = running.run("staging", "up")
    assert outcome.status == 1
    assert "failed after" in outcome.output
    assert "migrating the database" in outcome.output
    assert running.docker.containers == before


def test_up_replaces_every_container_of_ours_and_keeps_the_number_of_workers(
    running: Operator,
) -> None:
    running.run("staging", "scale", "3")
    before = {each.id for each in running.docker.containers}
    outcome = running.run("staging", "up", "second")
    assert outcome.status == 0, outcome.output
    kept = {each.service for each in running.docker.containers if each.id in before}
    assert kept == {"postgres", "redis"}
    assert running.docker.tags("celery_worker") == ["second"] * 3
    assert running.docker.tags("backend") == ["second"]


def test_a_version_that_does_not_become_healthy_gives_way_to_the_one_before(
    running: Operator,
) -> None:
    before = running.history()
    good = {each for each in running.docker.containers if each.service != "celery_worker"}
    running.docker.sick_tags = {"second"}
    outcome = running.run("staging", "up", "second")
    assert outcome.status == 1
    assert "going back to contravento-gpx:first" in outcome.output
    assert "the database keeps its migrations" in outcome.output
    assert "the container's last words" in outcome.output
    for service in ("backend", "celery_worker", "celery_beat", "flower"):
        assert set(running.docker.tags(service)) == {"first"}
    assert good <= set(running.docker.containers)
    assert len(running.docker.of("celery_worker")) == 2
    assert running.history() == before


def test_the_first_version_that_fails_has_nothing_to_give_way_to(operator: Operator) -> None:
    operator.docker.sick_tags = {"first"}
    outcome = operator.run("staging", "up", "first")
    assert outcome.status == 1
    assert "no other version is here to go back to" in outcome.output


def test_rollback_brings_the_version_before_back_without_migrating(running: Operator) -> None:
    running.run("staging", "up", "second")
    outcome = running.run("staging", "rollback")
    assert outcome.status == 0, outcome.output
    assert set(running.docker.tags("celery_worker") + running.docker.tags("backend")) == {"first"}
    assert not any("migrate" in call for call in running.docker.calls)


def test_rollback_refuses_a_version_that_is_not_here(running: Operator) -> None:
    outcome = running.run("staging", "rollback", "never-built")
    assert outcome.status == 1
    assert "never-built is not on this machine" in outcome.output
    assert running.changes() == []


def test_images_of_versions_long_gone_are_removed(running: Operator) -> None:
    for number in range(6):
        running.run("staging", "up", f"v{number}")
    assert running.docker.images == [f"contravento-gpx:v{number}" for number in range(1, 6)]


def test_a_worker_ends_only_after_its_successor_is_healthy(running: Operator) -> None:
    old = [each.id for each in running.docker.of("celery_worker")]
    outcome = running.run("staging", "restart", "celery_worker")
    assert outcome.status == 0, outcome.output
    steps = [
        call[0] if call[0] != "stop" else call[1]
        for call in running.docker.calls
        if call[0] in STEPS
    ]
    assert steps == [
        *("inspect", "up", "inspect", old[0], "rm"),
        *("inspect", "up", "inspect", old[1], "rm"),
    ]
    assert not set(old) & {each.id for each in running.docker.of("celery_worker")}


def test_restart_keeps_an_old_worker_whose_successor_does_not_start(running: Operator) -> None:
    old = running.docker.of("celery_worker")
    running.docker.failing = "up --detach --no-deps"
    assert running.run("staging", "restart").status == 1
    assert running.docker.of("celery_worker") == old


def test_an_api_that_the_host_publishes_is_replaced_in_place(running: Operator) -> None:
    running.docker.publishes_port = True
    running.run("staging", "restart", "backend")
    changes = [call[0] for call in running.changes()]
    assert changes == ["stop", "rm", "up"]


@pytest.mark.parametrize("number", ["0", "11", "-1", "3.5", "two", "", "3 4", "007"])
def test_scale_refuses_anything_but_one_to_ten(running: Operator, number: str) -> None:
    outcome = running.run("staging", "scale", *number.split(" "))
    assert outcome.status == 1
    assert "from 1 to 10" in outcome.output
    assert running.changes() == []


@pytest.mark.parametrize("number", [1, 3, 10])
def test_scale_brings_exactly_so_many_workers(running: Operator, number: int) -> None:
    outcome = running.run("staging", "scale", str(number))
    assert outcome.status == 0, outcome.output
    assert len(running.docker.of("celery_worker")) == number


def test_autoscale_does_what_the_backlog_asks_for(running: Operator) -> None:
    running.docker.autoscale = "5"
    running.run("staging", "autoscale")
    assert len(running.docker.of("celery_worker")) == 5
    running.run("staging", "autoscale")
    assert running.changes() == []


def test_autoscale_refuses_an_answer_that_is_no_number(running: Operator) -> None:
    running.docker.autoscale = "no backlog"
    assert running.run("staging", "autoscale").status == 1
    assert len(running.docker.of("celery_worker")) == 2


def test_a_backup_has_the_database_before_the_files(running: Operator) -> None:
    running.docker.stored_keys = ["gpx_files/1.gpx", "gpx_files/2.gpx"]
    running.docker.archived_keys = ["gpx_files/2.gpx", "gpx_files/3.gpx"]
    outcome = running.run("staging", "backup")
    assert outcome.status == 0, outcome.output
    assert running.position("pg_dump") < running.position("tar -C")
    assert "2 files; 1 uploads without their file" in outcome.output
    (folder,) = running.backups.glob("staging/*-full")
    assert {path.name for path in folder.iterdir()} == {
        "SHA256SUMS",
        "about",
        "database.dump",
        "files.tar.gz",
    }
    assert (folder / "database.dump").stat().st_mode & 0o077 == 0
    assert "image=contravento-gpx:first\nrevision=0003\n" in (folder / "about").read_text()


def test_only_the_newest_backups_stay(running: Operator) -> None:
    running.environment["BACKUP_KEEP"] = "1"
    for name in ("20200101T000000Z-full", "20200101T000000Z-migration"):
        (running.backups / "staging" / name).mkdir(parents=True)
    running.run("staging", "backup")
    assert running.kinds_of_backups() == ["full", "migration"]
    assert not (running.backups / "staging" / "20200101T000000Z-full").exists()


def test_restore_replaces_the_database_only_when_all_else_is_in_place(running: Operator) -> None:
    running.run("staging", "scale", "3")
    running.run("staging", "backup")
    (folder,) = running.backups.glob("staging/*")
    outcome = running.run("staging", "restore", str(folder), "--yes")
    assert outcome.status == 0, outcome.output
    order = ["pg_dump", "rm --stop", "pg_restore --exit-on-error", "-xzf", "loaded=", "-T migrate"]
    positions = [running.position(text) for text in order]
    assert positions == sorted(positions)
    assert running.kinds_of_backups() == ["full", "replaced"]
    assert len(running.docker.of("backend")) == 1
    assert len(running.docker.of("celery_worker")) == 3
    # Its sweep would delete what only the replaced database names.
    assert running.docker.of("celery_beat") == []
    assert running.run("staging", "restart", "celery_beat").status == 0
    assert len(running.docker.of("celery_beat")) == 1


def test_a_backup_that_was_not_finished_is_removed_by_the_next(running: Operator) -> None:
    unfinished = running.backups / "staging" / "20260101T000000Z-full.part"
    unfinished.mkdir(parents=True)
    assert running.run("staging", "backup").status == 0
    assert not unfinished.exists()


def test_a_backup_waits_for_what_is_under_way(running: Operator) -> None:
    with (running.state / "staging" / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        threading.Timer(1.0, fcntl.flock, (held, fcntl.LOCK_UN)).start()
        assert running.run("staging", "backup").status == 0


def test_a_name_that_is_taken_is_not_built_over(running: Operator) -> None:
    running.run("staging", "up", "second")
    outcome = running.run("staging", "up", "second")
    assert outcome.status == 1
    assert "rollback second" in outcome.output


def test_restore_asks_everywhere(running: Operator) -> None:
    running.run("staging", "backup")
    (folder,) = running.backups.glob("staging/*")
    outcome = running.run("staging", "restore", str(folder))
    assert outcome.status == 1
    assert running.changes() == []


def test_restore_refuses_a_backup_that_was_changed(running: Operator) -> None:
    running.run("staging", "backup")
    (folder,) = running.backups.glob("staging/*")
    (folder / "database.dump").write_text("another dump")
    outcome = running.run("staging", "restore", str(folder), "--yes")
    assert outcome.status == 1
    assert running.changes() == []


def test_status_names_versions_and_the_last_backup(running: Operator) -> None:
    running.run("staging", "up", "second")
    running.run("staging", "backup")
    outcome = running.run("staging", "status")
    assert outcome.status == 0, outcome.output
    assert "version: second, before: first" in outcome.output
    assert "-full" in outcome.output
    assert "running healthy" in outcome.output
    assert running.changes() == []


def test_two_deployments_of_one_place_exclude_each_other(running: Operator) -> None:
    with (running.state / "staging" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        outcome = running.run("staging", "restart")
    assert outcome.status == 1
    assert "another deployment" in outcome.output
    assert running.changes() == []
