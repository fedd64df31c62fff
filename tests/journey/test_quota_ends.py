"""Whatever end an exchange has, it is settled exactly once: nothing stays reserved, and who pays follows from who ended
it. Budgets are given back only if no byte reached the model, the model failed, or the route's own time ended it."""

import threading
import time

import pytest

from harness.client import Hangup, eventually
from harness.config import (
    anonymous,
    api_keys,
    budget,
    by,
    cache,
    callers,
    config,
    cost,
    path,
    per,
    quota,
    rate,
    route,
    version,
)
from harness.crowd import Crowd
from harness.model import nobody_accepts, nobody_listens
from harness.predict import INFER, JSON, v2
from harness.usage import expect_settled, granted, limit, used
from harness.wire import answer_bytes, request_bytes

PLENTY = 100_000
PRICE = cost(per("Request", "1.5"))
ENDINGS = ["close", "reset"]


def plan(**more):
    """A budget in each unit, and a rate, none of which is ever in the way."""
    day = 86_400_000
    return quota(
        budget(PLENTY, name="requests"),
        budget(PLENTY, name="cost", unit="Cost"),
        rate("1", per_ms=day, burst=PLENTY),
        **more,
    )


def world(model, protocol="Generic", price=PRICE, **more):
    its = {"model": "m"} if protocol != "Generic" else {"paths": [path("/predict")]}
    return config(
        route(model, protocol=protocol, cost=price, quotas=["plan"], **its, **more),
        route(model, name="free", paths=[path("/free")]),
        quotas=[plan()],
    )


def bill(sidecar):
    """(requests and cost charged to budgets, requests charged to the rate)"""
    expect_settled(sidecar)
    return granted(sidecar, "requests"), granted(sidecar, "cost"), granted(sidecar, "rate")


def expect_bill(sidecar, exchanges, paid, price=1.5):
    """So many exchanges were admitted, of which so many paid; a rate never gives back."""
    eventually(lambda: bill(sidecar) == (paid, paid * price, exchanges), f"{paid} paid of {exchanges}")
    assert used(sidecar, "requests") == paid and used(sidecar, "cost") == paid * price


# Hang-ups.

BY_LENGTH = request_bytes("POST", "/predict", [JSON], b'{"inputs": [1, 2, 3, 4]}')
CHUNKED = request_bytes("POST", "/predict", [JSON], chunks=[b'{"inputs":', b" [1, 2]}"], trailers=[("X-T", "1")])
READ_WHOLE = request_bytes("POST", INFER, [JSON], v2(1, 2, 3))
READ_WHOLE_CHUNKED = request_bytes("POST", INFER, [JSON], chunks=[v2(1, 2, 3)[:20], v2(1, 2, 3)[20:]])


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("request_", [READ_WHOLE, READ_WHOLE_CHUNKED], ids=["by length", "chunked"])
def test_a_caller_who_hangs_up_within_a_request_that_is_read_whole_pays_nothing(sidecars, model, request_, ending):
    sidecar = sidecars(world(model, "OpenInferenceV2", cost(per("Rows"))))
    for count in range(len(request_)):
        client = sidecar.client()
        client.send(request_[:count])
        getattr(client, ending)()
    sidecar.expect_nothing_left()
    expect_bill(sidecar, 0, 0)
    assert model.connections == []
    sidecar.expect_metric(0, "mlgateway_cost_total", mlroute="r")


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("request_", [BY_LENGTH, CHUNKED], ids=["by length", "chunked"])
def test_a_caller_who_hangs_up_within_a_relayed_request_pays_where_the_model_has_heard_of_it(
    sidecars, model, request_, ending
):
    sidecar = sidecars(world(model))
    for count in range(len(request_)):
        client = sidecar.client()
        client.send(request_[:count])
        getattr(client, ending)()
    sidecar.expect_nothing_left()
    expect_settled(sidecar)
    assert model.requests == []
    # What was written to the model arrives; of an exchange that was given up before, nothing does.
    eventually(
        lambda: granted(sidecar, "requests") == sum(1 for c in model.connections if c.received_bytes),
        "as many are paid for as the model has heard of",
    )
    paid = granted(sidecar, "requests")
    assert granted(sidecar, "cost") == paid * PRICE["terms"][0]["price"] / 1_000_000
    assert paid <= granted(sidecar, "rate") <= len(request_)
    head = request_.index(b"\r\n\r\n") + 4
    assert granted(sidecar, "rate") <= len(request_) - head + 1, "nobody is charged before his head is complete"


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_caller_who_hangs_up_while_the_model_works_pays_in_full(sidecars, models, ending):
    def script(connection):
        if connection.read_request():
            assert connection.wait_for_end(), "the model's connection outlived the caller"

    model = models(script)
    sidecar = sidecars(world(model))
    for turn in range(10):
        client = sidecar.client()
        client.send(BY_LENGTH)
        eventually(lambda: len(model.requests) == turn + 1)
        assert limit(sidecar, "requests")["reserved"] == "1"
        getattr(client, ending)()
        assert model.connection(turn).ended.wait(10)
    expect_bill(sidecar, 10, 10)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("answer", [answer_bytes(body=b"x" * 50), answer_bytes(chunks=[b"x" * 20, b"y" * 20])])
