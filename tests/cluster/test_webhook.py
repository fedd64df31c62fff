"""Pods and routes as people apply them, through an API server that calls the operator's webhooks."""

import json
import subprocess
import urllib.error
import urllib.request

import pytest

from eventually import eventually
from pods import BUILD
from processes import Process, free_port
from webhooks import IMAGE, Webhooks, pod, record, sidecars


@pytest.fixture(scope="module")
def webhooks(api, tmp_path_factory):
    made = Webhooks(api, tmp_path_factory.mktemp("webhooks"))
    made.process = made.start()
    yield made
    made.close()


@pytest.fixture
def asking(api):
    """A namespace that asked for gateways, and that holds its pods to the restricted profile."""
    return api.namespace({"mlgateway.io/inject": "enabled", "pod-security.kubernetes.io/enforce": "restricted"})


def create(api, namespace, made):
    return api.admin.ask("POST", f"/api/v1/namespaces/{namespace}/pods", made)


def created(api, namespace, made):
    answer = create(api, namespace, made)
    assert answer.ok, answer
    return answer.object


def test_a_pod_of_a_namespace_that_asked_comes_out_with_a_gateway(api, webhooks, asking):
    made = created(api, asking, pod("iris"))
    assert sidecars(made) == [0]
    gateway = made["spec"]["initContainers"][0]
    assert (gateway["image"], gateway["restartPolicy"]) == (IMAGE, "Always")
    assert made["metadata"]["labels"]["mlgateway.io/injected"] == "true"
    secret = record(made)["secret"]
    sources = [v["projected"]["sources"] for v in made["spec"]["volumes"] if v["name"] == "mlgateway-config"][0]
    assert sources[0]["secret"] == {"name": secret, "optional": True}
    hook = made["spec"]["containers"][0]["lifecycle"]["preStop"]["httpGet"]
    assert (hook["path"], hook["port"]) == ("/drain", 15801)
    assert made["spec"]["terminationGracePeriodSeconds"] == 65


@pytest.mark.parametrize("owner, name", [
    (("apps/v1", "ReplicaSet", "iris-5d4f8c7b9"), "mlgateway-iris-"),
    (("apps/v1", "StatefulSet", "iris-set"), "mlgateway-iris-set-"),
    (("apps/v1", "DaemonSet", "iris-daemon"), "mlgateway-iris-daemon-"),
])
def test_a_workload_has_one_secret_whatever_its_pods_are_called(api, webhooks, asking, owner, name):
    labels = {"pod-template-hash": "5d4f8c7b9"} if owner[1] == "ReplicaSet" else {}
    secrets = {record(created(api, asking, pod(f"p{n}", labels=labels, owner=owner)))["secret"] for n in range(2)}
    [secret] = secrets
    assert secret.startswith(name) and len(secret) == len(name) + 10


def test_bare_pods_share_nothing(api, webhooks, asking):
    one, other = (record(created(api, asking, pod(name))) for name in ("one", "other"))
    assert one["secret"] != other["secret"] and one["drainToken"] != other["drainToken"]


def test_who_did_not_ask_has_none(api, webhooks, asking, namespace):
    assert sidecars(created(api, namespace, pod("silent"))) == []
    assert sidecars(created(api, asking, pod("declines", labels={"mlgateway.io/inject": "disabled"}))) == []
    assert sidecars(created(api, namespace, pod("asks", labels={"mlgateway.io/inject": "enabled"}))) == [0]


def test_pods_of_the_system_and_the_operators_own_have_none(api, webhooks):
    for protected in ("kube-system", webhooks.namespace):
        made = pod("asks", labels={"mlgateway.io/inject": "enabled"})
        assert sidecars(created(api, protected, made)) == [], protected
        api.admin.ask("DELETE", f"/api/v1/namespaces/{protected}/pods/asks", {"gracePeriodSeconds": 0})


def test_a_pod_that_was_injected_before_is_not_injected_twice(api, webhooks, asking):
    owner = ("apps/v1", "StatefulSet", "iris")
    first = created(api, asking, pod("iris", owner=owner))
    again = {**first, "metadata": {**first["metadata"], "name": "iris-2"}}
    del again["metadata"]["resourceVersion"], again["metadata"]["uid"]
    second = created(api, asking, again)
    assert second["spec"] == first["spec"]
    assert record(second)["secret"] == record(first)["secret"]


def test_what_cannot_be_is_refused_with_the_field_and_what_to_do(api, webhooks, asking):
    stolen = create(api, asking, pod("stolen", name="mlgateway"))
    assert stolen.status == 422
    assert "spec.containers[0].name: 'mlgateway' is the gateway's own name; choose another" in stolen.message
    port = create(api, asking, pod("port", ports=[{"containerPort": 15801}]))
    assert "config.mlgateway.io/admin-port" in port.message
    typo = create(api, asking, pod("typo", annotations={"config.mlgateway.io/imag": "x"}))
    assert "metadata.annotations[config.mlgateway.io/imag]: is no setting of the gateway" in typo.message
    label = create(api, asking, pod("label", labels={"mlgateway.io/inject": "true"}))
    assert "must be enabled or disabled, is 'true'" in label.message


