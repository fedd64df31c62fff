"""mlgateway-operator run, against a real API server: the state of the world, not the calls."""

import json
import time

import pytest

from eventually import eventually
from pods import FILE, pod
from worlds import KEY, SECRET, expire_lease, keys, keys_in, lease, quota, route, version


def test_a_route_reaches_the_sidecar_and_status_says_when(world):
    world.start()
    sidecar = world.sidecar("iris-1", SECRET, app="iris")
    world.apply(route(), keys())
    eventually(lambda: world.routes_in(SECRET) == ["iris"], "the route in the workload's Secret")
    waiting = world.says("iris", "Programmed", "False", "NotLoaded")
    assert "iris-1" in waiting["message"]
    assert world.says("iris", "Ready", "False", "NotLoaded")
    eventually(lambda: sidecar.nudge() == world.config(SECRET)["hash"], "the nudge")
    sidecar.sync()
    programmed = world.says("iris", "Programmed", "True", "Programmed")
    world.says("iris", "Ready", "True", "Ready")
    route_object = world.get("mlroutes", "iris")
    assert route_object["status"]["programmed"] == "1/1"
    assert programmed["observedGeneration"] == route_object["metadata"]["generation"]
    [endpoint] = [(v["host"], v["port"]) for v in world.config(SECRET)["routes"][0]["versions"]]
    assert endpoint == ("127.0.0.1", 8080)
    assert KEY not in json.dumps(world.config(SECRET))


def test_a_kubelet_that_was_nudged_too_early_is_nudged_again(world):
    world.start()
    sidecar = world.sidecar("iris-1", SECRET, app="iris")
    world.apply(route(), keys())
    eventually(lambda: keys_in(world) == 1, "the configuration")
    # The kubelet may hear of the annotation before it hears of the Secret.
    eventually(lambda: sidecar.nudge().startswith(world.config(SECRET)["hash"] + "."), "another nudge")
    sidecar.sync()
    world.says("iris", "Programmed", "True", "Programmed")


def test_a_workload_without_routes_gets_an_empty_configuration(world):
    world.start()
    world.sidecar("other-1", "mlgateway-other-0123456789", app="other")
    world.apply(route(), keys())
    eventually(lambda: world.routes_in("mlgateway-other-0123456789") == [], "an empty configuration")
    world.says("iris", "Ready", "False", "NoPods")


def test_a_deleted_route_and_a_revoked_key_are_gone_at_once(world):
    world.start()
    world.sidecar("iris-1", SECRET, app="iris")
    world.apply(route(), keys())
    eventually(lambda: keys_in(world) == 1, "the key")
    world.api.admin.kubectl("delete", "secret", "keys", "-n", world.namespace)
    eventually(lambda: keys_in(world) == 0, "the key to be gone")
    world.says("iris", "ResolvedRefs", "False", "SecretNotFound")
    world.api.admin.kubectl("delete", "mlr", "iris", "-n", world.namespace)
    eventually(lambda: world.routes_in(SECRET) == [], "the route to be gone")


