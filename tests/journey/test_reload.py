"""A new configuration fails no request, closes no connection, forgets no counter; a broken one changes nothing."""

import json
import threading
import time

import pytest

from harness.client import eventually
from harness.config import (
    ADMIN_TOKEN,
    ALICE,
    FILE,
    api_keys,
    config,
    digest,
    key,
    key_set,
    path,
    route,
    version,
    write_as_file,
    write_as_kubelet,
)
from harness.load import Load
from harness.wire import request_bytes


def answering(text):
    return lambda connection, request: connection.answer(body=text)


def ask(caller):
    return ("POST", f"/{caller}", [("X-Api-Key", ALICE)], b'{"inputs": []}')


@pytest.mark.parametrize("write", [write_as_kubelet, write_as_file])
@pytest.mark.parametrize("workers", [1, 2])
def test_a_reload_under_load_fails_no_request_and_closes_no_connection(sidecars, models, write, workers):
    pair = models(), models()

    def turn(number):
        more = [route(pair[0], name=f"extra{number}", paths=[path(f"/extra{number}")])]
        split = route(
            version("v1", pair[0], 10 * (number % 10)),
            version("v2", pair[1], 100 - 10 * (number % 10)),
            auth=[api_keys()],
            generation=number,
        )
        return config(split, *more)

    sidecar = sidecars(turn(1), write=write, workers=workers)
    with Load(sidecar.address, 8, ask) as load:
        for number in range(2, 22):
            sidecar.reload(turn(number))
        eventually(lambda: load.answered > 500 or load.failures)
        assert sidecar.metric("mlgateway_connections") == 8
    assert load.failures == []
    assert sidecar.metric("mlgateway_requests_total", mlroute="r") == load.answered
    assert sidecar.metric("mlgateway_connections_total") == 8
    assert (
        sum(v["requests"] for r in sidecar.state()["routes"] if r["name"] == "r" for v in r["versions"])
        == load.answered
    )
    assert sidecar.metric("mlgateway_config_reloads_total", result="failure") == 0
    assert sidecar.metric("mlgateway_config_reloads_total", result="success") >= 20


def test_a_new_config_is_enforced_within_a_second(sidecars, model):
    sidecar = sidecars(config(route(model, auth=[api_keys()])))
    nobody = config(route(model, auth=[api_keys(key_set(key("carol", "carols-secret-key-01")))], generation=2))
    with sidecar.client() as client:
        assert client.ask(headers=[("X-Api-Key", ALICE)]).status == 200
        sidecar.write(sidecar.config_folder, json.dumps(nobody))
        started = time.monotonic()
        eventually(lambda: client.ask(headers=[("X-Api-Key", ALICE)]).status == 401)
        assert time.monotonic() - started < 1


def test_an_exchange_ends_in_the_world_it_began_in(sidecars, models):
    go_on = threading.Event()

    def slow(connection, request):
        assert go_on.wait(20)
        return connection.answer(body=b"from before")

    old, new = models(on_request=slow), models(on_request=answering(b"from after"))
    sidecar = sidecars(config(route(old)))
    with sidecar.client() as early, sidecar.client() as late:
        early.send(request_bytes("POST", body=b"x"))
        eventually(lambda: old.requests)
        sidecar.reload(config(route(new, generation=2)))
        assert late.ask().body == b"from after"
        sidecar.reload(config())
        go_on.set()
        answer = early.answer("POST")
        assert (answer.status, answer.body) == (200, b"from before")
        assert early.ask().status == 404


def test_a_stream_goes_on_while_the_config_changes(sidecars, models):
    steps = [threading.Event() for _ in range(3)]

    def script(connection):
        connection.read_request()
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        for number, step in enumerate(steps):
            connection.send(b"9\r\ndata: %d\n\n\r\n" % number)
            assert step.wait(20)
        connection.send(b"0\r\n\r\n")

    model = models(script)
    sidecar = sidecars(config(route(model)))
    with sidecar.client() as client:
        client.send(request_bytes("GET"))
        for number, step in enumerate(steps):
            client.body_until(b"data: %d\n\n" % number)
            sidecar.reload(config(route(model, generation=number + 2)))
            step.set()
        assert client.answer().body == b"data: 0\n\ndata: 1\n\ndata: 2\n\n"


