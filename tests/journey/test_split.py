"""Which version answers: by weight, always the same for the same caller, or as a tester asks."""

import collections

import pytest

from harness.config import ALICE, BOB, api_keys, config, key, key_set, override, route, version

PEOPLE = [f"person{n:02}" for n in range(60)]


def secret_of(name):
    return f"secret-of-{name}-long"


def keys():
    return [api_keys(key_set(*[key(name, secret_of(name)) for name in PEOPLE]))]


def two(models, first, second, **more):
    return route(version("v1", models[0], first), version("v2", models[1], second), **more)


@pytest.fixture
def pair(models):
    return models(), models()


def chosen_by(sidecar, people):
    with sidecar.client() as client:
        return {name: client.ask(headers=[("X-Api-Key", secret_of(name))]).chosen for name in people}


def test_weights_are_kept_over_two_thousand_requests(sidecars, pair):
    sidecar = sidecars(config(two(pair, 70, 30)))
    counts = collections.Counter()
    with sidecar.client() as client:
        for _ in range(2000):
            counts[client.ask().chosen] += 1
    assert 1300 < counts["v1"] < 1500, counts  # 1400 expected; five standard deviations are 102
    assert (len(pair[0].requests), len(pair[1].requests)) == (counts["v1"], counts["v2"])


def test_a_version_without_weight_is_never_chosen(sidecars, pair):
    sidecar = sidecars(config(two(pair, 0, 100)))
    with sidecar.client() as client:
        assert {client.ask().chosen for _ in range(300)} == {"v2"}


def test_a_route_without_any_weight_is_503(sidecars, pair):
    answer = sidecars(config(two(pair, 0, 0))).ask()
    assert (answer.status, answer.reason) == (503, "NoVersionAvailable")


def test_a_principal_sticks_to_a_version_on_every_connection_worker_and_restart(sidecars, pair):
    setup = config(two(pair, 50, 50, auth=keys(), split={"stickyBy": "Principal"}))
    first, second = sidecars(setup, workers=2), sidecars(setup)
    once = chosen_by(first, PEOPLE)
    assert set(once.values()) == {"v1", "v2"}
    for _ in range(4):
        assert chosen_by(first, PEOPLE) == once
    assert chosen_by(second, PEOPLE) == once


def test_a_ramp_moves_only_those_at_the_boundary(sidecars, pair):
    def at(weight):
        return config(two(pair, 100 - weight, weight, auth=keys(), split={"stickyBy": "Principal"}))

    sidecar = sidecars(at(20))
    few = {n for n, v in chosen_by(sidecar, PEOPLE).items() if v == "v2"}
    sidecar.reload(at(60))
    more = {n for n, v in chosen_by(sidecar, PEOPLE).items() if v == "v2"}
    assert few < more, "somebody on the candidate was sent back while its share grew"
    sidecar.reload(at(20))
    assert {n for n, v in chosen_by(sidecar, PEOPLE).items() if v == "v2"} == few


def test_a_header_sticks_to_a_version(sidecars, pair):
    sidecar = sidecars(config(two(pair, 50, 50, split={"stickyBy": "Header", "header": "x-user-id"})))
    with sidecar.client() as client:

        def ask(user):
            return client.ask(headers=[("X-User-Id", user)]).chosen

        once = {user: ask(user) for user in PEOPLE}
        assert set(once.values()) == {"v1", "v2"}
        assert all({user: ask(user) for user in PEOPLE} == once for _ in range(3))


def test_without_the_sticky_header_the_weights_decide(sidecars, pair):
    sidecar = sidecars(config(two(pair, 50, 50, split={"stickyBy": "Header", "header": "x-user-id"})))
    with sidecar.client() as client:
        assert {client.ask().chosen for _ in range(100)} == {"v1", "v2"}


OVERRIDES = [
    override("v2", x_group="beta", x_region="eu"),
    override("v1", x_group="beta"),
    override("v2", x_group="gamma"),
]


@pytest.mark.parametrize(
    "fields, expected",
    [
        ([("X-Group", "gamma")], "v2"),
        ([("X-Group", "beta")], "v1"),
        ([("X-Region", "eu"), ("X-Group", "beta")], "v2"),
        ([("x-group", "gamma")], "v2"),
        ([("X-Group", "Gamma")], "v1"),
        ([("X-Group", "gammas")], "v1"),
        ([("X-Region", "eu")], "v1"),
        ([], "v1"),
    ],
)
def test_the_first_override_whose_headers_all_match_decides(sidecars, pair, fields, expected):
    sidecar = sidecars(config(two(pair, 100, 0, split={"overrides": OVERRIDES})))
    with sidecar.client() as client:
        assert {client.ask(headers=fields).chosen for _ in range(5)} == {expected}


@pytest.fixture
def for_testers(sidecars, pair):
    people = api_keys(
        key_set(key("alice", ALICE), labels={"role": "tester", "team": "ml"}),
        key_set(key("bob", BOB), labels={"role": "user"}, secret="users"),
    )
    split = {"overrides": [override("v2", x_try="v2")], "overrideLabels": {"role": "tester"}}
    return sidecars(config(two(pair, 100, 0, auth=[people], split=split, protocol="OpenInferenceV2", model="m")))


def test_a_principal_with_the_label_may_override(for_testers):
    for target, fields in [("/v2/models/m/infer", [("X-Try", "v2")]), ("/v2/models/m/versions/v2/infer", [])]:
        answer = for_testers.ask("POST", target, [("X-Api-Key", ALICE), *fields], b"{}")
        assert (answer.status, answer.chosen) == (200, "v2")


def test_a_principal_without_the_label_may_not(for_testers, pair):
    for target, fields in [
        ("/v2/models/m/infer", [("X-Try", "v2")]),
        ("/v2/models/m/versions/v2/infer", []),
        ("/v2/models/m/versions/nope/infer", []),
    ]:
        answer = for_testers.ask("POST", target, [("X-Api-Key", BOB), *fields], b"{}")
        assert (answer.status, answer.reason) == (403, "OverrideNotAllowed")
    assert for_testers.ask("POST", "/v2/models/m/infer", [("X-Api-Key", BOB)], b"{}").chosen == "v1"
    assert pair[1].connections == []


def test_an_unknown_caller_learns_nothing_about_overrides(for_testers):
    assert for_testers.ask("POST", "/v2/models/m/versions/v2/infer", [("X-Try", "v2")], b"{}").status == 401


def test_the_answer_the_log_and_the_metrics_name_the_version(sidecars, pair):
    sidecar = sidecars(config(two(pair, 0, 100, name="iris")))
    assert sidecar.ask().chosen == "v2"
    assert (sidecar.access_lines()[0]["version"], sidecar.access_lines()[0]["route"]) == ("v2", "test/iris")
    assert sidecar.metric("mlgateway_requests_total", namespace="test", mlroute="iris", version="v2", code="200") == 1
