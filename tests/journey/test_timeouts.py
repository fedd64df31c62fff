"""Nobody waits longer than the route, the caller or the gateway allows, and everybody is told who was too slow."""

import threading
import time

import pytest

from harness.client import Hangup, eventually
from harness.config import config, route
from harness.model import nobody_accepts, nobody_listens
from harness.wire import request_bytes

HANGS = "the model's side is ended as well"


def silent(connection):
    """Reads the request and says nothing until the gateway gives up."""
    connection.read_request()
    connection.wait_for_end(30)


def took(started):
    return time.monotonic() - started


def start(sidecars, model, *options, **timeouts):
    return sidecars(config(route(model, timeouts=timeouts)), *options)


def test_a_model_that_does_not_take_the_connection_in_time_is_504(sidecars):
    with nobody_accepts() as port:
        sidecar = start(sidecars, port, connectMs=300)
        started = time.monotonic()
        answer = sidecar.ask("POST", body=b"{}")
    assert (answer.status, answer.reason) == (504, "UpstreamConnectTimeout")
    assert 0.25 < took(started) < 3
    sidecar.expect_nothing_left()


def test_a_model_that_refuses_the_connection_is_502_at_once(sidecars):
    answer = start(sidecars, nobody_listens()).ask("POST", body=b"{}")
    assert (answer.status, answer.reason) == (502, "UpstreamUnreachable")


def test_a_model_whose_name_nobody_knows_is_502(sidecars):
    answer = start(sidecars, ("no-such-model.invalid", 80)).ask("POST", body=b"{}")
    assert answer.status in (502, 504) and answer.reason in ("UpstreamUnreachable", "UpstreamConnectTimeout")


def test_a_model_may_be_named_by_a_host_name(sidecars, model):
    assert start(sidecars, ("localhost", model.port)).ask().status == 200


def test_a_model_that_does_not_begin_to_answer_in_time_is_504(sidecars, models):
    model = models(silent)
    sidecar = start(sidecars, model, firstByteMs=300)
    started = time.monotonic()
    answer = sidecar.ask("POST", body=b"{}")
    assert (answer.status, answer.reason) == (504, "UpstreamFirstByteTimeout")
    assert 0.25 < took(started) < 3
    assert model.connection(0).ended.wait(5), HANGS
    sidecar.expect_nothing_left()


def test_the_routes_request_time_bounds_a_model_that_says_nothing(sidecars, models):
    model = models(silent)
    answer = start(sidecars, model, requestMs=300).ask("POST", body=b"{}")
    assert (answer.status, answer.reason) == (504, "RequestTimeout")
    assert model.connection(0).ended.wait(5), HANGS


def test_the_routes_request_time_ends_an_answer_in_its_middle(sidecars, models):
    def script(connection):
        connection.read_request()
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegin")
        connection.wait_for_end(30)

    model = models(script)
    sidecar = start(sidecars, model, requestMs=400)
    started = time.monotonic()
    with pytest.raises(Hangup) as hangup:
        sidecar.ask("POST", body=b"{}")
    assert hangup.value.partial.body == b"begin" and took(started) < 4
    assert sidecar.access_lines()[0]["reason"] == "RequestTimeout"
    assert model.connection(0).ended.wait(5), HANGS


def stream(pauses, finish=True):
    def script(connection):
        connection.read_request()
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        for pause in pauses:
            connection.send(b"9\r\ndata: x\n\n\r\n")
            time.sleep(pause)
        if finish:
            connection.send(b"0\r\n\r\n")
        else:
            connection.wait_for_end(30)

    return script


def test_a_stream_may_last_longer_than_the_routes_request_time(sidecars, models):
    sidecar = start(sidecars, models(stream([0.3] * 5)), requestMs=600, streamIdleMs=5000)
    assert sidecar.ask("POST", body=b"{}").body == b"data: x\n\n" * 5


def test_the_request_time_rules_until_the_first_event(sidecars, models):
    def script(connection):
        connection.read_request()
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        connection.wait_for_end(30)

    sidecar = start(sidecars, models(script), requestMs=400, streamIdleMs=20000)
    started = time.monotonic()
    with pytest.raises(Hangup):
        sidecar.ask("POST", body=b"{}")
    assert took(started) < 5
    assert sidecar.access_lines()[0]["reason"] == "RequestTimeout"


def test_a_stream_that_falls_silent_is_ended(sidecars, models):
    model = models(stream([0.1, 0.1, 0], finish=False))
    sidecar = start(sidecars, model, streamIdleMs=500)
    with pytest.raises(Hangup) as hangup:
        sidecar.ask("POST", body=b"{}")
    assert hangup.value.partial.body == b"data: x\n\n" * 3
    assert model.connection(0).ended.wait(5), HANGS
    assert sidecar.access_lines()[0]["reason"] == "StreamIdleTimeout"


def test_the_callers_deadline_shortens_the_routes(sidecars, models):
    model = models(silent)
    sidecar = start(sidecars, model)
    started = time.monotonic()
    answer = sidecar.ask("POST", headers=[("X-Request-Timeout-Ms", "300")], body=b"{}")
    assert (answer.status, answer.reason) == (504, "CallerDeadline")
    assert took(started) < 3
    assert model.connection(0).ended.wait(5), HANGS


def test_the_callers_deadline_does_not_lengthen_the_routes(sidecars, models):
    sidecar = start(sidecars, models(silent), requestMs=300)
    answer = sidecar.ask("POST", headers=[("X-Request-Timeout-Ms", "20000")], body=b"{}")
    assert (answer.status, answer.reason) == (504, "RequestTimeout")