def test_a_caller_who_hangs_up_at_any_byte_of_the_answer_pays_in_full(sidecars, models, ending, answer):
    model = models(on_request=lambda connection, request: connection.send(answer))
    sidecar = sidecars(world(model))
    count = 0
    for count, most in enumerate(range(1, len(answer) + 500, 10), start=1):
        client = sidecar.client()
        client.send(BY_LENGTH)
        client.socket.recv(most)
        getattr(client, ending)()
    expect_bill(sidecar, count, count)


def test_a_caller_who_hangs_up_within_a_stream_pays_in_full(sidecars, models):
    def script(connection):
        connection.read_request()
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        while connection.send(b"9\r\ndata: x\n\n\r\n"):
            time.sleep(0.02)

    sidecar = sidecars(world(models(script)))
    for _ in range(5):
        client = sidecar.client()
        client.send(BY_LENGTH)
        client.body_until(b"data: x\n\ndata: x\n\n", "POST")
        client.close()
    expect_bill(sidecar, 5, 5)


def test_a_crowd_that_hangs_up_leaves_nothing_reserved(sidecars, models):
    """Two hundred callers on four workers, of whom the half goes while the model works."""
    go_on = threading.Event()

    def script(connection):
        while connection.read_request():
            go_on.wait(20)
            connection.answer(body=b"ok")

    model = models(script)
    sidecar = sidecars(world(model), workers=4)
    with Crowd(sidecar.address, [BY_LENGTH] * 200) as crowd:
        crowd.get_ready().go()
        eventually(lambda: len(model.requests) == 200, patience=30)
        assert limit(sidecar, "requests")["reserved"] == "200"
        for client in crowd.clients[::2]:
            client.reset()
        go_on.set()
        assert [client.answer("POST").status for client in crowd.clients[1::2]] == [200] * 100
    expect_bill(sidecar, 200, 200)


# The model fails.


def failing(behaviour):
    """A model of which each connection reads one request and then behaves so."""

    def script(connection):
        if connection.read_request():
            behaviour(connection)

    return script


FAILURES = {
    "500": lambda c: c.answer(500, body=b"no"),
    "503": lambda c: c.answer(503, [("Retry-After", "7")], b"no"),
    "closed": lambda c: c.close(),
    "reset": lambda c: c.reset(),
    "closed in the head": lambda c: c.send(b"HTTP/1.1 200 OK\r\nContent-Le"),
    "closed in the body": lambda c: c.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegin"),
    "closed between chunks": lambda c: c.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n"),
    "not HTTP": lambda c: c.send(b"hello\r\n\r\n"),
}
PAID_ANSWERS = {"200": 200, "201": 201, "400": 400, "404": 404, "422": 422, "429": 429}


def attempt(sidecar, **more):
    """One exchange, whatever end it has."""
    try:
        return sidecar.ask("POST", "/predict", [JSON, *more.pop("fields", ())], b"{}", **more)
    except Hangup as hangup:
        return hangup.partial


@pytest.mark.parametrize("failure", FAILURES)
def test_when_the_model_fails_the_budget_is_given_back_and_the_rate_is_not(sidecars, models, failure):
    model = models(failing(FAILURES[failure]))
    sidecar = sidecars(world(model))
    for _ in range(3):
        attempt(sidecar)
    assert len(model.requests) == 3
    expect_bill(sidecar, 3, 0)
    sidecar.expect_metric(0, "mlgateway_cost_total", mlroute="r")
    assert [line["cost"] for line in sidecar.access_lines(3)] == [0, 0, 0]


