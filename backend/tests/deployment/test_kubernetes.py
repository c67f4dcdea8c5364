"""The manifests: valid, guarded, and of one mind with the service."""

import re
from typing import Any

import jsonschema
import pytest
from kubernetes_validate.utils import validate

from src.celery_app import HARD_TIME_LIMIT_S
from src.config import Settings
from src.services.backlog.scaling import Scaling
from tests.support.keda_schema import KEDA
from tests.support.manifests import (
    FOLDER,
    Manifest,
    containers,
    kustomization,
    manifests,
    of_kind,
    pods,
    the,
)

OLDEST, NEWEST = "1.30", "1.37"


def name_of(manifest: Manifest) -> str:
    return f"{manifest['kind']} {manifest['metadata']['name']}"


def check(manifest: Manifest) -> None:
    if manifest["kind"] in KEDA:
        jsonschema.validate(manifest, KEDA[manifest["kind"]])
        return
    for version in (OLDEST, NEWEST):
        validate(manifest, version, strict=True)


@pytest.mark.parametrize("manifest", manifests(), ids=name_of)
def test_every_manifest_is_valid(manifest: Manifest) -> None:
    check(manifest)


def test_what_keda_makes_of_the_scaled_object_is_valid() -> None:
    spec = the("ScaledObject", "worker")["spec"]
    target = {"apiVersion": "apps/v1", "kind": "Deployment", **spec["scaleTargetRef"]}
    check(
        {
            "apiVersion": "autoscaling/v2",
            "kind": "HorizontalPodAutoscaler",
            "metadata": {"name": "keda-hpa-worker"},
            "spec": {
                "scaleTargetRef": target,
                "minReplicas": spec["minReplicaCount"],
                "maxReplicas": spec["maxReplicaCount"],
                **spec["advanced"]["horizontalPodAutoscalerConfig"],
            },
        }
    )


@pytest.mark.parametrize(
    ("kind", "name", "wrong"),
    [
        ("Deployment", "backend", {"replica": 2}),
        ("Deployment", "backend", {"replicas": "2"}),
        ("NetworkPolicy", "to-backend", {"podselector": {}}),
        ("ScaledObject", "worker", {"maxReplicaCont": 10}),
        ("ScaledObject", "worker", {"maxReplicaCount": "10"}),
        ("ScaledObject", "worker", {"triggers": []}),
        ("TriggerAuthentication", "scaler", {"secretTargetRef": [{"name": "scaler"}]}),
    ],
)
def test_a_mistake_in_a_manifest_is_noticed(kind: str, name: str, wrong: dict[str, Any]) -> None:
    manifest = the(kind, name)
    manifest["spec"].update(wrong)
    with pytest.raises(jsonschema.ValidationError):
        check(manifest)


def test_all_files_are_part_of_the_base_and_no_name_comes_twice() -> None:
    files = {path.name for path in (FOLDER / "base").glob("*.yaml")}
    assert files == {"kustomization.yaml", *kustomization("base")["resources"]}
    names = [name_of(manifest) for manifest in manifests()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", pods())
def test_pods_have_no_more_rights_than_they_need(name: str) -> None:
    pod = pods()[name]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] == 10001
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in pod["containers"]:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert {"requests", "limits"} == set(container["resources"])
    # No disk in common: what the parts share lies in the bucket.
    assert all(set(volume) == {"name", "emptyDir"} for volume in pod["volumes"])


