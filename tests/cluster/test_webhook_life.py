"""What becomes of pods while webhooks die, while their certificates change, and among other people's webhooks."""

import base64
import contextlib
import http.server
import json
import ssl
import threading

import pytest

from eventually import eventually
from processes import free_port
from webhooks import CONFIGURATIONS, SECRET, Webhooks, pod, sidecars


@pytest.fixture
def make(api, tmp_path):
    """make(failure_policy) installs webhooks of the test's own."""
    with contextlib.ExitStack() as closing:
        def made(failure_policy="Fail"):
            webhooks = Webhooks(api, tmp_path, failure_policy)
            closing.callback(webhooks.close)
            return webhooks
        yield made


@pytest.fixture
def asking(api):
    return api.namespace({"mlgateway.io/inject": "enabled"})


def create(api, namespace, made, **query):
    return api.admin.ask("POST", f"/api/v1/namespaces/{namespace}/pods", made, **query)


def secret(api, webhooks):
    """The texts in the Secret with the certificates."""
    found = api.admin.ask("GET", f"/api/v1/namespaces/{webhooks.namespace}/secrets/{SECRET}")
    return {name: base64.b64decode(text).decode() for name, text in found.object["data"].items()}


def test_a_dead_operator_blocks_only_pods_that_asked_and_only_where_that_is_wanted(api, make, asking, namespace):
    webhooks = make("Fail")
    webhooks.start().kill()
    refused = create(api, asking, pod("asks"))
    assert refused.status == 500 and "namespace.inject.mlgateway.io" in refused.message, refused
    assert create(api, asking, pod("declines", labels={"mlgateway.io/inject": "disabled"})).ok
    assert create(api, namespace, pod("silent")).ok
    assert create(api, "kube-system", pod("system", labels={"mlgateway.io/inject": "enabled"}), dryRun="All").ok


def test_a_dead_operator_blocks_nothing_by_default(api, make, asking):
    webhooks = make("Ignore")
    webhooks.start().kill()
    answer = create(api, asking, pod("asks"))
    assert answer.ok and sidecars(answer.object) == []


def test_an_operator_that_comes_back_keeps_its_certificates(api, make, asking):
    webhooks = make()
    webhooks.start().kill()
    before = secret(api, webhooks)
    webhooks.start()
    assert secret(api, webhooks) == before
    assert sidecars(create(api, asking, pod("iris")).object) == [0]


