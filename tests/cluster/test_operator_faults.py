"""What may happen to an operator while it writes. Whatever it is, the world becomes the same."""

import itertools
import os
import signal
import threading
import time

import pytest

from eventually import eventually
from front import Front, is_write
from worlds import SECRET, World, expire_lease, keys, lease, quota, route, version

OTHER = "mlgateway-roses-0123456789"
PODS = {"iris-1": SECRET, "roses-1": OTHER}


def manifests():
    return [route(), route("roses", [version("v1", app="roses")]), keys(), quota(10)]


def edit(world):
    """A route less, a route more, a route and a quota changed."""
    world.api.admin.kubectl("delete", "mlr", "roses", "-n", world.namespace)
    outside = {"name": "v2", "url": "http://elsewhere:80", "weight": 10}
    world.apply(route(versions=[version("v1", 90, app="iris"), outside]),
                route("tulips", [version("v1", app="roses")]), quota(20))


def state(world):
    """What an operator is there for, without what differs by chance: keys, times, words."""
    configs = {secret: without_chance(world.config(secret), world.namespace) for secret in PODS.values()}
    conditions = {(kind, o["metadata"]["name"]): conditions_of(o)
                  for kind in ("mlroutes", "mlquotas") for o in world.all(kind)}
    return configs, conditions, {pod: is_told(world, pod, secret) for pod, secret in PODS.items()}, owned(world)


def owned(world):
    """The specs of Services and NetworkPolicies of routes that there are. Nothing here collects those of others."""
    uids = {o["metadata"]["uid"] for o in world.all("mlroutes")}
    found = world.list("/api/v1", "services") + world.list("/apis/networking.k8s.io/v1", "networkpolicies")
    ours = [o for o in found if o["metadata"]["ownerReferences"][0]["uid"] in uids]
    return {o["metadata"]["name"]: o["spec"].get("selector") or o["spec"].get("ingress") for o in ours}


def without_chance(value, namespace):
    if isinstance(value, dict):
        return {k: without_chance(v, namespace) for k, v in value.items() if k not in ("hash", "adminTokenDigest")}
    if isinstance(value, list):
        return [without_chance(v, namespace) for v in value]
    return "here" if value == namespace else value


def conditions_of(o):
    return [(c["type"], c["status"], c["reason"], c["observedGeneration"])
            for c in o.get("status", {}).get("conditions", [])]


def is_told(world, pod, secret):
    """Whether the pod's kubelet was told of the newest configuration."""
    found = world.config(secret)
    return found is not None and found["hash"] == world.pod(pod)["metadata"]["annotations"].get("mlgateway.io/config")


def at_rest(world):
    """Its state when every object has been judged and nothing more is written."""
    states = [None]

    def claim():
        states.append(state(world))
        _, conditions, told, _ = states[-1]
        whole = all(told.values()) and all(conditions.values())
        return whole and states[-1] == states[-2] and states[-1]

    return eventually(claim, "rest", pause=1)


@pytest.fixture
def worlds(api, tmp_path):
    """Makes Worlds of the same pods and manifests. Nobody starts the pods, so that status soon is at rest."""
    made = []

    def make():
        folder = tmp_path / str(len(made))
        folder.mkdir()
        world = World(api, folder, api.namespace())
        made.append(world)
        for pod, secret in PODS.items():
            world.make_pod(pod, secret, app=pod.split("-")[0])
        world.apply(*manifests())
        return world

    yield make
    for world in made:
        world.close()


def killed_after(world, number, expected):
    """Runs an operator up to that many writes; of the last one it never hears. False: it has made the world as
    expected with fewer."""
    counter, starting, killed = itertools.count(1), threading.Lock(), threading.Event()

    def after(method, path, _):
        if not is_write(method, path):
            return
        with starting:
            if next(counter) >= number:
                operator.process.kill()
                killed.set()

    front = Front(world.api.admin, world.folder, after=after)
    try:
        with starting:
            operator = world.start("killed", kubeconfig=front.kubeconfig)
        eventually(lambda: killed.is_set() or state(world) == expected, f"write {number}", pause=0.2)
        return killed.is_set()
    finally:
        operator.process.kill()
        front.close()


