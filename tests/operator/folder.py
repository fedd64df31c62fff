"""A folder of manifests, the operator's output for it, and the words that the tests about both are written in."""

import hashlib
import json
import os
import pathlib
import signal
import subprocess
import time

import yaml

ROOT = pathlib.Path(__file__).parents[2]
OPERATOR = pathlib.Path(os.environ.get("MLGATEWAY_BUILD", ROOT / "build")).absolute() / "mlgateway-operator"

ALICE = "alice-key-0123456789"
BOB = "bob-key-0123456789"


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def route(name="iris", namespace="default", model=None, weights=(100,), created=None, **spec):
    metadata = {"name": name, "namespace": namespace}
    if created:
        metadata["creationTimestamp"] = created
    return {
        "apiVersion": "mlgateway.io/v1alpha1",
        "kind": "MLRoute",
        "metadata": metadata,
        "spec": {
            "model": model or name,
            "versions": [
                {"name": f"v{i + 1}", "url": f"http://127.0.0.1:{9001 + i}", "weight": weight}
                for i, weight in enumerate(weights)
            ],
            "auth": {"methods": [{"name": "keys", "type": "APIKey",
                                  "apiKey": {"secretSelector": {"matchLabels": {"app": "iris"}}}}]},
            **spec,
        },
    }


def secret(name="keys", namespace="default", labels=None, annotations=None, data=None, **entries):
    labels = {"app": "iris", "mlgateway.io/use": "keys"} if labels is None else labels
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": namespace, "labels": labels, "annotations": annotations or {}},
        "stringData": entries,
        "data": data or {},
    }


def eventually(claim, patience=5.0):
    """Waits until claim() neither fails nor is false; what it returned."""
    deadline = time.monotonic() + patience
    while True:
        try:
            result = claim()
            if result:
                return result
        except (AssertionError, OSError, KeyError, IndexError, TypeError):
            if time.monotonic() > deadline:
                raise
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.002)


def quota(name="plans", namespace="default", targets=(), tiers=None, created=None, **spec):
    metadata = {"name": name, "namespace": namespace}
    if created:
        metadata["creationTimestamp"] = created
    daily = {"name": "daily", "unit": "Request", "budget": "10", "window": {"rolling": "24h"}}
    refs = [{"group": "mlgateway.io", "kind": "MLRoute", "name": target} for target in targets]
    return {
        "apiVersion": "mlgateway.io/v1alpha1",
        "kind": "MLQuota",
        "metadata": metadata,
        "spec": {"targetRefs": refs, "tiers": tiers or [{"name": "everyone", "limits": [daily]}], **spec},
    }


class Place:
    """A folder of manifests and the operator's output for it."""

    def __init__(self, root):
        self.manifests = root / "manifests"
        self.out = root / "out"
        self.manifests.mkdir()
        self.process = None

    def write(self, name, *documents):
        text = documents[0] if documents and isinstance(documents[0], str) else yaml.safe_dump_all(documents)
        beside = self.manifests / f".{name}.tmp"
        beside.write_text(text)
        beside.rename(self.manifests / name)

    def command(self, *options):
        return [OPERATOR, "local", "--manifests", self.manifests, "--out", self.out, *options]

    def once(self):
        return subprocess.run(self.command("--once"), capture_output=True, text=True, timeout=30)

    def start(self, *options):
        self.process = subprocess.Popen(self.command(*options), stderr=subprocess.PIPE, text=True)
        return self

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        _, log = self.process.communicate(timeout=10)
        code, self.process = self.process.returncode, None
        return code, log

    def config(self):
        return json.loads((self.out / "gateway/gateway.v1.json").read_text())

    def routes(self):
        return {f"{r['namespace']}/{r['name']}": r for r in self.config()["routes"]}

    def quotas(self):
        return {f"{q['namespace']}/{q['name']}": q for q in self.config()["quotas"]}

    def status(self, name="iris", namespace="default", kind="mlroute"):
        return yaml.safe_load((self.out / f"status/{kind}.{namespace}.{name}.yaml").read_text())

    def condition(self, which, name="iris", **more):
        found = {c["type"]: c for c in self.status(name, **more)["status"]["conditions"]}
        return found[which]

    def verdict(self, which, name="iris", **more):
        condition = self.condition(which, name, **more)
        return condition["status"], condition["reason"]

    def digests(self, name="default/iris"):
        sets = self.routes()[name]["auth"][0]["keySets"]
        return {key["name"]: key["digest"] for s in sets for key in s["keys"]}


def log_lines(text):
    return [json.loads(line) for line in text.splitlines()]
