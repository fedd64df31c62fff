"""Connections to the model: kept, never stale, and an inference request is sent twice in one case only."""

import time

import pytest

from harness.client import Hangup, eventually
from harness.config import config, path, route
from harness.model import echo
from harness.wire import answer_bytes, request_bytes

SMALL = b'{"inputs": [1]}'


def start(sidecars, model, **more):
    return sidecars(config(route(model, **more)))


def test_one_connection_serves_request_after_request(sidecars, models):
    model = models(on_request=echo)
    sidecar = start(sidecars, model)
    with sidecar.client() as client:
        for _ in range(30):
            assert client.ask("POST", body=SMALL).body == SMALL
    assert len(model.connections) == 1
    assert sidecar.metric("mlgateway_upstream_reused_total") == 29
    assert sidecar.metric("mlgateway_upstream_connects_total") == 1
    assert sidecar.metric("mlgateway_upstream_connections") == 1


def test_callers_share_the_connections_of_the_pool(gateway, model):
    for _ in range(10):
        assert gateway.ask().status == 200
    assert len(model.connections) == 1


def test_connections_of_one_model_are_not_used_for_another(sidecars, models):
    first, second = models(), models()
    sidecar = sidecars(config(route(first, name="a", paths=[path("/a")]), route(second, name="b", paths=[path("/b")])))
    for _ in range(5):
        sidecar.ask("GET", "/a")
        sidecar.ask("GET", "/b")
    assert {r.target for r in first.requests} == {"/a"} and {r.target for r in second.requests} == {"/b"}
    assert (len(first.connections), len(second.connections)) == (1, 1)


def test_an_idle_connection_is_closed_after_four_seconds(gateway, model):
    gateway.ask()
    idle_since = time.monotonic()
    assert not model.connection(0).ended.wait(3)
    assert model.connection(0).ended.wait(4)
    assert 3 < time.monotonic() - idle_since < 6
    assert gateway.metric("mlgateway_upstream_connections") == 0
    assert gateway.ask().status == 200


def test_a_connection_that_the_model_closed_while_idle_is_not_used(sidecars, models):
    def script(connection):
        connection.read_request()
        connection.answer(body=b"and goodbye")

    model = models(script)
    sidecar = start(sidecars, model)
    with sidecar.client() as client:
        for turn in range(10):
            assert client.ask("POST", body=SMALL).status == 200
            eventually(lambda: model.connections[turn].socket.fileno() == -1, "the model closed")
    assert [len(c.parser.finished) for c in model.connections] == [1] * 10


@pytest.mark.parametrize("fields", [[("Connection", "close")], [("Connection", "Keep-Alive, Close")]])
def test_a_connection_whose_answer_says_close_is_not_used_again(sidecars, models, fields):
    model = models(on_request=lambda connection, request: connection.answer(headers=fields, body=b"ok"))
    sidecar = start(sidecars, model)
    with sidecar.client() as client:
        for _ in range(5):
            answer = client.ask("POST", body=SMALL)
            assert answer.status == 200 and not answer.says_close  # the caller's connection is another matter
    assert [len(c.parser.finished) for c in model.connections] == [1] * 5
    assert all(c.ended.wait(5) for c in model.connections)


class ClosesWhenReused:
    """Answers the first request of the first connection, and ends that connection when the next request arrives."""

    def __init__(self, ending="close", before_closing=b"", later=lambda connection: True):
        self.ending, self.before_closing, self.later = ending, before_closing, later

    def __call__(self, connection):
        if connection.number > 0 and not self.later(connection):
            return
        turn = 0
        while connection.read_request():
            turn += 1
            if connection.number == 0 and turn == 2:
                connection.send(self.before_closing)
                getattr(connection, self.ending)()
                return
            connection.answer(body=b"ok %d" % connection.number)


