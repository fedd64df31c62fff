"""Either side hangs up at every byte of the exchange; afterwards nothing is left, and the next request is served."""

import pytest

from harness.client import Client, Hangup, eventually
from harness.config import config, path, route
from harness.model import Model
from harness.wire import answer_bytes, parse_requests, request_bytes

BY_LENGTH = request_bytes("POST", "/predict", [("Content-Type", "application/json")], b'{"inputs": [1, 2, 3, 4]}')
CHUNKED = request_bytes(
    "POST", "/predict", [("X-A", "b")], chunks=[b'{"inputs":', b" [1, 2]}"], trailers=[("X-T", "1")]
)
REQUESTS = {"by length": BY_LENGTH, "chunked": CHUNKED}
ANSWERS = {
    "by length": answer_bytes(headers=[("Content-Type", "application/json")], body=b'{"outputs": [1, 2, 3, 4]}'),
    "chunked": answer_bytes(chunks=[b'{"outputs":', b" [1, 2]}"], trailers=[("X-T", "1")]),
}
ENDINGS = ["close", "reset"]


@pytest.fixture
def two_models(sidecars, models):
    """A sidecar with the model under test at /predict and a sound one at /sound, which shows that all is well."""

    def start(script=None, **kwargs):
        faulty, sound = models(script, **kwargs), models(name="sound model")
        sidecar = sidecars(
            config(
                route(faulty, name="faulty", paths=[path("/predict")]),
                route(sound, name="sound", paths=[path("/sound")]),
            )
        )
        sidecar.faulty = faulty
        return sidecar

    return start


def expect_sound(client):
    answer = client.ask("POST", "/sound", body=b"well?")
    assert (answer.status, answer.body) == (200, b"ok")


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("framing", REQUESTS)
def test_a_caller_may_hang_up_after_any_byte_of_a_request(two_models, framing, ending):
    sidecar = two_models()
    request = REQUESTS[framing]
    with sidecar.client() as probe:
        for count in range(len(request)):
            client = sidecar.client()
            client.send(request[:count])
            getattr(client, ending)()
            expect_sound(probe)
        sidecar.expect_nothing_left(connections=1)
    assert sidecar.faulty.requests == []  # none of them was whole, so none may look whole to the model


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_caller_may_hang_up_between_a_whole_request_and_its_answer(two_models, ending):
    def script(connection):
        if connection.read_request():
            assert connection.wait_for_end(), "the model's connection outlived the caller"

    sidecar = two_models(script)
    with sidecar.client() as probe:
        for turn in range(10):
            client = sidecar.client()
            client.send(BY_LENGTH)
            eventually(lambda: len(sidecar.faulty.requests) == turn + 1)
            getattr(client, ending)()
            assert sidecar.faulty.connection(turn).ended.wait(10)
            expect_sound(probe)
        sidecar.expect_nothing_left(connections=1)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("framing", ANSWERS)
def test_a_caller_may_hang_up_after_any_byte_of_an_answer(two_models, framing, ending):
    sidecar = two_models(on_request=lambda connection, request: connection.send(ANSWERS[framing]))
    whole = len(ANSWERS[framing]) + 200
    with sidecar.client() as probe:
        for count in range(1, whole, 3):
            client = sidecar.client()
            client.send(BY_LENGTH)
            client.socket.recv(count)
            getattr(client, ending)()
            expect_sound(probe)
        sidecar.expect_nothing_left(connections=1)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("framing", ANSWERS)
def test_a_model_may_hang_up_after_any_byte_of_its_answer(two_models, framing, ending):
    answer, cut = ANSWERS[framing], [0]

    def script(connection):
        if connection.read_request():
            connection.send(answer[: cut[0]])
            getattr(connection, ending)()

    sidecar = two_models(script)
    head = answer.index(b"\r\n\r\n") + 4
    with sidecar.client() as probe:
        for cut[0] in range(len(answer)):
            asked = len(sidecar.faulty.connections)
            with sidecar.client() as client:
                client.send(BY_LENGTH)
                try:
                    got = client.answer("POST")
                    assert got.status == 502 and got.reason in (
                        "UpstreamClosed",
                        "UpstreamUnreachable",
                        "UpstreamMalformed",
                    ), cut
                    if ending == "close" and cut[0] > 0:
                        assert got.reason == "UpstreamClosed", cut
                except Hangup as hangup:
                    # Once the head has gone out, the only way to tell the caller is to end the connection.
                    assert cut[0] >= head and hangup.partial and hangup.partial.status == 200, (cut, hangup)
            assert (
                len(sidecar.faulty.connections) == asked + 1
            ), f"sent again after {cut[0]} bytes on a fresh connection"
            expect_sound(probe)
        sidecar.expect_nothing_left(connections=1)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("framing", REQUESTS)
