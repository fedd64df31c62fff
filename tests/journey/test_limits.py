"""Each limit has its status; at the limit a request is served, beyond it nothing reaches the model."""

import threading

import pytest

from harness.client import Hangup, eventually
from harness.config import config, route
from harness.sidecar import growth
from harness.wire import chunked, request_bytes


def padded_head(size, lines=8):
    """A GET whose head has exactly that size."""
    start = b"GET / HTTP/1.1\r\nHost: x\r\n"
    room = size - len(start) - 2
    line, rest = divmod(room, lines)
    fields = b"".join(b"X-%d: %s\r\n" % (n, b"a" * (line + (rest if n == 0 else 0) - 7)) for n in range(lines))
    head = start + fields + b"\r\n"
    assert len(head) == size
    return head


def try_to(client, data):
    """Sends, although the sidecar may have had enough before the end."""
    try:
        client.send(data)
    except OSError:
        pass


def test_a_head_of_exactly_the_largest_size_is_served(gateway, model):
    with gateway.client() as client:
        client.send(padded_head(32768))
        assert client.answer().status == 200
    assert len(model.last.headers.get("x-0")) > 4000


@pytest.mark.parametrize("size", [32769, 40000, 500000])
def test_a_larger_head_is_431(gateway, model, size):
    with gateway.client() as client:
        try_to(client, padded_head(size))
        answer = client.answer()
        assert (answer.status, answer.reason, answer.says_close) == (431, "HeadTooLarge", True)
        assert client.closed()
    assert model.connections == []


def test_a_head_without_end_is_431_before_it_ends(gateway, model):
    with gateway.client() as client:
        try_to(client, b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 40000)
        assert client.answer().status == 431


def test_the_largest_head_may_be_set(sidecars, model):
    sidecar = sidecars(config(route(model)), "--max-head-bytes", "2048")
    with sidecar.client() as client:
        client.send(padded_head(2048))
        assert client.answer().status == 200
        client.send(padded_head(2049))
        assert client.answer().status == 431


def test_a_hundred_fields_are_served_and_one_more_is_431(gateway, model):
    for count, status in [(99, 200), (100, 431)]:
        answer = gateway.ask(headers=[(f"X-{n}", "1") for n in range(count)])  # and Host
        assert answer.status == status, count
    assert answer.reason == "HeadTooLarge"
    assert len(model.requests) == 1


def test_a_long_target_is_served_and_a_longer_one_is_414(gateway, model):
    for length, status in [(8000, 200), (8192, 200), (8193, 414), (20000, 414)]:
        answer = gateway.ask("GET", "/" + "a" * (length - 1))
        assert answer.status == status, length
    assert (answer.reason, answer.says_close) == ("UriTooLong", True)
    assert len(model.requests) == 2


# Bodies.


@pytest.fixture
def small(sidecars, model):
    return sidecars(config(route(model, body={"maxBytes": 1000})))


@pytest.mark.parametrize("framing", ["by length", "chunked"])
def test_a_body_of_exactly_the_largest_size_is_served(small, model, framing):
    body = b"x" * 1000
    answer = (
        small.ask("POST", body=body) if framing == "by length" else small.ask("POST", chunks=[body[:400], body[400:]])
    )
    assert answer.status == 200 and model.last.body == body


def test_a_body_whose_length_is_too_large_is_413_before_it_is_sent(small, model):
    with small.client() as client:
        client.send(request_bytes("POST", headers=[("Expect", "100-continue"), ("Content-Length", "1001")]))
        answer = client.answer("POST")
        assert (answer.status, answer.reason, answer.interim) == (413, "BodyTooLarge", [])
    assert model.connections == []


def test_a_chunked_body_that_grows_too_large_is_413_and_never_whole_at_the_model(small, model):
    with small.client() as client:
        client.send(
            request_bytes("POST", headers=[("Transfer-Encoding", "chunked")]) + b"3e8\r\n" + b"x" * 1000 + b"\r\n"
        )
        try_to(client, chunked([b"y"]))
        answer = client.answer("POST")
        assert (answer.status, answer.reason) == (413, "BodyTooLarge")
        if not answer.says_close:  # the rest of the body has been read, so the next bytes are a request
            assert client.ask("GET", "/next").status == 200
    assert "POST" not in [request.method for request in model.requests]
    small.expect_nothing_left()


def test_a_huge_length_that_never_comes_costs_no_memory(gateway, model):
    before = gateway.resident()
    with gateway.client() as client:
        client.send(request_bytes("POST", headers=[("Content-Length", "9000000000000000000")]) + b"x")
        eventually(lambda: model.begun)
        assert gateway.resident() - before < growth(4 << 20)
    gateway.expect_nothing_left()


def test_trailers_and_extensions_without_end_are_refused(gateway, model):
    for endless in [b"5;" + b"a" * 200000, b"0\r\n" + b"X-A: b\r\n" * 20000, b"0\r\nX: " + b"a" * 200000]:
        with gateway.client() as client:
            try_to(client, request_bytes("POST", headers=[("Transfer-Encoding", "chunked")]) + endless)
            answer = client.answer("POST")
            assert answer.status in (400, 413, 431) and answer.says_close
    assert model.requests == []


# Connections.


def test_more_connections_than_allowed_are_503(sidecars, model):
    sidecar = sidecars(config(route(model)), "--max-connections", "3")
    kept = [sidecar.client() for _ in range(3)]
    assert [client.ask().status for client in kept] == [200] * 3
    with sidecar.client() as fourth:
        answer = fourth.answer()
        assert (answer.status, answer.reason, answer.says_close) == (503, "TooManyConnections", True)
        assert fourth.closed()
    assert sidecar.metric("mlgateway_connections_refused_total") == 1
    sidecar.expect_metric(3, "mlgateway_connections")
    assert [client.ask().status for client in kept] == [200] * 3
    kept.pop().close()

    def served():
        try:
            return sidecar.ask().status == 200
        except (Hangup, OSError):
            return False

    eventually(served, "a place is free again")
    for client in kept:
        client.close()


def test_the_limit_of_connections_holds_for_the_process_not_for_each_worker(sidecars, model):
    sidecar = sidecars(config(route(model)), "--max-connections", "6", workers=3)
    clients = [sidecar.client() for _ in range(12)]
    statuses = []
    for client in clients:
        try:
            statuses.append(client.ask().status)
        except (Hangup, OSError):
            statuses.append("closed")
    assert statuses.count(200) == 6, statuses
    for client in clients:
        client.close()


def test_hundreds_of_connections_at_once_are_served(sidecars, model):
    sidecar = sidecars(config(route(model)))
    clients = [sidecar.client() for _ in range(400)]
    for client in clients:
        client.send(request_bytes("POST", body=b"x"))
    assert [client.answer("POST").status for client in clients] == [200] * 400
    assert sidecar.metric("mlgateway_connections") == 400
    for client in clients:
        client.close()
    sidecar.expect_nothing_left()


def test_memory_after_load_is_what_it_was(sidecars, model):
    """Requests leave nothing behind: the second thousand costs no more than the first."""
    sidecar = sidecars(config(route(model)))

    def thousand():
        def some():
            with sidecar.client() as client:
                for _ in range(125):
                    assert client.ask("POST", body=b"x" * 1000).status == 200

        threads = [threading.Thread(target=some) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sidecar.resident()

    first = thousand()
    assert thousand() - first < growth(2 << 20)
