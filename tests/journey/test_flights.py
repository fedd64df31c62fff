"""Equal requests that meet while the model works are one call, whatever becomes of those who wait for it."""

import select
import socket
import threading
import time

import pytest

from harness.client import Hangup, eventually
from harness.config import (
    api_keys,
    budget,
    by,
    cache,
    callers,
    config,
    cost,
    path,
    per,
    pointer,
    quota,
    rate,
    route,
    tier,
)
from harness.crowd import Crowd, statuses
from harness.model import nobody_accepts
from harness.predict import INFER, JSON, call_number, v2
from harness.usage import cache_status, expect_settled, granted, limit
from harness.wire import request_bytes

STAMPEDE = 500
ONE = request_bytes("POST", INFER, [JSON], v2(1))


def start(sidecars, model, *quotas, keep=None, workers=4, **more):
    return sidecars(
        config(
            route(
                model,
                protocol="OpenInferenceV2",
                model="m",
                cache=keep or cache(),
                quotas=[each["name"] for each in quotas],
                **more,
            ),
            quotas=quotas,
        ),
        workers=workers,
    )


def in_flight(sidecar, count):
    eventually(lambda: sidecar.metric("mlgateway_requests_in_flight") == count, f"{count} requests wait", 30)


def stampede(sidecar, model, count=STAMPEDE, request=ONE):
    """So many equal requests at a model that is held; everybody waits when it returns."""
    model.hold()
    crowd = Crowd(sidecar.address, [request] * count)
    crowd.get_ready().go()
    in_flight(sidecar, count)
    return crowd


@pytest.mark.parametrize("workers", [1, 4])
def test_a_stampede_of_equal_requests_is_one_call(sidecars, numbered, workers):
    model = numbered()
    sidecar = start(sidecars, model, workers=workers)
    with stampede(sidecar, model) as crowd:
        model.go_on()
        answers = crowd.answers()
    assert statuses(answers) == {200: STAMPEDE}
    assert {call_number(answer) for answer in answers} == {0} and model.calls == 1 and len(model.requests) == 1
    collapsed = [cache_status(answer).get("collapsed") for answer in answers]
    assert collapsed.count(True) == STAMPEDE - 1 and collapsed.count(None) == 1
    assert all(cache_status(answer)["fwd"] == "miss" for answer in answers)
    sidecar.expect_metric(STAMPEDE - 1, "mlgateway_cache_requests_total", state="collapsed")
    sidecar.expect_metric(1, "mlgateway_cache_requests_total", state="miss")
    sidecar.expect_nothing_left()


def test_a_stampede_that_comes_while_the_answer_does_is_one_call(sidecars, numbered):
    """No gap between the end of the flight and the kept answer: whoever comes meets one or the other."""
    model = numbered()
    sidecar = start(sidecars, model)
    for turn in range(20):
        request = request_bytes("POST", INFER, [JSON], v2(turn))
        with Crowd(sidecar.address, [request] * 40) as crowd:
            crowd.get_ready().go()
            assert {call_number(answer) for answer in crowd.answers()} == {turn}
    assert model.calls == 20


def test_different_requests_do_not_wait_for_each_other(sidecars, numbered):
    model = numbered()
    sidecar = start(sidecars, model)
    model.hold()
    with Crowd(sidecar.address, [request_bytes("POST", INFER, [JSON], v2(n)) for n in range(20)]) as crowd:
        crowd.get_ready().go()
        model.await_calls(20)
        model.go_on()
        assert sorted(call_number(answer) for answer in crowd.answers()) == list(range(20))


def test_everybody_gets_his_own_id_and_request_id(sidecars, numbered):
    model = numbered()
    sidecar = start(sidecars, model)
    model.hold()
    names = [f"id-{n}" for n in range(30)]
    requests = [request_bytes("POST", INFER, [JSON, ("X-Request-Id", name)], v2(1, id=name)) for name in names]
    with Crowd(sidecar.address, requests) as crowd:
        crowd.get_ready().go()
        in_flight(sidecar, 30)
        model.go_on()
        answers = crowd.answers()
    assert [answer.headers.get("x-request-id") for answer in answers] == names
    assert [f'"id": "{name}"'.encode() in answer.body for name, answer in zip(names, answers)] == [True] * 30
    assert model.calls == 1


