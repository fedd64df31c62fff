"""What status says where not everything is as it should be, against a real API server."""

import http.server
import json
import threading

import pytest

from eventually import eventually
from pods import pod
from worlds import SECRET, expire_lease, keys, keys_in, quota, route, version

OTHER = "mlgateway-roses-0123456789"


def programmed(world, *sidecars):
    """With a route that all of these sidecars run."""
    world.apply(route(), keys())
    eventually(lambda: keys_in(world) == 1, "the configuration")
    for sidecar in sidecars:
        sidecar.sync()
    world.says("iris", "Programmed", "True", "Programmed")


def test_a_pod_without_a_sidecar_is_told_of(world):
    world.start()
    programmed(world, world.sidecar("iris-1", SECRET, app="iris"))
    world.says("iris", "Ready", "True", "Ready")
    naked = pod("naked", world.namespace, SECRET, {"app": "iris"})
    del naked["metadata"]["annotations"], naked["metadata"]["labels"]["mlgateway.io/injected"]
    world.make(naked)
    assert "'naked'" in world.says("iris", "Ready", "False", "PodsWithoutSidecar")["message"]
    assert world.condition("iris", "Programmed")["status"] == "True"
    world.api.admin.kubectl("delete", "pod", "naked", "-n", world.namespace, "--force", "--grace-period=0")
    world.says("iris", "Ready", "True", "Ready")


def test_a_version_that_no_pod_is_is_told_of(world):
    world.start()
    world.apply(route(versions=[version("v1", 90, app="iris"), version("v2", 10, app="none")]), keys())
    world.says("iris", "Ready", "False", "NoPods")
    sidecar = world.sidecar("iris-1", SECRET, app="iris")
    eventually(lambda: keys_in(world) == 1, "the configuration")
    sidecar.sync()
    world.says("iris", "Programmed", "True", "Programmed")
    assert "'v2'" in world.says("iris", "Ready", "False", "VersionWithoutPods")["message"]


def test_status_follows_the_pods(world):
    world.start()
    first = world.sidecar("iris-1", SECRET, app="iris")
    programmed(world, first)
    second = world.sidecar("iris-2", SECRET, app="iris")
    assert "iris-2" in world.says("iris", "Programmed", "False", "NotLoaded")["message"]
    assert world.get("mlroutes", "iris")["status"]["programmed"] == "1/2"
    second.sync()
    world.says("iris", "Programmed", "True", "Programmed")
    for each in (first, second):
        world.api.admin.kubectl("delete", "pod", each.name, "-n", world.namespace, "--force", "--grace-period=0")
    world.says("iris", "Programmed", "False", "NoPods")


def test_what_another_namespace_has_does_not_count(api, world):
    elsewhere = api.namespace()
    theirs = keys()
    theirs["metadata"]["namespace"] = elsewhere
    api.admin.apply(theirs)
    world.start()
    world.sidecar("iris-1", SECRET, app="iris")
    world.apply(route())
    world.says("iris", "ResolvedRefs", "False", "SecretNotFound")
    limit = quota(10)
    limit["spec"]["targetRefs"] = [{"group": "mlgateway.io", "kind": "MLRoute", "name": "iris", "namespace": elsewhere}]
    limit["metadata"]["namespace"] = world.namespace
    refused = api.admin.try_kubectl("apply", "-f", "-", stdin=limit)
    assert refused.returncode and 'unknown field "spec.targetRefs[0].namespace"' in refused.stderr


def test_of_two_routes_for_the_same_requests_the_older_one_is_enforced(world):
    world.start()
    world.sidecar("iris-1", SECRET, app="iris")
    world.apply(route(), keys())
    eventually(lambda: keys_in(world) == 1, "the configuration")
    twin = route("twin")
    twin["spec"]["model"] = "iris"
    world.apply(twin)
    assert "iris" in world.says("twin", "Accepted", "False", "RouteConflict")["message"]
    assert world.routes_in(SECRET) == ["iris"]
    world.api.admin.kubectl("delete", "mlr", "iris", "-n", world.namespace)
    eventually(lambda: world.routes_in(SECRET) == ["twin"], "the other one")


def many_keys(name, number):
    made = keys(name)
    made["stringData"] = {f"caller-{i:05}": f"{name}-key-of-caller-{i:05}" for i in range(number)}
    return made