def test_a_key_set_comes_from_a_config_map_and_follows_it(world):
    world.start()
    world.sidecar("iris-1", SECRET, app="iris")
    token = route()
    token["spec"]["auth"]["methods"] = [{"name": "corp", "type": "JWT", "jwt": {
        "issuer": "https://id.example.com/", "audiences": ["models"], "jwks": {"configMapRef": {"name": "jwks"}}}}]
    world.apply(token)
    world.says("iris", "ResolvedRefs", "False", "ConfigMapNotFound")
    public = {"kty": "OKP", "crv": "Ed25519", "kid": "a", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    world.apply({"apiVersion": "v1", "kind": "ConfigMap", "data": {"jwks.json": json.dumps({"keys": [public]})},
                 "metadata": {"name": "jwks", "labels": {"mlgateway.io/use": "tokens"}}})
    world.says("iris", "ResolvedRefs", "True", "ResolvedRefs")
    eventually(lambda: public["x"] in json.dumps(world.config(SECRET)), "the key in the configuration")


def test_a_pod_serves_the_versions_that_it_is_and_status_says_what_is_missing(world):
    world.start()
    other = "mlgateway-iris-v2-0123456789"
    sidecars = [world.sidecar("v1-1", SECRET, app="iris", version="v1"),
                world.sidecar("v2-1", other, app="iris", version="v2")]
    world.apply(route(versions=[version("v1", 90, version="v1"), version("v2", 10, version="v2")]), keys())
    for secret, name in ((SECRET, "v1"), (other, "v2")):
        eventually(lambda: keys_in(world, secret) == 1, f"the configuration of {name}")
        assert versions_in(world, secret) == [(name, 100)]
    for sidecar in sidecars:
        sidecar.sync()
    world.says("iris", "Programmed", "True", "Programmed")
    assert "'v1', 'v2'" in world.says("iris", "Ready", "False", "VersionsApart")["message"]
    assert world.get("mlroutes", "iris")["status"]["programmed"] == "2/2"


def versions_in(world, secret):
    found = world.config(secret)
    return [(v["name"], v["weight"]) for r in found["routes"] for v in r["versions"]]


def test_a_quota_is_programmed_with_its_routes(world):
    world.start()
    sidecar = world.sidecar("iris-1", SECRET, app="iris")
    world.apply(route(), keys(), quota(10))
    eventually(lambda: (c := world.config(SECRET)) and [q["name"] for q in c["quotas"]] == ["plans"], "the quota")
    sidecar.sync()
    world.says("plans", "Programmed", "True", "Programmed", kind="mlquotas")
    world.apply(quota(20))
    world.says("plans", "Programmed", "False", "NotLoaded", kind="mlquotas")
    sidecar.sync()
    world.says("plans", "Programmed", "True", "Programmed", kind="mlquotas")


def test_a_secret_that_is_not_ours_is_left_alone(world):
    theirs = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "mlgateway-theirs"}, "stringData": {"a": "b"}}
    world.apply(theirs)
    world.start()
    world.sidecar("iris-1", "mlgateway-theirs", app="iris")
    world.apply(route(), keys())
    world.says("iris", "Programmed", "False", "NameConflict")
    found = world.api.admin.ask("GET", f"/api/v1/namespaces/{world.namespace}/secrets/mlgateway-theirs").object
    assert list(found["data"]) == ["a"]


def test_a_pod_cannot_lead_the_operator_to_another_name(world):
    world.start()
    for number, name in enumerate(("keys", "mlgateway-../keys", "")):
        made = world.api.admin.ask("POST", f"/api/v1/namespaces/{world.namespace}/pods",
                                   pod(f"bad-{number}", world.namespace, name, {"app": "iris"}))
        assert made.ok, made
    world.sidecar("iris-1", SECRET, app="iris")
    world.apply(route(), keys())
    eventually(lambda: world.routes_in(SECRET) == ["iris"], "the good pod's configuration")
    assert world.api.admin.ask("GET", f"/api/v1/namespaces/{world.namespace}/secrets/keys").object["data"].keys() == {
        "alice"}


def test_what_somebody_edits_in_the_secret_is_mended(world):
    world.start()
    world.sidecar("iris-1", SECRET, app="iris")
    world.apply(route(), keys())
    eventually(lambda: keys_in(world) == 1, "the configuration")
    before = world.config(SECRET)
    world.api.admin.ask("PATCH", f"/api/v1/namespaces/{world.namespace}/secrets/{SECRET}", {"data": {FILE: "e30="}},
                        content_type="application/merge-patch+json")
    eventually(lambda: world.config(SECRET) == before, "the Secret to be as before")