@pytest.mark.parametrize("status", PAID_ANSWERS)
def test_an_answer_that_is_no_failure_of_the_model_is_paid_for(sidecars, models, status):
    model = models(on_request=lambda connection, request: connection.answer(PAID_ANSWERS[status], body=b"said"))
    sidecar = sidecars(world(model))
    assert attempt(sidecar).status == PAID_ANSWERS[status]
    expect_bill(sidecar, 1, 1)
    sidecar.expect_metric(1.5, "mlgateway_cost_total", mlroute="r")


def test_a_model_that_fails_does_not_use_up_a_budget(sidecars, models):
    """What was given back can be used: twenty failures, and the budget of two is still there."""
    moods = ["fail"] * 20 + ["work"] * 5

    def answer(connection, request):
        return connection.answer(500 if moods.pop(0) == "fail" else 200, body=b"x")

    sidecar = sidecars(
        config(route(models(on_request=answer), quotas=["plan"]), quotas=[quota(budget("2"))])
    )
    statuses = [sidecar.ask("POST", body=b"{}").status for _ in range(24)]
    assert statuses == [500] * 20 + [200, 200, 429, 429]


def test_a_model_that_fails_uses_up_a_rate(sidecars, models):
    model = models(on_request=lambda connection, request: connection.answer(500, body=b"x"))
    sidecar = sidecars(config(route(model, quotas=["plan"]), quotas=[quota(rate("2", per_ms=60_000))]))
    assert [sidecar.ask("POST", body=b"{}").status for _ in range(3)] == [500, 500, 429]


def test_a_model_that_nobody_reaches_costs_nothing(sidecars):
    sidecar = sidecars(world(nobody_listens()))
    assert [attempt(sidecar).status for _ in range(3)] == [502] * 3
    expect_bill(sidecar, 3, 0)


def test_a_model_that_takes_no_connection_costs_nothing(sidecars):
    with nobody_accepts() as port:
        sidecar = sidecars(world(port, timeouts={"connectMs": 200}))
        assert attempt(sidecar).reason == "UpstreamConnectTimeout"
        expect_bill(sidecar, 1, 0)


def test_a_caller_who_hangs_up_before_the_model_has_a_connection_pays_nothing(sidecars):
    with nobody_accepts() as port:
        sidecar = sidecars(world(port, timeouts={"connectMs": 60_000}))
        client = sidecar.client()
        client.send(BY_LENGTH)
        eventually(lambda: limit(sidecar, "requests")["reserved"] == "1")
        client.close()
        expect_bill(sidecar, 1, 0)
        sidecar.expect_nothing_left()
        sidecar.expect_metric(0, "mlgateway_upstream_connections")


def test_a_version_that_cannot_be_chosen_costs_nothing(sidecars, model):
    sidecar = sidecars(
        config(
            route(version("v1", model), protocol="OpenInferenceV2", model="m", cost=PRICE, quotas=["plan"]),
            quotas=[plan()],
        )
    )
    assert sidecar.ask("POST", "/v2/models/m/versions/v9/infer", [JSON], v2(1)).status == 404
    expect_bill(sidecar, 0, 0)


# Somebody's time is over.


def silent(connection):
    while connection.read_request():
        connection.wait_for_end(30)


@pytest.mark.parametrize(
    "timeouts, reason",
    [({"firstByteMs": 200}, "UpstreamFirstByteTimeout"), ({"requestMs": 200}, "RequestTimeout")],
)
def test_what_the_routes_own_time_ended_is_not_paid_for(sidecars, models, timeouts, reason):
    sidecar = sidecars(world(models(silent), timeouts=timeouts))
    assert attempt(sidecar).reason == reason
    expect_bill(sidecar, 1, 0)


def test_an_answer_that_the_routes_own_time_cut_is_not_paid_for(sidecars, models):
    def script(connection):
        connection.read_request()
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegin")
        connection.wait_for_end(30)

    sidecar = sidecars(world(models(script), timeouts={"requestMs": 300}))
    assert attempt(sidecar).body == b"begin"
    expect_bill(sidecar, 1, 0)


def test_a_stream_that_stood_still_is_not_paid_for(sidecars, models):
    def script(connection):
        connection.read_request()
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        connection.send(b"9\r\ndata: x\n\n\r\n")
        connection.wait_for_end(30)

    sidecar = sidecars(world(models(script), timeouts={"streamIdleMs": 300}))
    attempt(sidecar)
    expect_bill(sidecar, 1, 0)


def test_who_lets_his_own_deadline_pass_pays(sidecars, models):
    sidecar = sidecars(world(models(silent)))
    answer = attempt(sidecar, fields=[("X-Request-Timeout-Ms", "200")])
    assert (answer.status, answer.reason) == (504, "CallerDeadline")
    expect_bill(sidecar, 1, 1)


