"""Operators with webhooks, and the API server's configuration that leads to them."""

import base64
import contextlib
import http.client
import json
import pathlib
import ssl
import urllib.error
import urllib.request

import yaml

from eventually import eventually
from pods import BUILD
from processes import Process, free_port

TEMPLATE = pathlib.Path(__file__).parent / "data/webhooks.yaml"
CONFIGURATIONS = "/apis/admissionregistration.k8s.io/v1/{}webhookconfigurations/{}"
IMAGE = "registry.example.com/mlgateway-sidecar:1"
SECRET = "mlgateway-webhook"


def rights(name):
    """What operator/README.md says that webhooks need, and nothing else."""
    return [
        {"apiGroups": [""], "resources": ["secrets"], "verbs": ["create"]},
        {"apiGroups": [""], "resources": ["secrets"], "resourceNames": [SECRET], "verbs": ["get", "update"]},
    ], [
        {"apiGroups": ["admissionregistration.k8s.io"], "verbs": ["get", "patch"], "resourceNames": [name],
         "resources": ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"]},
    ]


class Webhooks:
    """A namespace for operators with webhooks, and configurations `name` that call the first of them."""

    def __init__(self, api, folder, failure_policy="Fail"):
        self.api, self.folder = api, folder
        self.namespace = api.namespace()
        self.name = f"mlgateway-{self.namespace}"
        self.port = free_port()
        self.started = []
        self.user = api.service_account(self.namespace, "operator")
        self._grant()
        self.install(failure_policy)

    def _grant(self):
        own, everywhere = rights(self.name)
        subject = {"kind": "ServiceAccount", "name": "operator", "namespace": self.namespace}
        rbac = {"apiVersion": "rbac.authorization.k8s.io/v1"}
        role = {"apiGroup": "rbac.authorization.k8s.io", "name": self.name}
        here = {"name": self.name, "namespace": self.namespace}
        self.api.admin.apply(
            {**rbac, "kind": "Role", "metadata": here, "rules": own},
            {**rbac, "kind": "RoleBinding", "metadata": here, "roleRef": {**role, "kind": "Role"},
             "subjects": [subject]},
            {**rbac, "kind": "ClusterRole", "metadata": {"name": self.name}, "rules": everywhere},
            {**rbac, "kind": "ClusterRoleBinding", "metadata": {"name": self.name},
             "roleRef": {**role, "kind": "ClusterRole"}, "subjects": [subject]})

    def install(self, failure_policy):
        """The template, with this machine's loopback in place of a Service."""
        text = TEMPLATE.read_text().replace("NAMESPACE", self.namespace).replace("FAILURE_POLICY", failure_policy)
        for configuration in yaml.safe_load_all(text):
            configuration["metadata"]["name"] = self.name
            for webhook in configuration["webhooks"]:
                path = webhook["clientConfig"].pop("service")["path"]
                webhook["clientConfig"]["url"] = f"https://127.0.0.1:{self.port}{path}"
            self.api.admin.apply(configuration)

    def start(self, *options, port=None, certificates=None):
        """An operator; ready when it is returned."""
        admin, number = free_port(), len(self.started)
        given = ["--webhook-certificates", certificates] if certificates else []
        process = Process(f"operator-{number}", [
            BUILD / "mlgateway-operator", "run", "--kubeconfig", self.user.kubeconfig, "--own-namespace",
            self.namespace, "--namespace", self.namespace, "--admin", f"127.0.0.1:{admin}",
            "--webhook", f"127.0.0.1:{port or self.port}", "--webhook-host", "127.0.0.1",
            "--mutating-webhook", self.name, "--validating-webhook", self.name, "--sidecar", f"image={IMAGE}",
            *given, *options], self.folder / f"{self.namespace}-{number}.log")
        self.started.append(process)
        process.admin = admin
        eventually(lambda: "webhooks are ready" in process.log.read_text(), lambda: process.tail(), check=process.check)
        return process

    def bundles(self):
        """The authorities that the API server is told, one entry for each webhook."""
        found = []
        for kind in ("mutating", "validating"):
            configuration = self.api.admin.ask("GET", CONFIGURATIONS.format(kind, self.name)).object
            found += [w["clientConfig"].get("caBundle", "") for w in configuration["webhooks"]]
        return [base64.b64decode(text).decode() for text in found]

    def call(self, path, body, port=None, headers=None, method="POST"):
        """As the API server calls, on a connection of its own: (status, text)."""
        tls = ssl.create_default_context(cadata=self.bundles()[0])
        with contextlib.closing(http.client.HTTPSConnection("127.0.0.1", port or self.port, context=tls,
                                                            timeout=30)) as connection:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def metrics(self, process):
        with urllib.request.urlopen(f"http://127.0.0.1:{process.admin}/metrics", timeout=10) as answer:
            return answer.read().decode()

    def close(self):
        for kind in ("mutating", "validating"):
            self.api.admin.ask("DELETE", CONFIGURATIONS.format(kind, self.name))
        for process in self.started:
            process.kill()


def pod(called, *, labels=None, annotations=None, owner=None, **container):
    """A pod that the restricted profile lets in; `owner` is (apiVersion, kind, name)."""
    metadata = {"name": called, "labels": labels or {}, "annotations": annotations or {}}
    if owner:
        metadata["ownerReferences"] = [dict(zip(("apiVersion", "kind", "name"), owner), uid="1", controller=True)]
    return {
        "apiVersion": "v1", "kind": "Pod", "metadata": metadata,
        "spec": {
            "securityContext": {"runAsNonRoot": True, "runAsUser": 1000, "seccompProfile": {"type": "RuntimeDefault"}},
            "containers": [{
                "name": "model", "image": "model:1", "ports": [{"name": "http", "containerPort": 8080}],
                "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
                **container}],
        },
    }


def sidecars(made):
    """The gateways among the init containers of a pod, by their place in line."""
    line = enumerate(made["spec"].get("initContainers", []))
    return [place for place, container in line if container["name"] == "mlgateway"]


def record(made):
    return json.loads(made["metadata"]["annotations"]["mlgateway.io/injection"])