def test_replicas_that_start_together_agree_on_one_authority(api, make):
    webhooks = make()
    other = free_port()
    started = []
    threads = [threading.Thread(target=lambda p=p: started.append(webhooks.start(port=p))) for p in (None, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # A process ends with the thread that started it, so they are looked at by those that live on.
    webhooks.start(), webhooks.start(port=other)
    assert set(webhooks.bundles()) == {secret(api, webhooks)["ca.crt"]}
    assert [webhooks.call("/validate", "{}", port=p)[0] for p in (webhooks.port, other)] == [400, 400]


def test_a_bundle_that_somebody_removed_is_put_back(api, make):
    webhooks = make()
    webhooks.start("--webhook-lifetime", "60s")
    path = CONFIGURATIONS.format("mutating", webhooks.name)
    first = {"op": "remove", "path": "/webhooks/0/clientConfig/caBundle"}
    assert api.admin.ask("PATCH", path, [first], content_type="application/json-patch+json").ok
    eventually(lambda: all(webhooks.bundles()), "the bundle")


def test_no_call_fails_while_certificates_and_their_authority_change(api, make, asking):
    webhooks = make()
    process = webhooks.start("--webhook-lifetime", "24s")
    first = secret(api, webhooks)
    seen = {first["tls.crt"]}

    def changed():
        """Once around: a pod through the API server's connections, and a handshake by who believes its bundle."""
        process.check()
        answer = create(api, asking, pod("iris"), dryRun="All")
        assert answer.ok and sidecars(answer.object) == [0], answer
        assert webhooks.call("/validate", "{}")[0] == 400
        now = secret(api, webhooks)
        seen.add(now["tls.crt"])
        return now["ca.crt"] != first["ca.crt"] and now["tls.crt"] not in (first["tls.crt"], None)

    eventually(changed, "another authority", patience=180)
    assert len(seen) > 1
    for _ in range(20):
        changed()


def test_a_certificate_of_somebody_elses_is_served_and_followed(api, make, asking):
    webhooks = make()

    def put(name):
        certificate, key = api.authority.issue(f"{webhooks.name}-{name}", "webhook", hosts=["IP:127.0.0.1"])
        folder = webhooks.folder / "given"
        folder.mkdir(exist_ok=True)
        (folder / "tls.key").write_text(key.read_text())
        (folder / "tls.crt").write_text(certificate.read_text())
        return folder, ssl.PEM_cert_to_DER_cert(certificate.read_text())

    folder, shown = put("one")
    bundle = base64.b64encode(api.authority.certificate.read_bytes()).decode()
    for kind, count in (("mutating", 2), ("validating", 1)):
        patch = [{"op": "add", "path": f"/webhooks/{n}/clientConfig/caBundle", "value": bundle} for n in range(count)]
        assert api.admin.ask("PATCH", CONFIGURATIONS.format(kind, webhooks.name), patch,
                             content_type="application/json-patch+json").ok
    webhooks.start(certificates=folder)
    assert sidecars(create(api, asking, pod("iris")).object) == [0]
    assert server_shows(webhooks.port) == shown
    _, shown = put("two")
    eventually(lambda: server_shows(webhooks.port) == shown, "the second certificate")
    assert not api.admin.ask("GET", f"/api/v1/namespaces/{webhooks.namespace}/secrets/{SECRET}").ok


def server_shows(port):
    return ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(("127.0.0.1", port)))


class Stranger(http.server.BaseHTTPRequestHandler):
    """Somebody else's webhook: it adds a container to every pod that has none of it."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["request"]
        response = {"uid": request["uid"], "allowed": True}
        containers = request["object"]["spec"]["containers"]
        if not any(c["name"] == "late" for c in containers):
            patch = [{"op": "add", "path": "/spec/containers/-", "value": {"name": "late", "image": "late:1"}}]
            response |= {"patchType": "JSONPatch", "patch": base64.b64encode(json.dumps(patch).encode()).decode()}
        answer = json.dumps({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response})
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer.encode())

    def log_message(self, *arguments):
        pass


@contextlib.contextmanager
def stranger(api, namespace):
    certificate, key = api.authority.issue(f"stranger-{namespace}", "stranger", hosts=["IP:127.0.0.1"])
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stranger)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    # By its name it is called after ours.
    name = f"zz-{namespace}"
    api.admin.apply({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingWebhookConfiguration",
        "metadata": {"name": name},
        "webhooks": [{
            "name": "late.example.com", "sideEffects": "None", "admissionReviewVersions": ["v1"],
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}},
            "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}],
            "clientConfig": {"url": f"https://127.0.0.1:{server.server_port}/",
                             "caBundle": base64.b64encode(api.authority.certificate.read_bytes()).decode()}}]})
    try:
        yield
    finally:
        api.admin.ask("DELETE", CONFIGURATIONS.format("mutating", name))
        server.shutdown()
        server.server_close()


def test_a_container_that_came_after_the_injection_gets_its_hook_and_nothing_comes_twice(api, make, asking):
    webhooks = make()
    process = webhooks.start()
    with stranger(api, asking):
        def both():
            found = create(api, asking, pod("iris"), dryRun="All").object
            return len(found["spec"]["containers"]) == 2 and found

        made = eventually(both, "the other webhook")
    assert sidecars(made) == [0]
    assert ["preStop" in c["lifecycle"] for c in made["spec"]["containers"]] == [True, True]
    assert len([v for v in made["spec"]["volumes"] if v["name"].startswith("mlgateway-")]) == 2
    assert made["spec"]["terminationGracePeriodSeconds"] == 65
    assert 'outcome="patched",webhook="inject"' in webhooks.metrics(process)
