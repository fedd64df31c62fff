"""The one-node cluster does what the tests of the gateway in it rely on."""

import http.client
import json
import re
import subprocess

import pytest

import images
import workload
from eventually import eventually
from programs import program


@pytest.fixture(scope="module")
def namespace(cluster):
    """A namespace that admits only the restricted profile, with the Deployment and the Service in it."""
    cluster.load(images.shell(cluster.folder))
    namespace = cluster.plane.namespace(workload.RESTRICTED)
    cluster.admin.apply(workload.deployment(namespace), workload.service(namespace))
    cluster.admin.kubectl("rollout", "status", "-n", namespace, "deployment/web", "--timeout=100s")
    return namespace


@pytest.fixture(scope="module")
def kubectl(cluster, namespace):
    return lambda *arguments: cluster.admin.kubectl("-n", namespace, *arguments)


def in_pod(kubectl, script):
    return kubectl("exec", "deployment/web", "-c", "server", "--", "sh", "-c", script)


def get(cluster, host, port, path="/"):
    connection = http.client.HTTPConnection(host, port, timeout=10)
    connection.sock = cluster.network.connect((host, port))
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, body


def test_a_native_sidecar_has_begun_before_its_model(kubectl):
    [pod, _] = json.loads(kubectl("get", "pods", "-l", "app=web", "-o", "json"))["items"]
    [sidecar], [server] = pod["status"]["initContainerStatuses"], pod["status"]["containerStatuses"]
    assert sidecar["ready"] and server["ready"]
    assert sidecar["state"]["running"]["startedAt"] <= server["state"]["running"]["startedAt"]


ASK = r"exec 3<>/dev/tcp/{}/80; printf 'GET / HTTP/1.0\r\n\r\n' >&3; cat <&3"


@pytest.fixture
def address(kubectl):
    """The Service's."""
    return kubectl("get", "service", "web", "-o", "jsonpath={.spec.clusterIP}")


def test_a_service_answers_by_name_within_a_pod(kubectl, namespace, address):
    for name in ("web", f"web.{namespace}", f"web.{namespace}.svc.cluster.local", address):
        answer = kubectl("exec", "deployment/web", "-c", "server", "--", "bash", "-c", ASK.format(name))
        assert answer.endswith("from the sidecar\n"), answer


def test_a_service_answers_on_the_node(cluster, address):
    assert get(cluster, address, 80) == (200, "from the sidecar\n")


def test_exec_runs_as_nobody_on_a_root_that_cannot_be_written(kubectl):
    assert in_pod(kubectl, "id -u").strip() == "65532"
    assert "Read-only" in in_pod(kubectl, "touch /here 2>&1 || true")


def test_logs_are_read_per_container(kubectl):
    assert kubectl("logs", "deployment/web", "-c", "server") == "server began\n"
    assert kubectl("logs", "deployment/web", "-c", "sidecar") == "sidecar began\n"


def test_a_port_is_forwarded(cluster, namespace):
    command = cluster.network.enter(program("kubectl"), "--kubeconfig", cluster.admin.kubeconfig, "-n", namespace,
                                    "port-forward", "deployment/web", ":8080")
    with subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True) as forward:
        try:
            port = int(re.search(r"127\.0\.0\.1:(\d+)", forward.stdout.readline())[1])
            assert get(cluster, "127.0.0.1", port) == (200, "from the sidecar\n")
        finally:
            forward.kill()


def test_a_pod_outside_the_profile_is_not_admitted(cluster, namespace):
    bare = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "bare", "namespace": namespace},
            "spec": {"containers": [{"name": "bare", "image": images.SHELL}]}}
    run = cluster.admin.try_kubectl("apply", "-f", "-", stdin=bare)
    assert run.returncode != 0 and "restricted" in run.stderr


def test_a_secret_is_mounted_and_its_change_seen_after_a_nudge(cluster, kubectl, namespace):
    def secret(word):
        cluster.admin.apply({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "word", "namespace": namespace},
                             "stringData": {"word": word}})

    secret("old")
    reader = workload.pod()
    reader["volumes"].append({"name": "word", "secret": {"secretName": "word"}})
    reader["containers"][0]["volumeMounts"].append({"name": "word", "mountPath": "/word"})
    cluster.admin.apply({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "reader", "namespace": namespace},
                         "spec": reader})
    kubectl("wait", "--for=condition=Ready", "pod/reader", "--timeout=60s")

    def read():
        return kubectl("exec", "reader", "-c", "server", "--", "cat", "/word/word")

    assert read() == "old"
    secret("new")

    def nudged():
        kubectl("annotate", "pod", "reader", "--overwrite", f"nudge={nudged.count}")
        nudged.count += 1
        return read() == "new"

    nudged.count = 0
    eventually(nudged, "the new word in the pod", patience=30)


def test_a_rolling_restart_replaces_every_pod(kubectl):
    def names():
        pods = json.loads(kubectl("get", "pods", "-l", "app=web", "-o", "json"))["items"]
        return {pod["metadata"]["name"] for pod in pods if "deletionTimestamp" not in pod["metadata"]}

    before = names()
    kubectl("rollout", "restart", "deployment/web")
    kubectl("rollout", "status", "deployment/web", "--timeout=100s")
    eventually(lambda: len(names()) == 2 and not names() & before, "two new pods")


def test_what_an_owner_leaves_is_collected(cluster, kubectl, namespace):
    kubectl("delete", "deployment", "web", "--wait=false")
    eventually(lambda: kubectl("get", "pods,replicasets", "-l", "app=web", "-o", "name") == "", "its pods to be gone")
