"""NetworkPolicies as they are rendered, against a real API server. Nothing here enforces them."""

from eventually import eventually
from pods import pod
from worlds import SECRET, keys, route, version


def policies(world):
    path = f"/apis/networking.k8s.io/v1/namespaces/{world.namespace}/networkpolicies"
    return {p["metadata"]["name"]: p for p in world.api.admin.ask("GET", path).object["items"]}


def ours(world, route_name="iris"):
    def owner(policy):
        return policy["metadata"].get("labels", {}).get("mlgateway.io/route")

    return [policy for policy in policies(world).values() if owner(policy) == route_name]


def admits(policy, port):
    [rule] = policy["spec"]["ingress"]
    return any(p["protocol"] == "TCP" and p["port"] <= port <= p.get("endPort", p["port"]) for p in rule["ports"])


def test_the_models_port_is_closed_and_no_other(world):
    world.start()
    world.sidecar("iris-1", SECRET, app="iris")
    world.apply(route(), keys())
    [policy] = eventually(lambda: ours(world), "a policy")
    assert policy["spec"]["podSelector"] == {"matchLabels": {"app": "iris"}}
    assert [admits(policy, port) for port in (8079, 8080, 8081, 15800)] == [True, False, True, True]
    assert policy["metadata"]["ownerReferences"][0]["kind"] == "MLRoute"


def test_nothing_is_closed_before_every_pod_has_a_sidecar(world):
    world.start()
    naked = pod("naked", world.namespace, SECRET, {"app": "iris"})
    del naked["metadata"]["annotations"], naked["metadata"]["labels"]["mlgateway.io/injected"]
    world.make(naked)
    world.sidecar("iris-1", SECRET, app="iris")
    world.apply(route(), keys())
    eventually(lambda: world.routes_in(SECRET) == ["iris"], "the configuration")
    assert not ours(world)
    world.api.admin.kubectl("delete", "pod", "naked", "-n", world.namespace, "--force", "--grace-period=0")
    eventually(lambda: ours(world), "a policy")


def test_what_rules_the_pods_already_is_not_undone(world):
    world.apply({"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "deny"},
                 "spec": {"podSelector": {}, "policyTypes": ["Ingress"]}})
    world.start()
    sidecar = world.sidecar("iris-1", SECRET, app="iris")
    world.apply(route(), keys())
    [policy] = eventually(lambda: ours(world), "a policy")
    assert not admits(policy, 8081) and admits(policy, 15800)
    world.apply({"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "mesh"},
                 "spec": {"podSelector": {}, "ingress": [{}]}})
    eventually(lambda: world.config(SECRET)["routes"][0]["auth"][0]["keySets"], "the keys")
    sidecar.sync()
    assert "'mesh'" in world.says("iris", "Ready", "False", "ModelPortOpen")["message"]


def test_a_version_that_is_no_more_leaves_no_policy(world):
    world.start()
    world.sidecar("iris-1", SECRET, app="iris")
    world.apply(route(versions=[version("v1", 50, app="iris"), version("v2", 50, app="iris")]), keys())
    eventually(lambda: len(ours(world)) == 2, "two policies")
    world.apply(route(versions=[version("v1", 100, app="iris")]))
    [left] = eventually(lambda: len(ours(world)) == 1 and ours(world), "one policy")
    assert left["metadata"]["name"].startswith("iris-v1-")