def test_a_callers_deadline_beyond_the_routes_time_is_the_routes(sidecars, models):
    sidecar = sidecars(world(models(silent), timeouts={"requestMs": 200}))
    assert attempt(sidecar, fields=[("X-Request-Timeout-Ms", "60000")]).reason == "RequestTimeout"
    expect_bill(sidecar, 1, 0)


def test_who_reads_too_slowly_pays(sidecars, models):
    model = models(on_request=lambda connection, request: connection.answer(body=b"x" * (64 << 20)))
    sidecar = sidecars(world(model), "--min-rate", "1000000")
    with sidecar.client(receive_buffer=4096) as client:
        client.send(BY_LENGTH)
        eventually(lambda: "ClientTooSlow" in [line["reason"] for line in sidecar._access_lines()], patience=40)
    expect_bill(sidecar, 1, 1)


def test_who_sends_his_body_too_slowly_and_never_reached_the_model_pays_nothing(sidecars, model):
    sidecar = sidecars(world(model, "OpenInferenceV2", cost(per("Rows")), timeouts={"requestMs": 500}))
    with sidecar.client() as client:
        client.send(READ_WHOLE[:-5])
        assert client.answer("POST").status in (408, 504)
    expect_bill(sidecar, 0, 0)
    assert model.connections == []


# Retries, reloads, the end of the process.


def test_a_connection_that_was_closed_in_the_pool_is_charged_once(sidecars, models):
    """The one case in which a request is sent again: it stays one request."""

    def script(connection):
        if connection.read_request():
            connection.answer(body=b"ok")
            if connection.number == 0:
                return  # closes a connection that the sidecar holds for good
            while connection.read_request():
                connection.answer(body=b"ok")

    sidecar = sidecars(world(models(script)))
    for _ in range(5):
        assert attempt(sidecar).status == 200
    expect_bill(sidecar, 5, 5)


def test_an_exchange_that_outlives_its_quota_is_settled(sidecars, models):
    go_on = threading.Event()

    def slow(connection, request):
        assert go_on.wait(20)
        return connection.answer(500, body=b"x")

    model = models(on_request=slow)
    sidecar = sidecars(world(model))
    with sidecar.client() as client:
        client.send(BY_LENGTH)
        eventually(lambda: model.requests)
        sidecar.reload(config(route(model, paths=[path("/predict")])))
        assert sidecar.state()["quotas"] == []
        sidecar.reload(world(model, generation=3))
        assert limit(sidecar, "requests")["reserved"] == "1"
        go_on.set()
        assert client.answer("POST").status == 500
    expect_bill(sidecar, 1, 0)


def test_a_drain_settles_what_it_cuts(sidecars, models):
    model = models(silent)
    sidecar = sidecars(world(model), "--drain-timeout", "300ms")
    with sidecar.client() as client:
        client.send(BY_LENGTH)
        eventually(lambda: model.requests)
        sidecar.terminate()
        with pytest.raises(Hangup):
            while client.answer("POST"):
                pass
    assert sidecar.wait() == 0


def test_everything_at_once_leaves_nothing_reserved(sidecars, models):
    """Good and bad models, patient and impatient callers, four workers, reloads: in the end every claim is settled."""
    turns = iter(range(1_000_000))

    def moody(connection):
        while connection.read_request():
            mood = next(turns) % 7
            if mood == 0:
                return
            if mood == 1:
                connection.answer(500, body=b"x")
            elif mood == 2:
                connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegin")
                return
            elif mood == 3:
                time.sleep(0.05)
                connection.answer(body=b"late")
            else:
                connection.answer(body=b"ok")

    model = models(moody)
    names = [f"caller{n}" for n in range(8)]
    auth = [api_keys(callers(*names)), anonymous()]
    sidecar = sidecars(world(model, auth=auth), workers=4)
    stop = threading.Event()

    def caller(name, number):
        while not stop.is_set():
            number += 1
            client = sidecar.client()
            try:
                request = request_bytes("POST", "/predict", [JSON, *by(name)], b"{}")
                client.send(request[:-1] if number % 5 == 0 else request)
                if number % 3:
                    client.answer("POST")
            except (Hangup, OSError):
                pass
            client.reset() if number % 2 else client.close()

    threads = [threading.Thread(target=caller, args=(name, n)) for n, name in enumerate(names)]
    for thread in threads:
        thread.start()
    for generation in range(2, 8):
        time.sleep(0.4)
        sidecar.reload(world(model, auth=auth, generation=generation))
    stop.set()
    for thread in threads:
        thread.join(20)
    sidecar.expect_nothing_left()
    expect_settled(sidecar)
    seen = {name: granted(sidecar, name) for name in ("requests", "cost", "rate")}
    assert 0 < seen["requests"] < seen["rate"]
    assert seen["cost"] == seen["requests"] * 3 / 2