def test_a_route_without_a_cache_shares_no_call(sidecars, numbered):
    model = numbered()
    sidecar = sidecars(config(route(model, protocol="OpenInferenceV2", model="m")), workers=2)
    model.hold()
    with Crowd(sidecar.address, [ONE] * 10) as crowd:
        crowd.get_ready().go()
        model.await_calls(10)
        model.go_on()
        assert sorted(call_number(answer) for answer in crowd.answers()) == list(range(10))


def test_who_keeps_the_cache_out_of_it_makes_his_own_call(sidecars, numbered):
    model = numbered()
    sidecar = start(sidecars, model)
    model.hold()
    own = request_bytes("POST", INFER, [JSON, ("Cache-Control", "no-store")], v2(1))
    with Crowd(sidecar.address, [ONE, own]) as crowd:
        crowd.get_ready().go()
        model.await_calls(2)
        model.go_on()
        assert {call_number(answer) for answer in crowd.answers()} == {0, 1}


# Who leaves.


@pytest.mark.parametrize("ending", ["close", "reset"])
@pytest.mark.parametrize("workers", [1, 4])
def test_followers_survive_the_leaders_hang_up(sidecars, numbered, workers, ending):
    model = numbered()
    sidecar = start(sidecars, model, workers=workers)
    model.hold()
    leader = sidecar.client()
    leader.send(ONE)
    model.await_calls(1)
    with Crowd(sidecar.address, [ONE] * 50) as crowd:
        crowd.get_ready().go()
        in_flight(sidecar, 51)
        getattr(leader, ending)()
        in_flight(sidecar, 50)
        assert not model.connection(0).ended.is_set(), "the call goes on"
        model.go_on()
        assert {call_number(answer) for answer in crowd.answers()} == {0}
    assert model.calls == 1 and len(model.connections) == 1
    assert call_number(sidecar.ask("POST", INFER, [JSON], v2(1))) == 0, "and its answer is kept"


def test_a_follower_who_leaves_takes_nothing_from_the_others(sidecars, numbered):
    model = numbered()
    sidecar = start(sidecars, model)
    with stampede(sidecar, model, 60) as crowd:
        for client in crowd.clients[10:]:
            client.reset()
        in_flight(sidecar, 10)
        model.go_on()
        assert [call_number(client.answer("POST")) for client in crowd.clients[:10]] == [0] * 10
    assert model.calls == 1


@pytest.mark.parametrize("workers", [1, 4])
def test_the_last_one_to_leave_cancels_the_call(sidecars, numbered, workers):
    model = numbered()
    sidecar = start(sidecars, model, workers=workers)
    with stampede(sidecar, model, 20) as crowd:
        for client in crowd.clients[:-1]:
            client.close()
        in_flight(sidecar, 1)
        time.sleep(0.2)
        with sidecar.client() as probe:
            probe.send(b"GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n")
            assert probe.answer().status == 404
        assert not _ended(model, 0), "one still waits"
        crowd.clients[-1].close()
        eventually(lambda: _ended(model, 0), "the model's connection is closed")
    model.go_on()
    sidecar.expect_nothing_left()
    assert call_number(sidecar.ask("POST", INFER, [JSON], v2(1))) == 1, "nothing was kept of it"


def _ended(model, number):
    """Has the sidecar closed that connection? The script may be held, so the socket itself is asked."""
    sock = model.connection(number).socket
    ready, _, _ = select.select([sock], [], [], 0)
    try:
        return bool(ready) and sock.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except OSError:
        return True


