"""The part of KEDA's documented fields (keda.sh/v1alpha1) that our manifests may use.

No package carries KEDA's own schema in a form that suits the tests, so what is not named here is
refused. The behaviour is Kubernetes' own, and is checked as part of what KEDA makes of it.
"""

from typing import Any

Schema = dict[str, Any]
TEXT: Schema = {"type": "string", "minLength": 1}
COUNT: Schema = {"type": "integer", "minimum": 0}


def _object(required: str, **fields: Schema) -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": required.split(),
        "properties": fields,
    }


def _manifest(kind: str, spec: Schema) -> Schema:
    return _object(
        "apiVersion kind metadata spec",
        apiVersion={"const": "keda.sh/v1alpha1"},
        kind={"const": kind},
        metadata=_object("name", name=TEXT),
        spec=spec,
    )


# Every value of a trigger is text; the names are those of the PostgreSQL scaler.
POSTGRESQL_TRIGGER = _object(
    "type metadata authenticationRef",
    type={"const": "postgresql"},
    name=TEXT,
    metricType={"enum": ["AverageValue", "Value"]},
    metadata=_object(
        "query targetQueryValue",
        query=TEXT,
        targetQueryValue=TEXT,
        activationTargetQueryValue=TEXT,
    ),
    authenticationRef=_object("name", name=TEXT),
)
SCALED_OBJECT = _manifest(
    "ScaledObject",
    _object(
        "scaleTargetRef triggers",
        scaleTargetRef=_object("name", name=TEXT, kind=TEXT, apiVersion=TEXT),
        minReplicaCount=COUNT,
        maxReplicaCount=COUNT,
        pollingInterval=COUNT,
        cooldownPeriod=COUNT,
        advanced=_object(
            "",
            horizontalPodAutoscalerConfig=_object("", behavior={"type": "object"}),
            restoreToOriginalReplicaCount={"type": "boolean"},
        ),
        triggers={"type": "array", "minItems": 1, "items": POSTGRESQL_TRIGGER},
    ),
)
TRIGGER_AUTHENTICATION = _manifest(
    "TriggerAuthentication",
    _object(
        "secretTargetRef",
        secretTargetRef={
            "type": "array",
            "minItems": 1,
            "items": _object("parameter name key", parameter=TEXT, name=TEXT, key=TEXT),
        },
    ),
)
KEDA: dict[str, Schema] = {
    "ScaledObject": SCALED_OBJECT,
    "TriggerAuthentication": TRIGGER_AUTHENTICATION,
}
