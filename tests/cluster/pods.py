"""Pods as injection leaves them, on an API server where no kubelet runs: tests play the kubelet."""

import base64
import json
import os
import pathlib

from processes import Process, free_port

BUILD = pathlib.Path(os.environ.get("MLGATEWAY_BUILD", pathlib.Path(__file__).parents[2] / "build"))
FILE = "gateway.v1.json"


def pod(name, namespace, secret, labels, admin_port=15801):
    return {
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {
            "name": name, "namespace": namespace,
            "labels": {**labels, "mlgateway.io/injected": "true"},
            "annotations": {"mlgateway.io/injection": json.dumps({"secret": secret})},
        },
        "spec": {
            "initContainers": [{"name": "mlgateway", "image": "none", "restartPolicy": "Always",
                                "ports": [{"name": "mlgw-admin", "containerPort": admin_port}]}],
            "containers": [{"name": "model", "image": "none"}],
        },
    }


def make_ready(api, namespace, name):
    """As the kubelet says it."""
    status = {"phase": "Running", "podIP": "127.0.0.1", "podIPs": [{"ip": "127.0.0.1"}],
              "conditions": [{"type": "Ready", "status": "True"}]}
    done = api.admin.ask("PATCH", f"/api/v1/namespaces/{namespace}/pods/{name}/status", {"status": status},
                         content_type="application/merge-patch+json")
    assert done.ok, done


class Sidecar:
    """A pod on the API server, and a real sidecar that runs what its Secret says when `sync()` is called."""

    def __init__(self, api, folder, name, namespace, secret, labels):
        self.api, self.namespace, self.name, self.secret = api, namespace, name, secret
        self.path = f"/api/v1/namespaces/{namespace}/pods/{name}"
        admin = free_port()
        made = api.admin.ask("POST", f"/api/v1/namespaces/{namespace}/pods",
                             pod(name, namespace, secret, labels, admin))
        assert made.ok, made
        self.config = folder / name
        self.config.mkdir()
        self.process = Process(f"sidecar-{name}", [
            BUILD / "mlgateway-sidecar", "--config", self.config, "--listen", f"127.0.0.1:{free_port()}",
            "--admin", f"127.0.0.1:{admin}", "--access-log", "off"], folder / f"{name}.log")
        make_ready(api, namespace, name)

    def sync(self):
        """Shows the Secret to the sidecar, as the kubelet would after a nudge."""
        text = config_text(self.api, self.namespace, self.secret)
        assert text is not None
        new = self.config / "new"
        new.write_text(text)
        new.rename(self.config / FILE)

    def nudge(self):
        return self.api.admin.ask("GET", self.path).object["metadata"]["annotations"].get("mlgateway.io/config")

    def close(self):
        self.process.kill()


def config_text(api, namespace, secret):
    """The configuration in that Secret; None when there is none."""
    found = api.admin.ask("GET", f"/api/v1/namespaces/{namespace}/secrets/{secret}")
    return base64.b64decode(found.object["data"][FILE]).decode() if found.ok else None


def config(api, namespace, secret):
    text = config_text(api, namespace, secret)
    return json.loads(text) if text else None