# A call that others may join.


def shared(model, **more):
    return world(model, "OpenInferenceV2", cost(per("Rows", "0.5")), cache=cache(), **more)


def test_the_one_who_began_a_call_that_never_reached_the_model_pays_nothing(sidecars):
    with nobody_accepts() as port:
        sidecar = sidecars(shared(port, timeouts={"connectMs": 60_000}))
        client = sidecar.client()
        client.send(READ_WHOLE)
        eventually(lambda: limit(sidecar, "requests")["reserved"] == "1")
        client.close()
        expect_bill(sidecar, 1, 0)
        sidecar.expect_nothing_left()
        sidecar.expect_metric(0, "mlgateway_upstream_connections")


def test_whose_own_deadline_passed_before_a_joint_call_reached_the_model_pays_nothing(sidecars):
    with nobody_accepts() as port:
        sidecar = sidecars(shared(port, timeouts={"connectMs": 60_000}))
        answer = sidecar.ask("POST", INFER, [JSON, ("X-Request-Timeout-Ms", "200")], v2(1, 2, 3))
        assert (answer.status, answer.reason) == (504, "CallerDeadline")
        expect_bill(sidecar, 1, 0)
        sidecar.expect_nothing_left()
        sidecar.expect_metric(0, "mlgateway_upstream_connections")


def test_whose_own_deadline_passed_before_a_byte_reached_the_model_pays_nothing(sidecars):
    with nobody_accepts() as port:
        sidecar = sidecars(world(port, timeouts={"connectMs": 20_000}))
        answer = attempt(sidecar, fields=[("X-Request-Timeout-Ms", "200")])
        assert (answer.status, answer.reason) == (504, "CallerDeadline")
        expect_bill(sidecar, 1, 0)


@pytest.mark.parametrize("failure", FAILURES)
def test_when_a_call_that_others_may_join_fails_nobody_pays(sidecars, models, failure):
    sidecar = sidecars(shared(models(failing(FAILURES[failure]))), workers=2)
    with Crowd(sidecar.address, [READ_WHOLE] * 20) as crowd:
        crowd.get_ready().go()
        assert all(answer is None or answer.status in (500, 502, 503) for answer in crowd.answers())
    expect_bill(sidecar, 20, 0)


def test_when_the_routes_own_time_ends_a_call_that_others_joined_nobody_pays(sidecars, models):
    sidecar = sidecars(shared(models(silent), timeouts={"requestMs": 400}), workers=2)
    with Crowd(sidecar.address, [READ_WHOLE] * 20) as crowd:
        crowd.get_ready().go()
        assert {answer.reason for answer in crowd.answers()} == {"RequestTimeout"}
    expect_bill(sidecar, 20, 0)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_caller_who_hangs_up_within_a_kept_answer_pays_as_a_hit(sidecars, models, ending):
    model = models(on_request=lambda connection, request: connection.answer(headers=[JSON], body=b"{}" + b" " * 5000))
    sidecar = sidecars(shared(model))
    assert sidecar.ask("POST", INFER, [JSON], v2(1, 2, 3)).status == 200
    for count in range(1, 5000, 500):
        client = sidecar.client()
        client.send(READ_WHOLE)
        client.socket.recv(count)
        getattr(client, ending)()
    expect_settled(sidecar)
    assert (granted(sidecar, "requests"), granted(sidecar, "cost")) == (11, 1.5)


def test_the_bytes_of_a_refused_request_are_not_taken_for_another_one(sidecars, models):
    """A refusal may come before the body; what was sent of it is skipped, or the connection ends."""
    evil = request_bytes("GET", "/predict?evil")
    model = models()
    sidecar = sidecars(config(route(model, paths=[path("/predict")], quotas=["plan"]), quotas=[quota(budget("1"))]))
    assert sidecar.ask("POST", "/predict", body=b"x").status == 200
    for framed in ({"body": evil}, {"chunks": [evil]}):
        with sidecar.client() as client:
            client.send(request_bytes("POST", "/predict", **framed) + request_bytes("GET", "/nowhere"))
            assert client.answer("POST").status == 429
            try:
                assert client.answer().status == 404
            except Hangup:
                pass
    assert len(model.requests) == 1