def test_a_request_whose_head_is_half_sent_meets_the_new_world(sidecars, models):
    old, new = models(on_request=answering(b"old")), models(on_request=answering(b"new"))
    sidecar = sidecars(config(route(old)))
    with sidecar.client() as client:
        client.send(b"GET / HTTP/1.1\r\nHo")
        sidecar.reload(config(route(new, generation=2)))
        client.send(b"st: x\r\n\r\n")
        assert client.answer().body == b"new"


def broken(model, change):
    text = config(route(version("v1", model, 50), version("v2", model, 50)))
    text["hash"] = digest("broken")
    change(text)
    return json.dumps(text)


def drop(*where):
    def change(text):
        for step in where[:-1]:
            text = text[step]
        del text[where[-1]]

    return change


def put(value, *where):
    def change(text):
        for step in where[:-1]:
            text = text[step]
        text[where[-1]] = value

    return change


BROKEN = {
    "an unknown field": (put(1, "unknown"), "unknown"),
    "an unknown field of a route": (put(1, "routes", 0, "shadow"), "shadow"),
    "an unknown field of a version": (put(1, "routes", 0, "versions", 0, "priority"), "priority"),
    "no routes": (drop("routes"), "routes"),
    "no model": (drop("routes", 0, "model"), "model"),
    "another contract": (put(2, "contract"), "contract"),
    "a port of 0": (put(0, "routes", 0, "versions", 0, "port"), "port"),
    "a port as text": (put("80", "routes", 0, "versions", 0, "port"), "port"),
    "a port that is too large": (put(65536, "routes", 0, "versions", 0, "port"), "port"),
    "weights that sum to 90": (put(40, "routes", 0, "versions", 1, "weight"), "weight"),
    "a negative weight": (put(-50, "routes", 0, "versions", 1, "weight"), "weight"),
    "two versions of one name": (put("v1", "routes", 0, "versions", 1, "name"), "versions"),
    "an override to nowhere": (
        put([{"headers": [{"name": "a", "value": "b"}], "version": "v9"}], "routes", 0, "split", "overrides"),
        "overrides",
    ),
    "an unknown protocol": (put("gRPC", "routes", 0, "protocol"), "protocol"),
    "a digest that is none": (
        put(
            [
                {
                    "name": "k",
                    "type": "APIKey",
                    "headers": [{"name": "a", "scheme": ""}],
                    "keySets": [{"secret": "s", "tenant": "", "labels": {}, "keys": [{"name": "a", "digest": "xyz"}]}],
                }
            ],
            "routes",
            0,
            "auth",
        ),
        "digest",
    ),
    "no method of authentication": (put([], "routes", 0, "auth"), "auth"),
    "a fraction of milliseconds": (put(1.5, "routes", 0, "timeouts", "requestMs"), "requestMs"),
    "no time at all": (put(0, "routes", 0, "timeouts", "requestMs"), "requestMs"),
    "null for a list": (put(None, "routes", 0, "hostnames"), "hostnames"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_config_is_refused_with_its_place_and_the_last_good_one_stays(sidecars, model, name):
    change, place = BROKEN[name]
    good = config(route(model))
    sidecar = sidecars(good)
    error = sidecar.write_broken(broken(model, change))
    assert place in error["message"] and FILE in error["message"], error
    assert error["sinceTime"]
    assert sidecar.state()["config"]["hash"] == good["hash"]
    assert sidecar.ask().status == 200
    assert sidecar.admin("/readyz").status == 200


@pytest.mark.parametrize("text", ["", "{", "null", "[]", '{"contract":1', "\xff\xfe", "{}" * 2, "[" * 100000])
def test_a_config_that_is_no_json_changes_nothing(sidecars, model, text):
    sidecar = sidecars(config(route(model)))
    assert FILE in sidecar.write_broken(text)["message"]
    assert sidecar.ask().status == 200


def test_a_config_that_names_a_member_twice_is_refused(sidecars, model):
    good = config(route(model))
    sidecar = sidecars(good)
    other = config(route(model, generation=2))
    sidecar.write_broken(json.dumps(other)[:-1] + ', "routes": []}')
    assert sidecar.ask().status == 200


def test_a_broken_config_shows_in_metric_and_log_and_goes_with_the_next_good_one(sidecars, model):
    sidecar = sidecars(config(route(model)))
    before = sidecar.metric("mlgateway_config_last_success_timestamp_seconds")
    assert before > 1_000_000_000
    sidecar.write_broken("{")
    assert sidecar.metric("mlgateway_config_reloads_total", result="failure") == 1
    assert len([line for line in sidecar.log if FILE in line and '"error"' in line or '"warn"' in line]) == 1
    sidecar.reload(config(route(model, generation=2)))
    assert sidecar.state()["config"]["error"] is None
    assert sidecar.metric("mlgateway_config_last_success_timestamp_seconds") >= before


def test_a_config_that_vanishes_stays_in_force(sidecars, model):
    sidecar = sidecars(config(route(model)), write=write_as_file)
    (sidecar.config_folder / FILE).unlink()
    eventually(lambda: sidecar.state()["config"]["error"])
    assert sidecar.ask().status == 200 and sidecar.admin("/readyz").status == 200


def test_without_a_config_a_sidecar_is_alive_not_ready_and_says_why(sidecars, model):
    sidecar = sidecars(None)
    assert (sidecar.admin("/healthz").status, sidecar.admin("/readyz").status) == (200, 503)
    answer = sidecar.ask()
    assert (answer.status, answer.reason) == (503, "NotConfigured")
    sidecar.write(sidecar.config_folder, json.dumps(config(route(model))))
    eventually(lambda: sidecar.admin("/readyz").status == 200)
    assert sidecar.ask().status == 200


def test_a_config_folder_that_is_mounted_anew_is_found(sidecars, model):
    sidecar = sidecars(None)
    sidecar.config_folder.rmdir()
    write_as_kubelet(sidecar.config_folder, json.dumps(config(route(model))))
    eventually(lambda: sidecar.admin("/readyz").status == 200)


def test_a_sidecar_that_starts_on_a_broken_config_is_not_ready_and_heals(sidecars, model):
    sidecar = sidecars("{")
    assert sidecar.admin("/readyz").status == 503
    assert sidecar.ask().reason == "NotConfigured"
    sidecar.write(sidecar.config_folder, json.dumps(config(route(model))))
    eventually(lambda: sidecar.ask().status == 200)


def test_an_empty_config_is_a_config(sidecars):
    sidecar = sidecars(config())
    assert sidecar.admin("/readyz").status == 200
    assert sidecar.ask().reason == "RouteNotFound"


def test_state_tells_generation_and_hash_of_each_route(sidecars, model):
    one, two = route(model, name="one", paths=[path("/1")], generation=7), route(
        model, name="two", paths=[path("/2")], generation=9
    )
    sidecar = sidecars(config(one, two))
    sidecar.ask("GET", "/1")
    state = sidecar.state()
    assert [(r["namespace"], r["name"], r["generation"], r["hash"]) for r in state["routes"]] == [
        ("test", "one", 7, one["hash"]),
        ("test", "two", 9, two["hash"]),
    ]
    # An exchange is counted when it has ended, a moment after its answer was read.
    counted = [{"name": "v1", "requests": 1, "errors": 0, "inFlight": 0}]
    eventually(lambda: sidecar.state()["routes"][0]["versions"] == counted)
    assert state["contract"] == 1 and state["config"]["loadedTime"] and state["config"]["error"] is None


def test_quick_changes_end_with_the_last(sidecars, model):
    sidecar = sidecars(config(route(model)))
    for number in range(2, 40):
        last = config(route(model, generation=number))
        sidecar.write(sidecar.config_folder, json.dumps(last))
    eventually(lambda: sidecar.state()["config"]["hash"] == last["hash"])
    assert sidecar.state()["routes"][0]["generation"] == 39


def test_the_admin_token_changes_with_the_config(sidecars, model):
    sidecar = sidecars(config(route(model)))
    other = config(route(model)) | {"adminTokenDigest": digest("another token"), "hash": digest("x")}
    sidecar.write(sidecar.config_folder, json.dumps(other))
    eventually(lambda: sidecar.admin("/state", "another token").status == 200)
    assert sidecar.admin("/state", ADMIN_TOKEN).status == 401