def test_a_models_own_hook_stays_and_its_owner_is_warned(api, webhooks, asking):
    own = {"preStop": {"sleep": {"seconds": 5}}}
    made = {**pod("hooked", lifecycle=own)}
    made["metadata"]["namespace"] = asking
    run = api.admin.try_kubectl("create", "-f", "-", "-o", "json", stdin=made)
    assert "Warning: container model keeps its preStop hook" in run.stderr
    assert json.loads(run.stdout)["spec"]["containers"][0]["lifecycle"] == own


def test_the_sidecar_takes_what_it_is_injected_with(api, webhooks, asking, tmp_path):
    data, admin = free_port(), free_port()
    made = created(api, asking, pod("iris", annotations={
        "config.mlgateway.io/data-port": str(data), "config.mlgateway.io/admin-port": str(admin),
        "config.mlgateway.io/propagation-delay": "1s"}))
    gateway = made["spec"]["initContainers"][0]
    folders = {"/etc/mlgateway": tmp_path / "config", "/var/lib/mlgateway": tmp_path / "state"}
    for folder in folders.values():
        folder.mkdir()
    environment = [f"{e['name']}={e['value']}" for e in gateway["env"]]
    process = Process("sidecar", ["env", *environment, *(BUILD / c for c in gateway["command"]),
                                  *(folders.get(a, a) for a in gateway["args"])], tmp_path / "log")
    try:
        for probe in ("startupProbe", "livenessProbe"):
            get = gateway[probe]["httpGet"]
            assert eventually(lambda: ask(get), probe, check=process.check) == 200
        hook = made["spec"]["containers"][0]["lifecycle"]["preStop"]["httpGet"]
        assert ask(hook) == 200
        assert ask({**hook, "httpHeaders": []}) == 401
    finally:
        process.kill()


def ask(get):
    """The status that a kubelet would see."""
    request = urllib.request.Request(f"http://127.0.0.1:{get['port']}{get['path']}",
                                     headers={h["name"]: h["value"] for h in get.get("httpHeaders", [])})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        return refused.code


def route(name="iris", url="http://iris:8080"):
    return {"apiVersion": "mlgateway.io/v1alpha1", "kind": "MLRoute", "metadata": {"name": name},
            "spec": {"versions": [{"name": "v1", "url": url}],
                     "auth": {"methods": [{"name": "all", "type": "Anonymous"}]}}}


def test_a_route_that_the_operator_could_not_enforce_is_refused(api, webhooks, namespace):
    path = f"/apis/mlgateway.io/v1alpha1/namespaces/{namespace}/mlroutes"
    refused = api.admin.ask("POST", path, route(url="http://300.1.1.1.:80"))
    assert refused.status == 422, refused
    assert refused.causes and refused.causes[0][0] == "spec.versions[0].url", refused
    assert api.admin.ask("POST", path, route()).ok
    changed = api.admin.ask("PATCH", f"{path}/iris", {"spec": {"versions": [{"name": "v1", "url": "http://:80"}]}},
                            content_type="application/merge-patch+json")
    assert changed.status == 422, changed
    assert api.admin.ask("DELETE", f"{path}/iris").ok


def test_calls_are_counted_and_timed(api, webhooks, asking):
    created(api, asking, pod("counted"))
    text = webhooks.metrics(webhooks.process)
    assert 'mlgateway_admission_requests_total{outcome="patched",webhook="inject"}' in text
    assert 'mlgateway_admission_seconds_count{webhook="inject"}' in text
    assert "mlgateway_webhook_certificate_expiry_timestamp_seconds" in text


def test_whoever_calls_something_else_is_told_and_costs_nothing(webhooks):
    big = {"Content-Length": str(64 << 20)}
    assert webhooks.call("/validate", None, method="GET")[0] == 405
    assert webhooks.call("/", "{}")[0] == 404
    assert webhooks.call("/validate", "{}")[0] == 400
    assert webhooks.call("/validate", "[" * 100000)[0] == 400
    assert webhooks.call("/validate", iter([b"{}"]), headers={"Transfer-Encoding": "chunked"})[0] == 411
    assert webhooks.call("/validate", b"", headers=big)[0] == 413
    plain = subprocess.run(["curl", "-sS", f"http://127.0.0.1:{webhooks.port}/validate"], capture_output=True)
    assert plain.returncode != 0
    assert webhooks.call("/validate", "{}")[0] == 400


@pytest.mark.parametrize("option, words", [
    (["--sidecar", "colour=red"], "--sidecar: colour: is no setting"), ([], "--sidecar: image: is required"),
    (["--sidecar", "image=x"], "--webhook: 'nowhere' is not ADDR:PORT")])
def test_an_operator_that_is_told_nonsense_says_so_and_ends(webhooks, option, words):
    run = subprocess.run([BUILD / "mlgateway-operator", "run", "--kubeconfig", webhooks.user.kubeconfig,
                          "--webhook", "nowhere", *option], capture_output=True, text=True)
    assert run.returncode != 0 and words in run.stdout + run.stderr, run
