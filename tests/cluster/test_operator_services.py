"""Services and the labels that they find pods by, against a real API server."""

from eventually import eventually
from worlds import SECRET, keys, keys_in, route, version

LABEL = "mlgateway.io/route.iris"


def service(world, name="iris-gateway"):
    found = world.api.admin.ask("GET", f"/api/v1/namespaces/{world.namespace}/services/{name}")
    return found.object if found.ok else None


def label(world, pod, name=LABEL):
    return world.pod(pod)["metadata"]["labels"].get(name)


def test_a_route_has_a_service_that_finds_the_pods_which_run_it(world):
    world.start()
    sidecar = world.sidecar("iris-1", SECRET, app="iris")
    world.make_pod("other-1", "mlgateway-other-0123456789", app="other")
    world.apply(route(), keys())
    made = eventually(lambda: service(world), "the Service")
    assert made["spec"]["selector"] == {LABEL: "true"}
    assert [(p["port"], p["targetPort"]) for p in made["spec"]["ports"]] == [(80, 15800)]
    [owner] = made["metadata"]["ownerReferences"]
    assert (owner["kind"], owner["uid"]) == ("MLRoute", world.get("mlroutes", "iris")["metadata"]["uid"])
    eventually(lambda: keys_in(world) == 1, "the configuration")
    # Nobody is sent to a pod that would not know the route.
    assert label(world, "iris-1") is None
    sidecar.sync()
    eventually(lambda: label(world, "iris-1") == "true", "the label")
    assert label(world, "other-1") is None


def test_a_label_stays_while_the_sidecar_is_behind_and_goes_with_the_route(world):
    world.start()
    sidecar = world.sidecar("iris-1", SECRET, app="iris")
    world.apply(route(), keys())
    eventually(lambda: keys_in(world) == 1, "the configuration")
    sidecar.sync()
    eventually(lambda: label(world, "iris-1") == "true", "the label")
    world.apply(keys("more", "another-key-of-alice-0123456789"))
    world.says("iris", "Programmed", "False", "NotLoaded")
    assert label(world, "iris-1") == "true"
    world.api.admin.kubectl("delete", "mlr", "iris", "-n", world.namespace)
    eventually(lambda: label(world, "iris-1") is None, "the label to go")


def test_a_service_that_is_not_ours_is_left_alone(world):
    theirs = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "iris-gateway"},
              "spec": {"selector": {"app": "theirs"}, "ports": [{"port": 7}]}}
    world.apply(theirs)
    world.start()
    world.sidecar("iris-1", SECRET, app="iris")
    world.apply(route(), keys())
    assert "iris-gateway" in world.says("iris", "Accepted", "False", "NameConflict")["message"]
    assert service(world)["spec"]["selector"] == {"app": "theirs"}
    world.api.admin.kubectl("delete", "service", "iris-gateway", "-n", world.namespace)
    # Nobody tells of what is not ours: it is looked for every half minute, and when something else happens.
    world.apply(keys("more", "another-key-of-alice-0123456789"))
    world.says("iris", "Accepted", "True", "Accepted")


def test_what_somebody_edits_in_the_service_is_mended(world):
    world.start()
    world.sidecar("iris-1", SECRET, app="iris")
    world.apply(route(), keys())
    eventually(lambda: service(world), "the Service")
    world.api.admin.ask("PATCH", f"/api/v1/namespaces/{world.namespace}/services/iris-gateway",
                        {"spec": {"selector": {LABEL: "false"}}}, content_type="application/merge-patch+json")
    eventually(lambda: service(world)["spec"]["selector"] == {LABEL: "true"}, "the selector")


def test_a_route_made_anew_under_the_same_name_gets_a_service_of_its_own(world):
    world.start()
    world.sidecar("iris-1", SECRET, app="iris")
    world.apply(route(), keys())
    eventually(lambda: service(world), "the Service")
    world.api.admin.kubectl("delete", "mlr", "iris", "-n", world.namespace)
    world.apply(route())
    # The garbage collector, which does not run here, takes the old one away.
    world.says("iris", "Accepted", "False", "NameConflict")
    world.api.admin.kubectl("delete", "service", "iris-gateway", "-n", world.namespace)
    uid = world.get("mlroutes", "iris")["metadata"]["uid"]
    eventually(lambda: service(world) and service(world)["metadata"]["ownerReferences"][0]["uid"] == uid, "its own")


def test_the_names_of_the_service_are_hostnames_of_the_route(world):
    world.start()
    world.sidecar("iris-1", SECRET, app="iris")
    named = route()
    named["spec"]["hostnames"] = ["iris.example.com"]
    world.apply(named, route("roses", [version("v1", app="iris")]), keys())
    eventually(lambda: world.routes_in(SECRET) == ["iris", "roses"], "the routes")
    iris, roses = world.config(SECRET)["routes"]
    assert iris["hostnames"][0] == "iris.example.com" and f"iris-gateway.{world.namespace}.svc" in iris["hostnames"]
    assert roses["hostnames"] == []
