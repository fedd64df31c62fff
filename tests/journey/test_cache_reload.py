"""A new configuration drops what it invalidates, and nothing else."""

import pytest

from harness.client import eventually
from harness.config import api_keys, budget, by, cache, callers, config, cost, path, per, quota, route, version
from harness.load import Load
from harness.predict import INFER, JSON, call_number, v2
from harness.wire import request_bytes


class World:
    """A route whose parts can be changed one at a time, beside another one."""

    def __init__(self, sidecars, served, workers=1, **base):
        self.base = {"protocol": "OpenInferenceV2", "model": "m", "cache": cache()} | base
        self.versions = [version("v1", served)]
        self.turn = 1
        self.more, self.quotas = [], []
        self.sidecar = sidecars(self.config(), workers=workers)

    def config(self):
        return config(
            route(*self.versions, generation=self.turn, **self.base), *self.more, quotas=self.quotas
        )

    def change(self, versions=None, more=None, quotas=None, **base):
        self.turn += 1
        self.versions = versions or self.versions
        self.more, self.quotas = more or self.more, quotas or self.quotas
        self.base |= base
        self.sidecar.reload(self.config())

    def ask(self, body=v2(1), fields=()):
        return self.sidecar.ask("POST", INFER, [JSON, *fields], body)

    def number(self, body=v2(1)):
        return call_number(self.ask(body))

    def entries(self):
        kept = self.sidecar.state()["routes"][0]["cache"]
        return kept["entries"] if kept else None


@pytest.fixture
def model(numbered):
    return numbered()


KEEPS = {
    "nothing but the generation": lambda world, model: world.change(),
    "timeouts": lambda world, model: world.change(timeouts={"requestMs": 12345}),
    "another route": lambda world, model: world.change(more=[route(model, name="new", paths=[path("/new")])]),
    "a price": lambda world, model: world.change(cost=cost(per("Rows", "3"), hit="0.5")),
    "a factor": lambda world, model: world.change(versions=[version("v1", model, cost_factor="9")]),
    "a quota": lambda world, model: world.change(quotas=[quota(budget("100"))]),
    "a longer time": lambda world, model: world.change(cache=cache(ttl_ms=1_200_000)),
    "more bytes": lambda world, model: world.change(cache=cache(max_bytes=128 << 20)),
    "a limit of bodies": lambda world, model: world.change(body={"maxReadBytes": 1 << 20}),
    "enrichment": lambda world, model: world.change(enrichment=False),
}


@pytest.mark.parametrize("name", KEEPS)
def test_what_does_not_change_the_answer_keeps_it(sidecars, model, name):
    world = World(sidecars, model)
    assert world.number() == 0
    KEEPS[name](world, model)
    assert world.number() == 0 and model.calls == 1


def test_weights_keep_what_each_version_answered(sidecars, numbered):
    one, two = numbered(), numbered()
    world = World(sidecars, one)
    world.change(versions=[version("v1", one, 100), version("v2", two, 0)])
    assert world.number() == 0 and one.calls == 1
    world.change(versions=[version("v1", one, 0), version("v2", two, 100)])
    assert world.ask().chosen == "v2" and (one.calls, two.calls) == (1, 1)
    world.change(versions=[version("v1", one, 100), version("v2", two, 0)])
    assert world.ask().chosen == "v1" and (one.calls, two.calls) == (1, 1)


def test_another_url_starts_empty(sidecars, model, numbered):
    world, other = World(sidecars, model), numbered()
    world.number()
    world.change(versions=[version("v1", other)])
    world.number()
    assert (model.calls, other.calls) == (1, 1)
    eventually(lambda: world.entries() == 1)


def test_another_revision_starts_empty_even_when_the_old_one_comes_back(sidecars, model):
    world = World(sidecars, model)
    assert world.number() == 0
    world.change(versions=[version("v1", model, revision="b")])
    assert world.number() == 1
    world.change(versions=[version("v1", model, revision="")])
    assert world.number() == 2


def test_the_revision_of_one_version_leaves_the_other_alone(sidecars, numbered):
    one, two = numbered(), numbered()
    world = World(sidecars, one)

    def shift(weight, revision):
        versions = [version("v1", one, weight), version("v2", two, 100 - weight, revision=revision)]
        world.change(versions=versions)
        return world.ask().chosen

    assert [shift(100, "a"), shift(0, "a"), shift(100, "b"), shift(0, "b")] == ["v1", "v2", "v1", "v2"]
    assert (one.calls, two.calls) == (1, 2)


