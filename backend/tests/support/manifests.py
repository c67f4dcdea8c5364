"""The Kubernetes manifests as they stand in the project."""

from collections.abc import Iterator
from typing import Any

import yaml

from src.config import PROJECT_ROOT

FOLDER = PROJECT_ROOT / "deploy" / "kubernetes"
Manifest = dict[str, Any]


def kustomization(folder: str) -> Manifest:
    found: Manifest = yaml.safe_load((FOLDER / folder / "kustomization.yaml").read_text())
    return found


def manifests() -> list[Manifest]:
    """Every manifest of the base, in the order of its files."""
    return [
        manifest
        for name in kustomization("base")["resources"]
        for manifest in yaml.safe_load_all((FOLDER / "base" / name).read_text())
    ]


def of_kind(*kinds: str) -> list[Manifest]:
    return [manifest for manifest in manifests() if manifest["kind"] in kinds]


def the(kind: str, name: str) -> Manifest:
    (found,) = (each for each in of_kind(kind) if each["metadata"]["name"] == name)
    return found


def pods() -> dict[str, Manifest]:
    """The specification of the pods of each deployment and job, by its name."""
    return {
        each["metadata"]["name"]: each["spec"]["template"]["spec"]
        for each in of_kind("Deployment", "Job")
    }


def containers() -> Iterator[tuple[str, Manifest]]:
    for name, pod in pods().items():
        for container in pod["containers"]:
            yield name, container