def test_after_a_cancelled_call_the_next_asker_is_served_at_once(sidecars, numbered):
    """Either the call is still there to be joined, or a new one is made; nobody waits for one that is gone."""
    model = numbered()
    sidecar = start(sidecars, model)
    for turn in range(20):
        request = request_bytes("POST", INFER, [JSON], v2(turn))
        calls = model.calls
        model.hold()
        client = sidecar.client()
        client.send(request)
        model.await_calls(calls + 1)
        with sidecar.client() as next_:
            client.close()
            next_.send(request)
            time.sleep(0.05)
            model.go_on()
            assert next_.answer("POST").status == 200
    sidecar.expect_nothing_left()


# Whose time is over.


def hurried(milliseconds, body=v2(1)):
    return request_bytes("POST", INFER, [JSON, ("X-Request-Timeout-Ms", str(milliseconds))], body)


def test_each_waits_by_his_own_deadline(sidecars, numbered):
    model = numbered()
    sidecar = start(sidecars, model)
    model.hold()
    leader = sidecar.client()
    leader.send(hurried(400))
    model.await_calls(1)
    with Crowd(sidecar.address, [hurried(400), hurried(20_000), ONE] * 5) as crowd:
        crowd.get_ready().go()
        in_flight(sidecar, 16)
        answer = leader.answer("POST")
        assert (answer.status, answer.reason) == (504, "CallerDeadline")
        for client in crowd.clients[::3]:
            answer = client.answer("POST")
            assert (answer.status, answer.reason) == (504, "CallerDeadline")
        in_flight(sidecar, 10)
        model.go_on()
        rest = crowd.clients[1::3] + crowd.clients[2::3]
        assert [call_number(client.answer("POST")) for client in rest] == [0] * 10
    leader.close()
    assert model.calls == 1


def test_a_callers_deadline_is_his_alone_and_cancels_the_call_when_he_is_the_last(sidecars, numbered):
    model = numbered()
    sidecar = start(sidecars, model)
    model.hold()
    assert sidecar.ask("POST", INFER, [JSON, ("X-Request-Timeout-Ms", "300")], v2(1)).reason == "CallerDeadline"
    eventually(lambda: _ended(model, 0))


def test_the_routes_own_time_is_each_askers_from_when_he_came(sidecars, numbered):
    model = numbered()
    sidecar = start(sidecars, model, timeouts={"requestMs": 1200})
    model.hold()
    with Crowd(sidecar.address, [ONE, ONE]) as crowd:
        crowd.get_ready().go(0, 1)
        model.await_calls(1)
        time.sleep(0.7)
        crowd.go(1, 2)
        assert crowd.clients[0].answer("POST").reason == "RequestTimeout"
        model.go_on()
        assert call_number(crowd.clients[1].answer("POST")) == 0
    assert model.calls == 1


# What the model does.


DEATHS = {
    "closed": lambda connection: connection.close(),
    "reset": lambda connection: connection.reset(),
    "cut in the head": lambda connection: connection.send(b"HTTP/1.1 200 OK\r\nConte"),
    "cut in the body": lambda connection: connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbeg"),
    "not HTTP": lambda connection: connection.send(b"nonsense\r\n\r\n"),
}


@pytest.mark.parametrize("death", DEATHS)
def test_the_models_death_is_told_to_all_and_tried_once(sidecars, models, death):
    go_on = threading.Event()

    def script(connection):
        if connection.read_request():
            assert go_on.wait(60)
            DEATHS[death](connection)

    model = models(script)
    sidecar = start(sidecars, model)
    with Crowd(sidecar.address, [ONE] * 100) as crowd:
        crowd.get_ready().go()
        in_flight(sidecar, 100)
        go_on.set()
        answers = crowd.answers()
    assert statuses(answers) == {502: 100}
    assert {answer.reason for answer in answers} <= {"UpstreamClosed", "UpstreamMalformed", "UpstreamUnreachable"}
    assert len(model.requests) == 1 and len(model.connections) == 1, "no storm of retries"
    sidecar.expect_nothing_left()


def test_a_model_that_nobody_reaches_is_told_to_all(sidecars):
    with nobody_accepts() as port:
        sidecar = start(sidecars, port, timeouts={"connectMs": 1500})
        with Crowd(sidecar.address, [ONE] * 50) as crowd:
            crowd.get_ready().go()
            assert {answer.reason for answer in crowd.answers()} == {"UpstreamConnectTimeout"}