def test_a_removed_cache_starts_empty_when_it_is_back(sidecars, model):
    world = World(sidecars, model)
    assert world.number() == 0
    world.change(cache=None)
    assert world.number() == 1 and world.entries() is None
    world.change(cache=cache())
    assert world.number() == 2 and world.entries() == 1


def test_a_removed_route_starts_empty_when_it_is_back(sidecars, model):
    world = World(sidecars, model)
    assert world.number() == 0
    world.sidecar.reload(config())
    world.change()
    assert world.number() == 1


def test_another_scope_gives_nobody_what_was_anothers(sidecars, model):
    auth = [api_keys(callers("ann", secret="a", tenant="x"), callers("ben", secret="b", tenant="y"))]
    world = World(sidecars, model, auth=auth, cache=cache(scope="Principal"))
    assert call_number(world.ask(fields=by("ann"))) == 0
    world.change(cache=cache(scope="Shared"))
    assert call_number(world.ask(fields=by("ben"))) == 1
    assert call_number(world.ask(fields=by("ann"))) == 1
    world.change(cache=cache(scope="Tenant"))
    assert call_number(world.ask(fields=by("ben"))) == 2


def test_a_caller_whose_tenant_changes_leaves_the_old_ones_answers(sidecars, model):
    def keys(tenant):
        return [api_keys(callers("ann", tenant=tenant), callers("ben", secret="b", tenant="acme"))]

    world = World(sidecars, model, auth=keys("acme"), cache=cache(scope="Tenant"))
    assert call_number(world.ask(fields=by("ben"))) == 0
    assert call_number(world.ask(fields=by("ann"))) == 0
    world.change(auth=keys("umbrella"))
    assert call_number(world.ask(fields=by("ann"))) == 1


def test_another_model_name_or_protocol_starts_empty(sidecars, model):
    world = World(sidecars, model, protocol="Generic", model="a", paths=[path("/")])
    assert world.number() == 0
    world.change(model="b")
    assert world.number() == 1


def test_fewer_bytes_push_out_what_does_not_fit(sidecars, model):
    model.size = 100 << 10
    world = World(sidecars, model, cache=cache(max_bytes=4 << 20))
    for number in range(20):
        world.number(v2(number))
    assert world.entries() == 20
    world.change(cache=cache(max_bytes=1 << 20))
    eventually(lambda: world.entries() < 11)
    assert world.sidecar.state()["routes"][0]["cache"]["bytes"] <= 1 << 20


def test_an_answer_that_was_asked_of_a_version_before_is_not_kept_for_the_one_after(sidecars, model, numbered):
    """The call began in the old world and ends in the new one."""
    other = numbered()
    world = World(sidecars, model)
    model.hold()
    with world.sidecar.client() as client:
        client.send(request_bytes("POST", INFER, [JSON], v2(1)))
        model.await_calls(1)
        world.change(versions=[version("v1", other)])
        model.go_on()
        assert client.answer("POST").status == 200
    world.number()
    assert other.calls == 1


def test_a_new_revision_does_not_join_the_flight_of_the_old_one(sidecars, model):
    world = World(sidecars, model)
    model.hold()
    with world.sidecar.client() as before, world.sidecar.client() as after:
        before.send(request_bytes("POST", INFER, [JSON], v2(1)))
        model.await_calls(1)
        world.change(versions=[version("v1", model, revision="b")])
        after.send(request_bytes("POST", INFER, [JSON], v2(1)))
        model.await_calls(2)
        model.go_on()
        assert [call_number(client.answer("POST")) for client in (before, after)] == [0, 1]
    assert world.number() == 1


@pytest.mark.parametrize("workers", [1, 4])
def test_reloads_under_load_of_hits_fail_nothing_and_keep_everything(sidecars, model, workers):
    world = World(sidecars, model, workers=workers)
    for number in range(4):
        world.number(v2(number))

    def asked(caller):
        return ("POST", INFER, [JSON], v2(caller % 4))

    with Load(world.sidecar.address, 8, asked) as load:
        for turn in range(15):
            world.change(timeouts={"requestMs": 10_000 + turn})
        eventually(lambda: load.answered > 500 or load.failures)
    assert load.failures == [] and model.calls == 4
