"""SIGTERM: not ready, still serving while the cluster forgets the pod, nothing accepted is lost, exit code 0."""

import signal
import threading
import time

import pytest

from harness.client import Client, eventually
from harness.config import config, route
from harness.load import Load
from harness.wire import request_bytes


def held(go_on):
    """A model that answers when it is told to."""

    def on_request(connection, request):
        if request.target == "/slow":
            assert go_on.wait(20)
        return connection.answer(body=b"ok")

    return on_request


def exit_code(sidecar):
    return sidecar.wait(20)


def test_a_drain_under_load_loses_no_request(sidecars, model):
    sidecar = sidecars(config(route(model)), drain="1500ms", workers=2)
    with Load(sidecar.address, 8, lambda n: ("POST", f"/{n}", [], b"x"), reconnect=True) as load:
        eventually(lambda: load.answered > 100)
        sidecar.terminate()
        eventually(lambda: sidecar.admin("/readyz").status == 503, "not ready")
        before = load.answered
        time.sleep(0.8)
        assert load.answered > before + 50, "it stopped serving before the cluster could know"
        assert sidecar.admin("/healthz").status == 200
        assert sidecar.state()["draining"] is True
    assert load.failures == []
    assert len(model.requests) == load.answered
    assert exit_code(sidecar) == 0


def test_while_draining_answers_carry_connection_close_and_new_connections_are_served(sidecars, model):
    sidecar = sidecars(config(route(model)), drain="1500ms")
    with sidecar.client() as old:
        assert not old.ask().says_close
        sidecar.terminate()
        eventually(lambda: sidecar.admin("/readyz").status == 503)
        answer = old.ask()
        assert answer.status == 200 and answer.says_close and old.closed()
    answer = sidecar.ask()
    assert answer.status == 200 and answer.says_close
    refused = sidecar.ask("GET", "http://[")
    assert refused.status == 400 and refused.says_close


def test_what_is_under_way_is_finished_after_the_delay(sidecars, models):
    go_on = threading.Event()
    model = models(on_request=held(go_on))
    sidecar = sidecars(config(route(model)), drain="300ms")
    with sidecar.client() as client:
        client.send(request_bytes("GET", "/slow"))
        eventually(lambda: model.requests)
        sidecar.terminate()
        time.sleep(1)
        assert sidecar.alive()
        go_on.set()
        answer = client.answer()
        assert (answer.status, answer.says_close) == (200, True)
        assert client.closed()
    assert exit_code(sidecar) == 0


def test_a_stream_is_finished_while_draining(sidecars, models):
    go_on = threading.Event()

    def script(connection):
        connection.read_request()
        connection.send(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"9\r\ndata: 1\n\n\r\n"
        )
        assert go_on.wait(20)
        connection.send(b"9\r\ndata: 2\n\n\r\n0\r\n\r\n")

    sidecar = sidecars(config(route(models(script))), drain="200ms")
    with sidecar.client() as client:
        client.send(request_bytes("GET"))
        client.body_until(b"data: 1")
        sidecar.terminate()
        time.sleep(0.8)
        go_on.set()
        assert client.answer().body == b"data: 1\n\ndata: 2\n\n"
    assert exit_code(sidecar) == 0


def test_an_idle_connection_is_served_until_the_delay_is_over_and_then_closed(sidecars, model):
    sidecar = sidecars(config(route(model)), drain="600ms")
    with sidecar.client() as idle:
        assert idle.ask().status == 200
        sidecar.terminate()
        assert idle.open(0.3), "idle connections are closed last: a request may be on its way"
        assert idle.closed(5)
    assert exit_code(sidecar) == 0


def test_a_request_whose_body_is_still_arriving_is_finished(sidecars, models):
    model = models()
    sidecar = sidecars(config(route(model)), drain="200ms")
    with sidecar.client() as client:
        client.send(request_bytes("POST", headers=[("Content-Length", "10")]) + b"01234")
        eventually(lambda: model.begun)
        sidecar.terminate()
        time.sleep(0.6)
        client.send(b"56789")
        assert client.answer("POST").status == 200
    assert model.last.body == b"0123456789"
    assert exit_code(sidecar) == 0


def test_pipelined_requests_that_were_not_answered_are_told_by_the_close(sidecars, models):
    """A caller knows from Connection: close that what it had sent behind was not touched."""
    go_on = threading.Event()
    model = models(on_request=held(go_on))
    sidecar = sidecars(config(route(model)), drain="0s")
    with sidecar.client() as client:
        client.send(request_bytes("GET", "/slow") + request_bytes("GET", "/2"))
        eventually(lambda: model.requests)
        sidecar.terminate()
        time.sleep(0.3)
        go_on.set()
        answers = [client.answer()]
        while not answers[-1].says_close:
            answers.append(client.answer())
        assert client.closed()
    assert len(model.requests) == len(answers)
    assert exit_code(sidecar) == 0


def test_without_load_a_drain_ends_after_the_delay(sidecars, model):
    sidecar = sidecars(config(route(model)), drain="500ms")
    started = time.monotonic()
    sidecar.terminate()
    assert exit_code(sidecar) == 0
    assert 0.4 < time.monotonic() - started < 4


def test_after_the_delay_no_connection_is_accepted(sidecars, models):
    go_on = threading.Event()
    model = models(on_request=held(go_on))
    sidecar = sidecars(config(route(model)), drain="200ms")
    with sidecar.client() as client:
        client.send(request_bytes("GET", "/slow"))
        eventually(lambda: model.requests)
        sidecar.terminate()

        def refused():
            try:
                Client(sidecar.address).close()
                return False
            except ConnectionRefusedError:
                return True

        eventually(refused, "connections are refused")
        assert sidecar.admin("/healthz").status == 200
        go_on.set()
        assert client.answer().status == 200
    assert exit_code(sidecar) == 0


def test_a_drain_is_not_held_up_for_ever_by_a_stream_without_end(sidecars, models):
    def script(connection):
        connection.read_request()
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        while connection.send(b"9\r\ndata: x\n\n\r\n"):
            time.sleep(0.05)

    model = models(script)
    sidecar = sidecars(config(route(model)), "--drain-timeout", "700ms", drain="100ms")
    with sidecar.client() as client:
        client.send(request_bytes("GET"))
        client.body_until(b"data: x")
        started = time.monotonic()
        sidecar.terminate()
        assert exit_code(sidecar) == 0
        assert 0.7 < time.monotonic() - started < 5


@pytest.mark.parametrize("signals", [[signal.SIGINT], [signal.SIGTERM, signal.SIGTERM]])
def test_other_ways_to_ask_for_an_end_end_it_as_well(sidecars, model, signals):
    sidecar = sidecars(config(route(model)), drain="300ms")
    for number in signals:
        sidecar.process.send_signal(number)
        time.sleep(0.05)
    assert exit_code(sidecar) == 0


def test_a_sidecar_without_config_drains_as_well(sidecars):
    sidecar = sidecars(None, drain="100ms")
    sidecar.terminate()
    assert exit_code(sidecar) == 0


def test_the_access_log_is_complete_after_a_drain(sidecars, model):
    sidecar = sidecars(config(route(model)), drain="0s")
    with sidecar.client() as client:
        for _ in range(500):
            client.ask()
    sidecar.terminate()
    assert exit_code(sidecar) == 0
    assert len(sidecar.access_lines(500)) == 500
