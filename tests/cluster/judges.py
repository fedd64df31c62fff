"""The two that decide whether an object of ours is good: the API server, and local mode of the operator. Each answers
with the faults that it finds, as (place, words); none when it takes the object."""

import copy
import json
import os
import re
import subprocess
import tempfile
from pathlib import Path

from schemas import ROOT

OPERATOR = Path(os.environ.get("MLGATEWAY_BUILD", ROOT / "build")).absolute() / "mlgateway-operator"
GROUP = "/apis/mlgateway.io/v1alpha1"
KINDS = {"mlroutes": "MLRoute", "mlquotas": "MLQuota"}
# What a manifest with an unknown field is answered with, which kubectl asks for.
UNKNOWN_FIELD = re.compile(r'unknown field "([^"]+)"')


def completed(kind, body, namespace="default"):
    """The object with what every object has."""
    made = {"apiVersion": "mlgateway.io/v1alpha1", "kind": KINDS[kind], **copy.deepcopy(body)}
    made["metadata"] = {"name": "iris", "namespace": namespace}
    return made


def told_by(answer):
    if answer.ok:
        return []
    assert answer.status in (400, 422), answer
    unknown = [(place, "unknown field") for place in UNKNOWN_FIELD.findall(answer.message)]
    return unknown or answer.causes or [("", answer.message)]


def api_server(user, kind, made):
    """As kubectl apply would be answered; nothing is written."""
    path = f"{GROUP}/namespaces/{made['metadata']['namespace']}/{kind}"
    return told_by(user.ask("POST", path, made, dryRun="All", fieldValidation="Strict"))


def api_server_of_status(user, kind, made):
    """As the operator would be answered when it writes that status of an object that is there."""
    path = f"{GROUP}/namespaces/{made['metadata']['namespace']}/{kind}/{made['metadata']['name']}"
    current = user.ask("GET", path)
    assert current.ok, current
    changed = {**current.object, "status": made.get("status")}
    return told_by(user.ask("PUT", f"{path}/status", changed, dryRun="All", fieldValidation="Strict"))


def local_mode(made):
    assert OPERATOR.exists(), f"{OPERATOR} is not built"
    with tempfile.TemporaryDirectory() as folder:
        manifests, out = Path(folder, "manifests"), Path(folder, "out")
        manifests.mkdir()
        (manifests / "case.yaml").write_text(json.dumps(made))
        run = subprocess.run([OPERATOR, "local", "--once", "--manifests", manifests, "--out", out],
                             capture_output=True, text=True, timeout=60)
    assert run.returncode in (0, 1), run.stderr
    errors = [json.loads(line).get("error", "") for line in run.stderr.splitlines()]
    # Errors that name no line are about what the object refers to: the Secrets and routes that are not in the folder.
    found = [re.fullmatch(r"case\.yaml:\d+: (.*?): (.*)", error, re.S) for error in errors]
    return [match.groups() for match in found if match]
