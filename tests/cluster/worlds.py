"""A namespace with an operator that looks after it, pods whose kubelet is the test, and what it is given to enforce."""

import urllib.error
import urllib.request

from eventually import eventually
from pods import BUILD, Sidecar, config, make_ready, pod
from processes import Process, free_port

KEY = "key-of-alice-0123456789"
SECRET = "mlgateway-iris-0123456789"


class Operator:
    def __init__(self, folder, name, namespace, own_namespace, kubeconfig):
        self.port = free_port()
        self.process = Process(name, [
            BUILD / "mlgateway-operator", "run", "--kubeconfig", kubeconfig, "--namespace", namespace,
            "--own-namespace", own_namespace, "--admin", f"127.0.0.1:{self.port}"], folder / f"{name}.log")

    def page(self, path):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()

    def end(self):
        """Its exit code after SIGTERM."""
        self.process._process.terminate()
        return self.code()

    def code(self):
        """Its exit code, when it ends by itself."""
        return self.process._process.wait(30)


class World:
    """A namespace with an operator that looks after it, and pods whose kubelet is the test."""

    def __init__(self, api, folder, namespace):
        self.api, self.folder, self.namespace = api, folder, namespace
        self.started = []

    def start(self, name="operator", own_namespace=None, kubeconfig=None):
        operator = Operator(self.folder, name, self.namespace, own_namespace or self.namespace,
                            kubeconfig or self.api.admin.kubeconfig)
        self.started.append(operator.process)
        return operator

    def sidecar(self, name, secret, **labels):
        made = Sidecar(self.api, self.folder, name, self.namespace, secret, labels)
        self.started.append(made.process)
        return made

    def make_pod(self, name, secret, admin_port=15801, **labels):
        """A pod that nobody starts."""
        self.make(pod(name, self.namespace, secret, labels, admin_port))

    def make(self, pod_object):
        made = self.api.admin.ask("POST", f"/api/v1/namespaces/{self.namespace}/pods", pod_object)
        assert made.ok, made

    def make_ready(self, name):
        make_ready(self.api, self.namespace, name)

    def apply(self, *objects):
        for o in objects:
            o["metadata"]["namespace"] = self.namespace
        self.api.admin.apply(*objects)

    def config(self, secret):
        return config(self.api, self.namespace, secret)

    def routes_in(self, secret):
        found = self.config(secret)
        return None if found is None else [r["name"] for r in found["routes"]]

    def get(self, kind, name):
        return self._ask(f"/apis/mlgateway.io/v1alpha1/namespaces/{self.namespace}/{kind}/{name}")

    def all(self, kind):
        return self.list("/apis/mlgateway.io/v1alpha1", kind)

    def list(self, group, plural):
        return self._ask(f"{group}/namespaces/{self.namespace}/{plural}")["items"]

    def pod(self, name):
        return self._ask(f"/api/v1/namespaces/{self.namespace}/pods/{name}")

    def secret(self, name):
        return self._ask(f"/api/v1/namespaces/{self.namespace}/secrets/{name}")

    def _ask(self, path):
        answer = self.api.admin.ask("GET", path)
        assert answer.ok, answer
        return answer.object

    def condition(self, name, of_type, kind="mlroutes"):
        for c in self.get(kind, name).get("status", {}).get("conditions", []):
            if c["type"] == of_type:
                return c
        return {"status": None, "reason": None, "message": ""}

    def says(self, name, of_type, status, reason, kind="mlroutes"):
        def claim():
            c = self.condition(name, of_type, kind)
            return (c["status"], c["reason"]) == (status, reason) and c

        return eventually(claim, lambda: f"{kind} {name}: {of_type}={status}, {reason}; it is "
                                         f"{self.get(kind, name).get('status')}", patience=30)

    def close(self):
        for process in self.started:
            process.kill()


def version(name, weight=None, **labels):
    v = {"name": name, "podSelector": {"matchLabels": labels}, "port": 8080}
    return v if weight is None else {**v, "weight": weight}


def route(name="iris", versions=None):
    return {
        "apiVersion": "mlgateway.io/v1alpha1", "kind": "MLRoute", "metadata": {"name": name},
        "spec": {"versions": versions or [version("v1", app="iris")],
                 "auth": {"methods": [{"name": "keys", "type": "APIKey",
                                       "apiKey": {"secretSelector": {"matchLabels": {"for": "iris"}}}}]}},
    }


def keys(name="keys", key=KEY):
    return {"apiVersion": "v1", "kind": "Secret", "stringData": {"alice": key},
            "metadata": {"name": name, "labels": {"mlgateway.io/use": "api-keys", "for": "iris"}}}


def quota(amount):
    return {"apiVersion": "mlgateway.io/v1alpha1", "kind": "MLQuota", "metadata": {"name": "plans"},
            "spec": {"tiers": [{"name": "all", "limits": [
                {"name": "daily", "unit": "Request", "budget": str(amount), "window": {"rolling": "24h"}}]}]}}


def keys_in(world, secret=SECRET):
    found = world.config(secret)
    return found and found["routes"] and sum(len(s["keys"]) for s in found["routes"][0]["auth"][0]["keySets"])


def lease(world):
    return world.api.admin.ask(
        "GET", f"/apis/coordination.k8s.io/v1/namespaces/{world.namespace}/leases/mlgateway-operator")


def expire_lease(world):
    """What its duration would do: a killed leader cannot give it back."""
    if lease(world).ok:
        world.api.admin.kubectl("delete", "lease", "mlgateway-operator", "-n", world.namespace)