@pytest.mark.parametrize("ending", ["close", "reset"])
@pytest.mark.parametrize(
    "request_",
    [
        request_bytes("POST", "/p", body=SMALL),
        request_bytes("POST", "/p", chunks=[b'{"inputs":', b" [1]}"]),
        request_bytes("GET", "/p"),
    ],
    ids=["by length", "chunked", "without body"],
)
def test_a_reused_connection_that_closed_before_any_answer_is_replaced_once(sidecars, models, ending, request_):
    model = models(ClosesWhenReused(ending))
    sidecar = start(sidecars, model)
    with sidecar.client() as client:
        assert client.ask("POST", "/first", body=b"1").body == b"ok 0"
        client.send(request_)
        answer = client.answer()
        assert (answer.status, answer.body) == (200, b"ok 1")
    assert [len(c.parser.finished) for c in model.connections] == [2, 1]
    again, first = model.connections[1].parser.finished[0], model.connections[0].parser.finished[1]
    assert (again.method, again.target, again.body) == (first.method, first.target, first.body)
    assert again.headers.get("x-request-id") == first.headers.get("x-request-id")


def test_a_request_that_was_sent_again_is_not_sent_a_third_time(sidecars, models):
    def closes_at_once(connection):
        connection.read_request()
        return False

    model = models(ClosesWhenReused(later=closes_at_once))
    sidecar = start(sidecars, model)
    with sidecar.client() as client:
        assert client.ask("POST", body=b"1").status == 200
        answer = client.ask("POST", body=SMALL)
        assert answer.status == 502
    assert [len(c.parser.finished) for c in model.connections] == [2, 1]


@pytest.mark.parametrize("begun", [b"H", b"HTTP/1.1 200 OK\r\n", answer_bytes(body=b"whole")[:-1]])
def test_a_reused_connection_that_had_begun_to_answer_is_not_replaced(sidecars, models, begun):
    model = models(ClosesWhenReused(before_closing=begun))
    sidecar = start(sidecars, model)
    with sidecar.client() as client:
        assert client.ask("POST", body=b"1").status == 200
        try:
            assert client.ask("POST", body=SMALL).status == 502
        except Hangup as hangup:
            assert hangup.partial is not None
    assert [len(c.parser.finished) for c in model.connections] == [2]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_fresh_connection_that_closes_is_502_and_the_request_is_not_sent_again(sidecars, models, method):
    model = models(lambda connection: connection.read_request())
    sidecar = start(sidecars, model)
    for turn in range(5):
        answer = sidecar.ask(method, body=SMALL if method == "POST" else None)
        assert (answer.status, answer.reason) == (502, "UpstreamClosed")
        assert len(model.requests) == len(model.connections) == turn + 1


def test_a_body_too_large_to_keep_is_not_sent_again_in_part(sidecars, models):
    """Of a body that has passed through nothing is left to send: an honest 502, or all of it, but never a part."""
    large = b"x" * (8 << 20)
    model = models(ClosesWhenReused())
    sidecar = start(sidecars, model)
    with sidecar.client() as client:
        assert client.ask("POST", body=b"1").status == 200
        answer = client.ask("POST", body=large)
        assert answer.status in (200, 502)
    bodies = [len(r.body) for r in model.requests]
    assert bodies in ([1, len(large)], [1, len(large), len(large)])


def test_a_reused_connection_that_stays_silent_is_not_replaced(sidecars, models):
    def script(connection):
        connection.read_request()
        connection.answer(body=b"ok")
        connection.read_request()
        connection.wait_for_end()

    model = models(script)
    sidecar = start(sidecars, model, timeouts={"firstByteMs": 300})
    with sidecar.client() as client:
        assert client.ask("POST", body=b"1").status == 200
        assert client.ask("POST", body=SMALL).reason == "UpstreamFirstByteTimeout"
    assert [len(c.parser.finished) for c in model.connections] == [2]


def test_a_model_that_was_restarted_is_met_again(sidecars, models):
    """All pooled connections die at once; not one caller may notice."""
    model = models()
    sidecar = start(sidecars, model)
    clients = [sidecar.client() for _ in range(8)]
    for _ in range(5):
        for client in clients:
            client.send(request_bytes("POST", body=SMALL))
        assert [client.answer("POST").status for client in clients] == [200] * 8
        for connection in list(model.connections):
            connection.reset()
    for client in clients:
        client.close()


def test_connections_do_not_pile_up_under_load(sidecars, model):
    sidecar = start(sidecars, model)
    clients = [sidecar.client() for _ in range(8)]
    for _ in range(50):
        for client in clients:
            client.send(request_bytes("POST", body=SMALL))
        for client in clients:
            assert client.answer("POST").status == 200
    assert len(model.connections) <= 9
    assert len(model.requests) == 400