@pytest.mark.parametrize("status", [400, 500, 503])
def test_an_answer_that_is_not_kept_is_still_shared_by_those_who_waited_for_it(sidecars, numbered, status):
    """It is complete and for everybody; only later askers may not have it."""
    model = numbered(status=status)
    sidecar = start(sidecars, model)
    with stampede(sidecar, model, 50) as crowd:
        model.go_on()
        assert statuses(crowd.answers()) == {status: 50}
    assert model.calls == 1
    assert sidecar.ask("POST", INFER, [JSON], v2(1)).status == status and model.calls == 2


@pytest.mark.parametrize(
    "headers",
    [[("Set-Cookie", "a=b")], [("Cache-Control", "private")], [("Cache-Control", "no-store")], [("Vary", "X-User")]],
)
@pytest.mark.parametrize("workers", [1, 4])
def test_an_answer_that_may_not_be_shared_makes_each_call_for_himself(sidecars, numbered, headers, workers):
    model = numbered(headers=headers)
    sidecar = start(sidecars, model, workers=workers)
    with stampede(sidecar, model, 30) as crowd:
        model.go_on()
        answers = crowd.answers()
    assert statuses(answers) == {200: 30}
    assert sorted(call_number(answer) for answer in answers) == list(range(30)), "nobody got another's"
    assert not any("collapsed" in cache_status(answer) for answer in answers)


def test_an_answer_too_large_to_collect_goes_to_each_by_a_call_of_his_own(sidecars, numbered):
    model = numbered(size=300_000)
    sidecar = start(sidecars, model, keep=cache(max_bytes=1 << 20))
    with stampede(sidecar, model, 10) as crowd:
        model.go_on()
        answers = crowd.answers()
    assert statuses(answers) == {200: 10}
    assert all(len(answer.body) > 300_000 for answer in answers)
    assert len({call_number(answer) for answer in answers}) == model.calls == 10


def test_a_stream_of_events_that_nobody_asked_for_is_each_ones_own(sidecars, models):
    go_on = threading.Event()

    def script(connection):
        while connection.read_request():
            assert go_on.wait(20)
            connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
            connection.send(b"9\r\ndata: 1\n\n\r\n0\r\n\r\n")

    model = models(script)
    sidecar = start(sidecars, model)
    with Crowd(sidecar.address, [ONE] * 10) as crowd:
        crowd.get_ready().go()
        in_flight(sidecar, 10)
        go_on.set()
        assert [answer.body for answer in crowd.answers()] == [b"data: 1\n\n"] * 10
    assert len(model.requests) == 10


# Who shares with whom.


@pytest.mark.parametrize("scope, calls", [("Shared", 1), ("Tenant", 2), ("Principal", 3)])
def test_only_those_who_may_have_it_wait_for_one_call(sidecars, numbered, scope, calls):
    keys = api_keys(callers("ann", "ben", secret="a", tenant="acme"), callers("cat", secret="b"))
    model = numbered()
    sidecar = start(sidecars, model, keep=cache(scope=scope), auth=[keys])
    model.hold()
    names = ["ann", "ben", "cat"] * 5
    with Crowd(sidecar.address, [request_bytes("POST", INFER, [JSON, *by(n)], v2(1)) for n in names]) as crowd:
        crowd.get_ready().go()
        in_flight(sidecar, 15)
        model.await_calls(calls)
        time.sleep(0.2)
        assert model.calls == calls
        model.go_on()
        numbers = [call_number(answer) for answer in crowd.answers()]
    by_name = {name: {n for n, who in zip(numbers, names) if who == name} for name in set(names)}
    assert all(len(own) == 1 for own in by_name.values())
    assert len(set.union(*by_name.values())) == calls
    assert (by_name["ann"] == by_name["ben"]) == (scope != "Principal")
    assert (by_name["ann"] == by_name["cat"]) == (scope == "Shared")


# Who pays.

PRICE = cost(per("Rows", "2"), hit="0.25")