def test_a_configuration_that_is_too_large_leaves_the_last_good_one(world):
    world.start()
    sidecar = world.sidecar("iris-1", SECRET, app="iris")
    programmed(world, sidecar)
    world.api.admin.ask("POST", f"/api/v1/namespaces/{world.namespace}/secrets", many_keys("more", 6000))
    eventually(lambda: keys_in(world) == 6001, "a large configuration")
    before = world.config(SECRET)
    world.api.admin.ask("POST", f"/api/v1/namespaces/{world.namespace}/secrets", many_keys("most", 6000))
    assert str(1 << 20) in world.says("iris", "Programmed", "False", "ConfigTooLarge")["message"]
    assert world.config(SECRET) == before
    world.api.admin.kubectl("delete", "secret", "most", "-n", world.namespace)
    sidecar.sync()
    world.says("iris", "Programmed", "True", "Programmed")


class Impostor:
    """Answers at a sidecar's admin address with whatever `body` is."""

    def __init__(self):
        impostor = self
        self.body, self.asked = b"", 0

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                impostor.asked += 1
                self.send_response(200)
                self.end_headers()
                self.wfile.write(impostor.body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def says(self, body):
        """Says so from now on, and returns when it was heard twice."""
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()
        heard = self.asked + 2
        eventually(lambda: self.asked >= heard, f"questions after {self.body[:60]}")

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def state_of(world, secret, **changed):
    found = world.config(secret)
    loaded = [{"namespace": r["namespace"], "name": r["name"], "generation": r["generation"], "hash": r["hash"]}
              for r in found["routes"]]
    return {"config": {"hash": found["hash"], "error": None}, "routes": loaded, "quotas": [], **changed}


@pytest.fixture
def impostor():
    made = Impostor()
    yield made
    made.close()


def test_nonsense_of_one_sidecar_is_told_and_harms_nobody_else(world, impostor):
    operator = world.start()
    world.make_pod("liar", OTHER, impostor.port, app="roses")
    world.make_ready("liar")
    world.apply(route("roses", [version("v1", app="roses")]), quota(10))
    programmed(world, world.sidecar("iris-1", SECRET, app="iris"))
    for body in (b"", b"<html>", b"[" * 1_000_000, b"\xff\xfe", b"x" * (17 << 20), {}, {"config": 1, "routes": []},
                 state_of(world, OTHER, routes=[7])):
        impostor.says(body)
    assert "liar: " in world.says("roses", "Programmed", "False", "NotLoaded")["message"]
    limit = {"tier": "x" * 5000, "name": "daily", "holds": "1", "refused": -1, "refusedLastHour": 1 << 62,
             "fullest": {"used": "999999999999"}}
    told = {"namespace": world.namespace, "name": "plans", "generation": 1, "hash": "h", "limits": [limit] * 50}
    impostor.says(state_of(world, OTHER, config={"hash": "h", "error": {"message": "no\n" * 50_000}}, routes=[],
                           quotas=[told, {**told, "name": "of nobody"}]))
    refused = world.says("roses", "Programmed", "False", "ConfigRefused")
    assert "liar: no" in refused["message"] and len(refused["message"]) < 4096
    impostor.says(state_of(world, OTHER))
    world.says("roses", "Programmed", "True", "Programmed")
    world.apply(quota(20))
    world.says("plans", "Accepted", "True", "Accepted", kind="mlquotas")
    assert world.condition("iris", "Accepted")["status"] == "True"
    operator.process.check()


def events(world, name):
    found = world.api.admin.ask("GET", f"/apis/events.k8s.io/v1/namespaces/{world.namespace}/events").object["items"]
    return sorted((e["type"], e["reason"]) for e in found if e["regarding"]["name"] == name)


def test_events_tell_what_a_person_should_notice_once(world):
    first = world.start("first")
    sidecar = world.sidecar("iris-1", SECRET, app="iris")
    world.apply(route())
    eventually(lambda: ("Warning", "SecretNotFound") in events(world, "iris"), "an event")
    programmed(world, sidecar)
    eventually(lambda: ("Normal", "Programmed") in events(world, "iris"), "an event")
    known = events(world, "iris")
    # One that starts finds everything as it was, and has no news.
    first.process.kill()
    expire_lease(world)
    world.start("second")
    world.apply(route("roses"))
    eventually(lambda: world.routes_in(SECRET) == ["iris", "roses"], "the work of the second")
    sidecar.sync()
    world.says("roses", "Programmed", "True", "Programmed")
    assert events(world, "iris") == known