def test_namespace_and_network_let_in_only_what_is_named() -> None:
    labels = the("Namespace", "contravento")["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    nothing = the("NetworkPolicy", "nothing-by-default")["spec"]
    assert nothing == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    for policy in of_kind("NetworkPolicy"):
        for rule in policy["spec"].get("ingress", ()):
            assert rule["from"]
            assert rule["ports"]


def test_a_worker_has_a_cpu_and_two_gigabytes_and_time_to_hand_its_work_back() -> None:
    pod = pods()["worker"]
    assert pod["containers"][0]["resources"]["limits"] == {"cpu": "1", "memory": "2Gi"}
    assert pod["terminationGracePeriodSeconds"] >= 75
    assert "replicas" not in the("Deployment", "worker")["spec"]


def test_a_worker_is_only_restarted_when_no_task_of_it_can_still_run() -> None:
    (worker,) = pods()["worker"]["containers"]
    (alive_file,) = [each["value"] for each in worker["env"] if each["name"] == "WORKER_ALIVE_FILE"]
    for probe, silence_s in (("readinessProbe", 30), ("livenessProbe", 900)):
        *_, script = worker[probe]["exec"]["command"]
        assert f"find {alive_file} -newermt '-{silence_s} seconds'" in script
    assert 900 - worker["livenessProbe"]["periodSeconds"] > HARD_TIME_LIMIT_S


def test_backends_are_rolled_without_a_gap_and_there_is_one_beat() -> None:
    backend = the("Deployment", "backend")["spec"]
    assert backend["replicas"] == 2
    assert backend["strategy"] == {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    container = backend["template"]["spec"]["containers"][0]
    assert container["readinessProbe"]["httpGet"]["path"] == "/health/ready"
    assert container["livenessProbe"]["httpGet"]["path"] == "/health"
    beat = the("Deployment", "beat")["spec"]
    assert (beat["replicas"], beat["strategy"]) == (1, {"type": "Recreate"})


def test_every_selector_finds_its_pods() -> None:
    labels = [
        each["spec"]["template"]["metadata"]["labels"] for each in of_kind("Deployment", "Job")
    ]
    for each in of_kind("Deployment", "PodDisruptionBudget"):
        assert each["spec"]["selector"]["matchLabels"] in labels
    for service in of_kind("Service"):
        selector = service["spec"].get("selector")
        assert selector in labels or service["metadata"]["name"] == "nobody"
    for policy in of_kind("NetworkPolicy"):
        selected = policy["spec"]["podSelector"].get("matchLabels")
        assert selected in labels or selected is None


def test_the_ingress_speaks_tls_and_keeps_the_metrics_to_itself() -> None:
    ingress = the("Ingress", "contravento")["spec"]
    (rule,) = ingress["rules"]
    assert ingress["tls"][0]["hosts"] == [rule["host"]]
    services = {path["path"]: path["backend"]["service"]["name"] for path in rule["http"]["paths"]}
    assert services == {
        "/": "backend",
        "/flower": "flower",
        "/flower/metrics": "nobody",
        "/metrics": "nobody",
    }
    assert "selector" not in the("Service", "nobody")["spec"]
    assert set(services.values()) == {each["metadata"]["name"] for each in of_kind("Service")}
    largest = the("Ingress", "contravento")["metadata"]["annotations"][
        "nginx.ingress.kubernetes.io/proxy-body-size"
    ]
    assert int(largest.removesuffix("m")) > Settings(_env_file=None).gpx_max_upload_mb


def test_secrets_are_named_and_never_told() -> None:
    assert of_kind("Secret", "ConfigMap") == []
    references = {
        source["secretRef"]["name"]
        for _, container in containers()
        for source in container["envFrom"]
        if "secretRef" in source
    }
    assert references == {"contravento-secrets", "contravento-flower"}
    told = " ".join(literal for folder in ("base", "example") for literal in literals(folder))
    assert not re.search(r"SECRET|PASSWORD|_KEY|DATABASE_URL|REDIS_URL", told)


def literals(folder: str) -> list[str]:
    (generated,) = kustomization(folder)["configMapGenerator"]
    found: list[str] = generated["literals"]
    return found


@pytest.mark.parametrize("folder", ["base", "example"])
def test_the_settings_are_ones_that_the_service_takes(folder: str) -> None:
    given = dict(literal.split("=", 1) for literal in literals(folder))
    assert [name for name in given if name.lower() not in Settings.model_fields] == []
    secrets: dict[str, Any] = {
        "secret_key": "0123456789abcdef0123456789abcdef",
        "database_url": "postgresql://contravento:secret@db/contravento",
    }
    values: dict[str, Any] = {name.lower(): value for name, value in given.items()}
    settings = Settings(_env_file=None, **{"app_env": "production", **secrets, **values})
    assert settings.storage_url.startswith("s3://")


def test_the_example_changes_what_there_is() -> None:
    example = kustomization("example")
    assert example["resources"] == ["../base"]
    images = {container["image"].split(":")[0] for _, container in containers()}
    assert {image["name"] for image in example["images"]} == images
    for patch in example["patches"]:
        assert the(patch["target"]["kind"], patch["target"]["name"])


def test_keda_scales_the_workers_as_the_command_does() -> None:
    scaled = the("ScaledObject", "worker")["spec"]
    usual = Scaling()
    assert scaled["scaleTargetRef"]["name"] == the("Deployment", "worker")["metadata"]["name"]
    assert (scaled["minReplicaCount"], scaled["maxReplicaCount"]) == (usual.least, usual.most)
    (trigger,) = scaled["triggers"]
    assert trigger["metadata"]["targetQueryValue"] == str(usual.uploads_per_worker)
    behavior = scaled["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]
    assert behavior["scaleUp"]["policies"][0]["value"] == usual.most_added_at_once
    assert behavior["scaleDown"]["policies"][0]["value"] == 1
    authentication = the("TriggerAuthentication", trigger["authenticationRef"]["name"])
    assert [each["parameter"] for each in authentication["spec"]["secretTargetRef"]] == [
        "connection"
    ]