def plans(**more):
    day = 86_400_000
    limits = [budget("1000000", name="spend", unit="Cost"), budget("1000000", name="calls")]
    return quota(tier(*limits, rate("1", per_ms=day, burst="1000000"), **more))


def test_who_starts_the_call_pays_in_full_and_the_others_as_hits(sidecars, numbered):
    model = numbered()
    sidecar = start(sidecars, model, plans(), cost=PRICE)
    with stampede(sidecar, model, 100) as crowd:
        model.go_on()
        costs = [answer.headers.get("x-mlgateway-cost") for answer in crowd.answers()]
    assert sorted(costs) == ["0.5"] * 99 + ["2"]
    expect_settled(sidecar)
    assert granted(sidecar, "spend") == 2 + 99 * 0.5
    assert granted(sidecar, "calls") == granted(sidecar, "rate") == 100
    sidecar.expect_metric(2 + 99 * 0.5, "mlgateway_cost_total", mlroute="r")


def test_a_leader_who_hangs_up_pays_in_full_and_a_follower_who_hangs_up_as_a_hit(sidecars, numbered):
    model = numbered()
    sidecar = start(sidecars, model, plans(), cost=PRICE)
    model.hold()
    leader = sidecar.client()
    leader.send(ONE)
    model.await_calls(1)
    with Crowd(sidecar.address, [ONE] * 2) as crowd:
        crowd.get_ready().go()
        in_flight(sidecar, 3)
        leader.close()
        crowd.clients[0].close()
        in_flight(sidecar, 1)
        model.go_on()
        assert call_number(crowd.clients[1].answer("POST")) == 0
    expect_settled(sidecar)
    assert granted(sidecar, "spend") == 2 + 0.5 + 0.5


def test_when_the_model_fails_nobody_of_them_pays(sidecars, numbered):
    model = numbered(status=500)
    sidecar = start(sidecars, model, plans(), cost=PRICE)
    with stampede(sidecar, model, 50) as crowd:
        model.go_on()
        assert statuses(crowd.answers()) == {500: 50}
    expect_settled(sidecar)
    assert (granted(sidecar, "spend"), granted(sidecar, "calls"), granted(sidecar, "rate")) == (0, 0, 50)


def test_who_has_to_call_for_himself_after_all_pays_in_full(sidecars, numbered):
    model = numbered(headers=[("Set-Cookie", "a=b")])
    sidecar = start(sidecars, model, plans(), cost=PRICE)
    with stampede(sidecar, model, 20) as crowd:
        model.go_on()
        costs = [answer.headers.get("x-mlgateway-cost") for answer in crowd.answers()]
    assert costs == ["2"] * 20
    expect_settled(sidecar)
    assert granted(sidecar, "spend") == 40 and granted(sidecar, "calls") == 20


def test_who_cannot_pay_in_full_may_follow_but_not_lead(sidecars, numbered):
    """Ann can pay one call and no more; ben pays for the call that she then waits for."""
    model = numbered()
    keys = api_keys(callers("ann", "ben"))
    limits = quota(budget("3", name="spend", unit="Cost"))
    sidecar = start(sidecars, model, limits, cost=PRICE, auth=[keys], keep=cache(scope="Shared"))

    def request(name, *data):
        return request_bytes("POST", INFER, [JSON, *by(name)], v2(*data))

    assert sidecar.ask("POST", INFER, [JSON, *by("ann")], v2(7)).status == 200
    assert sidecar.ask("POST", INFER, [JSON, *by("ann")], v2(1)).status == 429, "2 of 3 are used, and a call costs 2"
    model.hold()
    with Crowd(sidecar.address, [request("ben", 1), request("ann", 1)]) as crowd:
        crowd.get_ready().go(0, 1)
        model.await_calls(2)
        crowd.go(1, 2)
        in_flight(sidecar, 2)
        model.go_on()
        assert [call_number(answer) for answer in crowd.answers()] == [1, 1]
    expect_settled(sidecar)
    assert granted(sidecar, "spend") == 2 + 2 + 0.5