@pytest.mark.parametrize("change", [None, edit], ids=["fresh", "edited"])
def test_killed_after_any_of_its_writes_the_next_one_makes_the_same_world(worlds, change):
    def prepared():
        world = worlds()
        if change:
            first = world.start("before")
            at_rest(world)
            first.process.kill()
            expire_lease(world)
            change(world)
        return world

    undisturbed = prepared()
    undisturbed.start()
    expected = at_rest(undisturbed)
    undisturbed.close()
    for number in itertools.count(1):
        world = prepared()
        killed = killed_after(world, number, expected)
        expire_lease(world)
        world.start("next")
        eventually(lambda: state(world) == expected, f"the same world after write {number}", pause=0.2)
        world.close()
        if not killed:
            break
    # Two Secrets, two nudges, three statuses; in a fresh world two Services and two policies as well.
    assert number > (7 if change else 11)


def test_two_that_both_believe_to_lead_make_the_same_world_and_then_rest(api, worlds):
    world, alone = worlds(), worlds()
    # Each with a lease of its own, and one key for the sidecars' tokens.
    key = {"metadata": {"name": "mlgateway-operator-key"}, "stringData": {"key": "0123456789abcdef" * 2}}
    homes = [api.namespace(), api.namespace()]
    for home in homes:
        assert api.admin.ask("POST", f"/api/v1/namespaces/{home}/secrets", key).ok
    for home in homes:
        world.start(home, own_namespace=home)
    for amount in range(11, 20):
        world.apply(quota(amount))
        time.sleep(0.2)
    edit(world)
    alone.start()
    edit(alone)
    expected = without_generations(at_rest(alone))
    eventually(lambda: without_generations(state(world)) == expected, "the same world", pause=0.5)
    settled = versions(world)
    time.sleep(3)
    assert versions(world) == settled, "they write against each other"


def without_generations(found):
    """The quota's differs: it was edited more often."""
    configs, conditions, told, owned_ones = found
    generations = {name: [c[:3] for c in said] for name, said in conditions.items()}
    routes = {secret: [r["name"] for r in config["routes"]] for secret, config in configs.items() if config}
    budgets = {secret: [q["tiers"] for q in config["quotas"]] for secret, config in configs.items() if config}
    return routes, budgets, generations, told, owned_ones


def versions(world):
    objects = [world.secret(s) for s in PODS.values()] + [world.pod(p) for p in PODS]
    objects += world.all("mlroutes") + world.all("mlquotas") + world.list("/api/v1", "services")
    return [o["metadata"]["resourceVersion"] for o in objects]


def holder(world):
    found = lease(world)
    return found.ok and found.object["spec"].get("holderIdentity")


def amounts(world):
    return [q["tiers"][0]["limits"][0]["budget"] for q in (world.config(SECRET) or {"quotas": []})["quotas"]]


def test_who_loses_the_lease_ends(world):
    operator = world.start()
    eventually(lambda: holder(world), "a leader")
    lease_path = f"/apis/coordination.k8s.io/v1/namespaces/{world.namespace}/leases/mlgateway-operator"
    taken = world.api.admin.ask("PATCH", lease_path, {"spec": {"holderIdentity": "another"}},
                                content_type="application/merge-patch+json")
    assert taken.ok, taken
    assert operator.code() == 1
    assert holder(world) == "another"


def test_what_a_leader_was_writing_when_it_lost_the_lease_comes_to_nothing(worlds):
    world = worlds()
    held, release, answers = threading.Event(), threading.Event(), []

    def is_held(method, path):
        return armed.is_set() and is_write(method, path) and f"/secrets/{SECRET}" in path

    def before(method, path):
        if is_held(method, path):
            held.set()
            release.wait(90)

    def after(method, path, status):
        if is_held(method, path):
            answers.append(status)

    armed = threading.Event()
    front = Front(world.api.admin, world.folder, before, after)
    try:
        first = world.start("first", kubeconfig=front.kubeconfig)
        at_rest(world)
        old = amounts(world)
        armed.set()
        world.apply(quota(20))
        assert held.wait(30)
        os.kill(first.process.pid, signal.SIGSTOP)
        leader = holder(world)
        world.start("second")
        eventually(lambda: holder(world) != leader, "another leader")
        world.apply(quota(30))
        eventually(lambda: amounts(world) not in (old, []) and world.config(SECRET)["quotas"][0]["generation"] == 3,
                   "the work of the second")
        newest = world.config(SECRET)
        os.kill(first.process.pid, signal.SIGCONT)
        release.set()
        eventually(lambda: answers, "the old write's answer")
        assert first.code() == 1
        assert set(answers) == {409}
        assert world.config(SECRET) == newest
    finally:
        release.set()
        front.close()