@pytest.mark.parametrize("value", ["1", "86400000"])
def test_a_deadline_at_the_edge_of_its_range_is_taken(sidecars, model, value):
    assert start(sidecars, model).ask(headers=[("X-Request-Timeout-Ms", value)]).reason in (None, "CallerDeadline")


@pytest.mark.parametrize(
    "value", ["0", "-1", "+5", "abc", "1.5", "", "86400001", "99999999999999999999", "1 0", "0x10", "10ms"]
)
def test_a_deadline_that_is_no_number_of_milliseconds_is_refused(sidecars, model, value):
    answer = start(sidecars, model).ask(headers=[("X-Request-Timeout-Ms", value)])
    assert (answer.status, answer.reason) == (400, "InvalidDeadline")
    assert model.recorded == b""


def test_two_deadlines_are_refused(sidecars, model):
    answer = start(sidecars, model).ask(headers=[("X-Request-Timeout-Ms", "5000"), ("X-Request-Timeout-Ms", "6000")])
    assert (answer.status, answer.reason) == (400, "InvalidDeadline")


def test_a_head_that_does_not_end_in_time_is_408(sidecars, model):
    sidecar = start(sidecars, model, "--head-timeout", "300ms")
    with sidecar.client() as client:
        client.send(b"GET / HTTP/1.1\r\nHost: x\r\n")
        answer = client.answer()
        assert (answer.status, answer.reason, answer.says_close) == (408, "SlowRequest", True)
        assert client.closed()
    sidecar.expect_nothing_left()


def test_a_head_that_trickles_in_is_not_given_more_time_by_each_byte(sidecars, model):
    sidecar = start(sidecars, model, "--head-timeout", "500ms")
    started = time.monotonic()
    with sidecar.client() as client:
        try:
            while took(started) < 5:
                client.send(b"G")
                time.sleep(0.05)
        except OSError:
            pass
        assert took(started) < 3


def test_a_second_head_on_a_connection_has_its_own_time(sidecars, model):
    sidecar = start(sidecars, model, "--head-timeout", "500ms")
    with sidecar.client() as client:
        for _ in range(4):
            assert client.ask().status == 200
            time.sleep(0.25)  # idle between requests is the keep-alive's time, not the head's
        client.send(b"GET / HT")
        assert client.answer().status == 408


def test_an_idle_connection_is_closed_without_a_word(sidecars, model):
    sidecar = start(sidecars, model, "--keep-alive-timeout", "400ms")
    with sidecar.client() as client:
        assert client.ask().status == 200
        assert client.open(0.1)
        assert client.closed(5)
    sidecar.expect_nothing_left()


def test_a_connection_that_never_says_anything_is_closed(sidecars, model):
    sidecar = start(sidecars, model, "--keep-alive-timeout", "400ms", "--head-timeout", "400ms")
    with sidecar.client() as client:
        client.raw(5)
    sidecar.expect_nothing_left()


RATE = 100_000
SLOW = 13  # seconds: longer than the grace that the minimum rate comes with


def in_parallel(*parts):
    """Runs them at the same time, because each has to wait for the same grace; the first failure is raised."""
    failures = []

    def run(part):
        try:
            part()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(part,), daemon=True) for part in parts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    if failures:
        raise failures[0]


def paced_model(connection):
    """What the parts of the test below ask of their model, by the target."""
    target = connection.read_head().target
    if target == "/download":
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        while connection.send(b"x" * 65536):
            pass
    elif target == "/slow-model-answer":
        connection.read_request()
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(2):
            connection.send(b"9\r\ndata: x\n\n\r\n")
            time.sleep(SLOW / 2)
        connection.send(b"0\r\n\r\n")
    elif target == "/slow-model-upload":
        time.sleep(SLOW)
        connection.read_request()
        connection.answer(body=b"at last")
    else:
        connection.wait_for_end(40)


def test_callers_below_the_minimum_rate_are_cut_and_slow_models_are_not_their_fault(sidecars, models):
    model = models(paced_model, keep_bodies=False)
    sidecar = start(sidecars, model, "--min-rate", str(RATE), requestMs=60000)
    begun = time.monotonic()

    def logged():
        return {line["path"]: line["reason"] for line in sidecar.access_lines()}

    def slow_sender():
        with sidecar.client(timeout=40) as client:
            client.send(request_bytes("POST", "/upload", [("Content-Length", "100000000")]))
            stop = threading.Event()
            threading.Thread(target=trickle, args=(client, stop), daemon=True).start()
            try:
                answer = client.answer("POST")
                assert (answer.status, answer.reason) == (408, "SlowRequest")
                assert 5 < took(begun) < 30
            finally:
                stop.set()

    def trickle(client, stop):
        while not stop.wait(0.1):
            try:
                client.send(b"x" * (RATE // 100))
            except OSError:
                return

    def slow_reader():
        with sidecar.client(timeout=40, receive_buffer=16384) as client:
            client.send(request_bytes("GET", "/download"))
            eventually(lambda: logged().get("/download") == "ClientTooSlow", "the slow reader is cut", 30)

    def waiting_for_a_slow_answer():
        with sidecar.client(timeout=40) as client:
            assert client.ask("POST", "/slow-model-answer", body=b"{}").body == b"data: x\n\n" * 2

    def waiting_for_a_slow_reading_model():
        with sidecar.client(timeout=40) as client:
            answer = client.ask("POST", "/slow-model-upload", body=b"x" * (32 << 20))
            assert (answer.status, answer.body) == (200, b"at last"), answer

    in_parallel(slow_sender, slow_reader, waiting_for_a_slow_answer, waiting_for_a_slow_reading_model)
    for connection in model.connections:
        eventually(lambda: connection.socket.fileno() == -1 or connection.ended.is_set(), HANGS)
    sidecar.expect_nothing_left()