def test_a_follower_who_cannot_pay_for_a_call_of_his_own_is_refused_when_he_has_to_make_it(sidecars, numbered):
    model = numbered(headers=[("Set-Cookie", "a=b")])
    keys = api_keys(callers("ann", "ben"))
    limits = quota(budget("3", name="spend", unit="Cost"))
    sidecar = start(sidecars, model, limits, cost=PRICE, auth=[keys], keep=cache(scope="Shared"))
    assert sidecar.ask("POST", INFER, [JSON, *by("ann")], v2(7)).status == 200
    model.hold()
    requests = [request_bytes("POST", INFER, [JSON, *by(name)], v2(1)) for name in ("ben", "ann")]
    with Crowd(sidecar.address, requests) as crowd:
        crowd.get_ready().go(0, 1)
        model.await_calls(2)
        crowd.go(1, 2)
        in_flight(sidecar, 2)
        model.go_on()
        ben, ann = crowd.answers()
    assert call_number(ben) == 1
    assert (ann.status, ann.reason) == (429, "BudgetSpent") and model.calls == 2
    assert int(ann.headers.get("retry-after")) >= 1
    expect_settled(sidecar)
    assert granted(sidecar, "spend") == 4


def test_a_leader_who_is_refused_leaves_nobody_hanging(sidecars, numbered):
    """Rich and poor callers ask for the same at once, again and again: the rich are served, the poor are told, and
    nobody waits for a call that is never made."""
    model = numbered()
    rich, poor = [f"rich{n}" for n in range(10)], [f"poor{n}" for n in range(10)]
    keys = api_keys(callers(*rich, secret="r", labels={"plan": "rich"}), callers(*poor, secret="p"))
    limits = quota(
        tier(budget("1000000", unit="Cost"), name="rich", labels={"plan": "rich"}),
        tier(budget("3", unit="Cost"), name="poor"),
    )
    price = cost(pointer("/parameters/n", "1", most="10"), hit="1")
    sidecar = start(sidecars, model, limits, cost=price, auth=[keys], keep=cache(scope="Shared"))
    for turn in range(30):
        body = v2(turn, parameters={"n": 4})
        mixed = [name for pair in zip(poor, rich) for name in pair]
        requests = [request_bytes("POST", INFER, [JSON, *by(name)], body) for name in mixed]
        with Crowd(sidecar.address, requests) as crowd:
            answers = dict(zip(mixed, crowd.get_ready().go().answers()))
        assert statuses([answers[name] for name in rich]) == {200: 10}
        assert statuses([answers[name] for name in poor]) == {403: 10}
        assert {call_number(answers[name]) for name in rich} == {turn}
    expect_settled(sidecar)
    assert model.calls == 30


def test_a_stampede_against_a_small_budget_serves_exactly_what_it_holds(sidecars, numbered):
    """A call at 2 and 4 shares of it at 0.5 fit into 4."""
    model = numbered()
    sidecar = start(sidecars, model, quota(budget("4", unit="Cost")), cost=PRICE)
    model.hold()
    with Crowd(sidecar.address, [ONE] * 50) as crowd:
        crowd.get_ready().go(0, 1)
        model.await_calls(1)
        crowd.go(1)
        eventually(lambda: limit(sidecar)["refused"] == 45)
        model.go_on()
        assert statuses(crowd.answers()) == {200: 5, 429: 45}
    expect_settled(sidecar)
    assert granted(sidecar) == 4 and model.calls == 1


# The world around it.


def test_flights_survive_reloads(sidecars, numbered):
    model = numbered()
    its = {"protocol": "OpenInferenceV2", "model": "m", "cache": cache()}
    sidecar = sidecars(config(route(model, **its)), workers=4)
    with stampede(sidecar, model, 50) as crowd:
        for generation in range(2, 6):
            timeouts = {"requestMs": 20000 + generation}
            sidecar.reload(config(route(model, generation=generation, timeouts=timeouts, **its)))
        model.go_on()
        assert {call_number(answer) for answer in crowd.answers()} == {0}
    assert model.calls == 1