def test_a_model_may_hang_up_after_reading_any_byte_of_a_request(two_models, framing, ending):
    stop = [0]

    def script(connection):
        connection.read_bytes(stop[0])
        getattr(connection, ending)()

    sidecar = two_models(script)
    with sidecar.client() as probe:
        for stop[0] in range(0, len(REQUESTS[framing]) + 150, 2):
            asked = len(sidecar.faulty.connections)
            with sidecar.client() as client:
                client.send(REQUESTS[framing])
                answer = client.answer("POST")
                assert answer.status == 502 and answer.reason in ("UpstreamClosed", "UpstreamUnreachable"), stop
            assert (
                len(sidecar.faulty.connections) == asked + 1
            ), f"sent again after {stop[0]} bytes on a fresh connection"
            expect_sound(probe)
        sidecar.expect_nothing_left(connections=1)


def test_either_side_may_hang_up_anywhere_in_a_large_body(two_models):
    size = 1 << 20

    def script(connection):
        limit = sizes.pop()
        if connection.read_bytes(limit):
            connection.reset()

    sizes = [1, 300, 5000, 70000, 300000, 1000000]
    sidecar = two_models(script)
    with sidecar.client() as probe:
        for _ in range(len(sizes)):
            with sidecar.client() as client:
                try:
                    client.send(request_bytes("POST", "/predict", body=b"x" * size))
                    assert client.answer("POST").status == 502
                except (Hangup, OSError):
                    pass
            expect_sound(probe)
        sidecar.expect_nothing_left(connections=1)


def test_a_caller_may_hang_up_anywhere_in_a_large_body(two_models):
    sidecar = two_models()
    with sidecar.client() as probe:
        for count in (1, 4096, 65536, 200000, 900000):
            client = sidecar.client()
            client.send(request_bytes("POST", "/predict", [("Content-Length", str(1 << 20))]) + b"x" * count)
            client.close()
            expect_sound(probe)
        sidecar.expect_nothing_left(connections=1)
    assert sidecar.faulty.requests == []
    for connection in sidecar.faulty.connections:
        assert connection.ended.wait(10)


def test_hang_ups_leave_no_descriptor_behind(two_models):
    sidecar = two_models()
    with sidecar.client() as probe:
        expect_sound(probe)
        before = sidecar.descriptors()
        for _ in range(100):
            client = sidecar.client()
            client.send(BY_LENGTH[:-1])
            client.reset()
        expect_sound(probe)
        sidecar.expect_nothing_left(connections=1)
        eventually(lambda: sidecar.descriptors() <= before + 1, "descriptors as before")


def test_a_model_that_accepts_and_closes_at_once_is_502(sidecars, models):
    model = models(lambda connection: connection.close())
    answer = sidecars(config(route(model))).ask("POST", body=b"x")
    assert answer.status == 502 and answer.reason in ("UpstreamClosed", "UpstreamUnreachable")


def test_what_the_model_recorded_of_hang_ups_is_never_a_second_request(two_models):
    """A request cut in its body followed by another one must not melt into one."""
    sidecar = two_models()
    evil = b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nGET /evil HTTP/1.1\r\nHost: x\r\n\r\n"
    for _ in range(20):
        client = sidecar.client()
        client.send(evil)
        client.close()
        assert sidecar.ask("GET", "/predict/next").status == 200
    for connection in sidecar.faulty.connections:
        assert "/evil" not in [r.target for r in parse_requests(bytes(connection.received))]


def test_a_scripted_model_is_not_the_reason():
    """The faults above are the sidecar's to bear: without it, the model does what the script says."""
    model = Model(lambda connection: connection.read_request() and connection.send(ANSWERS["by length"][:20]))
    with Client((model.host, model.port)) as client, pytest.raises(Hangup):
        client.send(BY_LENGTH)
        client.answer("POST")
    model.close()
    model.check()
