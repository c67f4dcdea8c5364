"""A local stand-in for CloudFormation, CloudWatch and SNS: moto's server, with alarms in stacks.

moto knows alarms and stacks, but not alarms as resources of a stack. Such a resource's properties
are the parameters of `PutMetricAlarm`: what is added here puts each alarm of a stack through that
call, and its client refuses names and types that the real one does not know.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
from moto.core.common_models import CloudFormationModel
from moto.server import main

from src.config import PROJECT_ROOT
from tests.support.servers import free_port, running, wait_for_port

REGION = "eu-west-1"


class StackAlarm(CloudFormationModel):
    """`AWS::CloudWatch::Alarm`."""

    def __init__(self, name: str) -> None:
        self.physical_resource_id = name

    @staticmethod
    def cloudformation_name_type() -> str:
        return "AlarmName"

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::CloudWatch::Alarm"

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return attr == "Arn"

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
        **_: Any,
    ) -> "StackAlarm":
        properties = {"AlarmName": resource_name, **cloudformation_json["Properties"]}
        # Parameters of a stack are texts, whatever their type.
        properties["Threshold"] = float(properties["Threshold"])
        Cloud(int(os.environ["MOTO_PORT"])).client("cloudwatch").put_metric_alarm(**properties)
        return cls(properties["AlarmName"])


class Cloud:
    def __init__(self, port: int) -> None:
        self._address = f"http://127.0.0.1:{port}"

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self._address,
            region_name=REGION,
            aws_access_key_id="nobody",
            aws_secret_access_key="nothing",
        )


def serve() -> None:
    """Serve until the process ends."""
    main(["--port", os.environ["MOTO_PORT"]])


@contextmanager
def cloud(folder: Path) -> Iterator[Cloud]:
    """A running stand-in, empty."""
    port, log = free_port(), folder / "cloud.log"
    command = [sys.executable, "-c", "from tests.support import cloud; cloud.serve()"]
    env = {"MOTO_PORT": str(port), "AWS_EC2_METADATA_DISABLED": "true", "NO_PROXY": "*"}
    with running(command, log=log, cwd=PROJECT_ROOT / "backend", env=env) as process:
        wait_for_port(port, process, log)
        yield Cloud(port)