def test_who_comes_after_a_reload_joins_a_call_from_before(sidecars, numbered):
    model = numbered()
    its = {"protocol": "OpenInferenceV2", "model": "m", "cache": cache()}
    sidecar = sidecars(config(route(model, **its)), workers=2)
    model.hold()
    with Crowd(sidecar.address, [ONE] * 20) as crowd:
        crowd.get_ready().go(0, 1)
        model.await_calls(1)
        sidecar.reload(config(route(model, generation=2, enrichment=False, **its)))
        crowd.go(1)
        in_flight(sidecar, 20)
        model.go_on()
        assert {call_number(answer) for answer in crowd.answers()} == {0}
    assert model.calls == 1


def test_a_revoked_key_does_not_join(sidecars, numbered):
    model = numbered()

    def world(*names, generation=1):
        keys = api_keys(callers(*names))
        its = {"protocol": "OpenInferenceV2", "model": "m", "cache": cache(scope="Shared")}
        return config(route(model, auth=[keys], generation=generation, **its))

    sidecar = sidecars(world("ann", "ben"), workers=2)
    model.hold()
    with sidecar.client() as ben:
        ben.send(request_bytes("POST", INFER, [JSON, *by("ben")], v2(1)))
        model.await_calls(1)
        sidecar.reload(world("ben", generation=2))
        assert sidecar.ask("POST", INFER, [JSON, *by("ann")], v2(1)).status == 401
        model.go_on()
        assert call_number(ben.answer("POST")) == 0


def test_a_drain_waits_for_a_shared_call(sidecars, numbered):
    model = numbered()
    sidecar = start(sidecars, model)
    with stampede(sidecar, model, 30) as crowd:
        sidecar.terminate()
        time.sleep(0.3)
        model.go_on()
        answers = crowd.answers()
    assert statuses(answers) == {200: 30} and model.calls == 1
    assert sidecar.wait() == 0


def test_the_end_of_the_process_cuts_a_shared_call_that_never_ends(sidecars, numbered):
    model = numbered()
    sidecar = sidecars(
        config(route(model, protocol="OpenInferenceV2", model="m", cache=cache())),
        "--drain-timeout",
        "500ms",
        workers=4,
    )
    with stampede(sidecar, model, 30) as crowd:
        sidecar.terminate()
        for client in crowd.clients:
            try:
                assert client.answer("POST").status >= 500
            except Hangup:
                pass
    assert sidecar.wait() == 0


def test_comings_and_goings_leave_nothing_behind(sidecars, numbered):
    """Leaders and followers leave at random while calls begin and end."""
    model = numbered()
    sidecar = start(sidecars, model, plans(scope="Tier"), cost=PRICE, keep=cache(ttl_ms=1000))
    stop = time.monotonic() + 5
    failures = []

    def caller(number):
        turn = number
        while time.monotonic() < stop:
            turn += 1
            request = request_bytes("POST", INFER, [JSON, ("X-Request-Timeout-Ms", "5000")], v2(turn // 8 % 20))
            client = sidecar.client()
            try:
                client.send(request)
                if turn % 3:
                    answer = client.answer("POST")
                    if answer.status != 200:
                        failures.append((answer.status, answer.reason))
            except (Hangup, OSError) as error:
                failures.append(repr(error))
            client.reset() if turn % 2 else client.close()

    threads = [threading.Thread(target=caller, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    sidecar.expect_nothing_left()
    expect_settled(sidecar)
    before = sidecar.descriptors()
    assert before < 200


def test_paths_are_part_of_what_is_equal(sidecars, numbered):
    model = numbered()
    sidecar = sidecars(config(route(model, paths=[path("/")], cache=cache())), workers=2)
    model.hold()
    with Crowd(sidecar.address, [request_bytes("POST", f"/{n % 2}", body=b"x") for n in range(10)]) as crowd:
        crowd.get_ready().go()
        in_flight(sidecar, 10)
        model.await_calls(2)
        model.go_on()
        numbers = [call_number(answer) for answer in crowd.answers()]
    assert numbers in ([0, 1] * 5, [1, 0] * 5)