def test_the_workload_owns_its_secret(world):
    world.start()
    apps = f"/apis/apps/v1/namespaces/{world.namespace}"
    template = {"metadata": {"labels": {"app": "iris"}}, "spec": {"containers": [{"name": "m", "image": "none"}]}}
    spec = {"selector": {"matchLabels": {"app": "iris"}}, "template": template}
    deployment = world.api.admin.ask("POST", f"{apps}/deployments", {"metadata": {"name": "iris"}, "spec": spec}).object
    owner = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "iris", "uid": deployment["metadata"]["uid"]}
    replicas = world.api.admin.ask("POST", f"{apps}/replicasets", {
        "metadata": {"name": "iris-5", "ownerReferences": [{**owner, "controller": True}]}, "spec": spec}).object
    made = pod("iris-5-1", world.namespace, SECRET, {"app": "iris"})
    made["metadata"]["ownerReferences"] = [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "iris-5",
                                            "uid": replicas["metadata"]["uid"], "controller": True}]
    assert world.api.admin.ask("POST", f"/api/v1/namespaces/{world.namespace}/pods", made).ok
    eventually(lambda: world.config(SECRET), "the Secret")
    secret = world.api.admin.ask("GET", f"/api/v1/namespaces/{world.namespace}/secrets/{SECRET}").object
    assert secret["metadata"]["ownerReferences"] == [owner]


@pytest.mark.parametrize("pause", [0, 0.1, 0.3, 0.6, 1.0])
def test_an_operator_killed_at_any_moment_converges_when_it_is_back(world, pause):
    world.apply(route(), keys(), quota(10))
    sidecar = world.sidecar("iris-1", SECRET, app="iris")
    first = world.start("first")
    eventually(lambda: first.page("/healthz")[0] == 200, "the operator")
    time.sleep(pause)
    first.process.kill()
    world.apply(quota(20))
    expire_lease(world)
    world.start("second")
    eventually(lambda: (c := world.config(SECRET)) and c["quotas"] and c["quotas"][0]["generation"] == 2, "the edit")
    sidecar.sync()
    world.says("iris", "Ready", "True", "Ready")
    world.says("plans", "Programmed", "True", "Programmed", kind="mlquotas")


def test_of_two_operators_one_leads_and_the_other_takes_over_at_once(world):
    world.sidecar("iris-1", SECRET, app="iris")
    first = world.start("first")
    holder = eventually(lambda: (found := lease(world)).ok and found.object["spec"].get("holderIdentity"), "a leader")
    second = world.start("second")
    eventually(lambda: second.page("/readyz")[0] == 200, "the second to be ready")
    assert lease(world).object["spec"]["holderIdentity"] == holder
    started = time.monotonic()
    assert first.end() == 0
    eventually(lambda: lease(world).object["spec"].get("holderIdentity") not in ("", None, holder), "another leader")
    # It was given back: nobody had to wait until it expired.
    assert time.monotonic() - started < lease(world).object["spec"]["leaseDurationSeconds"]
    world.apply(route(), keys())
    eventually(lambda: world.routes_in(SECRET) == ["iris"], "the work of the second")


def test_it_lives_through_a_restart_of_the_api_server(world):
    operator = world.start()
    world.sidecar("iris-1", SECRET, app="iris")
    world.apply(route(), keys())
    eventually(lambda: world.routes_in(SECRET) == ["iris"], "the configuration")
    world.api.restart_apiserver()
    world.apply(route("roses"))
    eventually(lambda: world.routes_in(SECRET) == ["iris", "roses"], "a route that was applied afterwards", patience=90)
    operator.process.check()


def test_it_tells_of_itself(world):
    operator = world.start()
    eventually(lambda: operator.page("/readyz")[0] == 200, "the operator to be ready")
    assert operator.page("/nowhere")[0] == 404
    world.apply(route(), keys())
    eventually(lambda: 'controller_runtime_reconcile_total{controller="namespace",result="success"}'
               in operator.page("/metrics")[1], "the reconciler's metrics")
    world.sidecar("iris-1", SECRET, app="iris")
    eventually(lambda: 'mlgateway_sidecars{state="behind"} 1' in operator.page("/metrics")[1], "the sidecar")
    assert operator.end() == 0
    for line in operator.process.log.read_text().splitlines():
        assert {"time", "level", "msg"} <= json.loads(line).keys()
