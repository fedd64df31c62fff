"""Bodies stream both ways: event by event, with back-pressure, in bounded memory."""

import hashlib
import socket
import threading

import pytest

from harness.client import Hangup, eventually
from harness.config import config, route
from harness.sidecar import growth
from harness.wire import answer_bytes, chunked, request_bytes

MEGABYTE = 1 << 20
LARGE = 64 * MEGABYTE
BLOCK = hashlib.sha512(b"block").digest() * (MEGABYTE // 64)
SSE = [("Content-Type", "text/event-stream"), ("Cache-Control", "no-cache")]
GROWTH = growth(12 * MEGABYTE)


def open_chunked(connection, headers=()):
    pairs = "".join(f"{n}: {v}\r\n" for n, v in [*headers, ("Transfer-Encoding", "chunked")])
    connection.send(f"HTTP/1.1 200 OK\r\n{pairs}\r\n".encode())


def event(number):
    return b'data: {"token": %d}\n\n' % number


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


class Blocks:
    """A large body that is not kept: its length and hash as it comes."""

    def __init__(self):
        self.bytes = 0
        self.hash = hashlib.sha256()

    def take(self, data):
        self.bytes += len(data)
        self.hash.update(data)


def large_hash():
    whole = hashlib.sha256()
    for _ in range(LARGE // MEGABYTE):
        whole.update(BLOCK)
    return whole.digest()


@pytest.mark.parametrize("framed", ["chunked", "until close"])
def test_each_event_reaches_the_caller_before_the_model_sends_the_next(sidecars, models, framed):
    seen = [threading.Event() for _ in range(10)]

    def script(connection):
        connection.read_request()
        if framed == "chunked":
            open_chunked(connection, SSE)
        else:
            connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        for number, arrived in enumerate(seen):
            connection.send(chunk(event(number)) if framed == "chunked" else event(number))
            assert arrived.wait(10), f"event {number} did not reach the caller"
        if framed == "chunked":
            connection.send(b"0\r\n\r\n")

    sidecar = sidecars(config(route(models(script))))
    with sidecar.client() as client:
        client.send(request_bytes("POST", body=b"{}"))
        for number, arrived in enumerate(seen):
            client.body_until(event(number), "POST")
            arrived.set()
        answer = client.answer("POST")
    assert answer.body == b"".join(event(n) for n in range(10))
    assert answer.headers.get("content-type") == "text/event-stream"


def test_the_head_of_a_stream_reaches_the_caller_before_its_first_event(sidecars, models):
    go_on = threading.Event()

    def script(connection):
        connection.read_request()
        open_chunked(connection, SSE)
        assert go_on.wait(10)
        connection.send(chunk(event(1)) + b"0\r\n\r\n")

    sidecar = sidecars(config(route(models(script))))
    with sidecar.client() as client:
        client.send(request_bytes("POST", body=b"{}"))
        assert client.head("POST").status == 200
        go_on.set()
        assert client.answer("POST").body == event(1)


@pytest.mark.parametrize("framing", ["by length", "chunked"])
def test_each_part_of_a_request_body_reaches_the_model_before_the_caller_sends_the_next(sidecars, models, framing):
    arrived = [threading.Event() for _ in range(10)]
    part = b"p" * 100

    def script(connection):
        connection.read_head()
        for number, event_ in enumerate(arrived):
            while connection.parser.current and len(connection.parser.current.body) < 100 * (number + 1):
                assert connection.read_bytes(connection.received_bytes + 1)
            event_.set()
        connection.read_request()
        connection.answer(body=b"all")

    sidecar = sidecars(config(route(models(script))))
    with sidecar.client() as client:
        framed = ("Content-Length", "1000") if framing == "by length" else ("Transfer-Encoding", "chunked")
        client.send(request_bytes("POST", headers=[framed]))
        for event_ in arrived:
            client.send(part if framing == "by length" else chunk(part))
            assert event_.wait(10), "a part of the body stayed in the gateway"
        if framing == "chunked":
            client.send(b"0\r\n\r\n")
        assert client.answer("POST").body == b"all"


def test_both_bodies_stream_at_the_same_time(sidecars, models):
    """A model that answers while it is still being asked, part by part."""

    def script(connection):
        connection.read_head()
        open_chunked(connection)
        sent = 0
        while not connection.parser.finished:
            body = connection.parser.current.body
            if len(body) > sent:
                connection.send(chunk(body[sent:]))
                sent = len(body)
            connection.read_bytes(connection.received_bytes + 1)
        connection.send(b"0\r\n\r\n")

    sidecar = sidecars(config(route(models(script))))
    with sidecar.client() as client:
        client.send(request_bytes("POST", headers=[("Transfer-Encoding", "chunked")]))
        whole = b""
        for number in range(20):
            part = b"<%d>" % number
            whole += part
            client.send(chunk(part))
            client.body_until(whole, "POST")
        client.send(b"0\r\n\r\n")
        assert client.answer("POST").body == whole


@pytest.mark.parametrize("moment", ["before the head", "after the head", "after an event"])
def test_a_caller_who_hangs_up_cancels_the_models_work(sidecars, models, moment):
    def script(connection):
        connection.read_request()
        if moment != "before the head":
            open_chunked(connection, SSE)
        if moment == "after an event":
            connection.send(chunk(event(1)))
        assert connection.wait_for_end(), "the model went on working for nobody"

    model = models(script)
    sidecar = sidecars(config(route(model)))
    with sidecar.client() as client:
        client.send(request_bytes("POST", body=b"{}"))
        if moment == "before the head":
            eventually(lambda: model.requests)
        elif moment == "after the head":
            client.head("POST")
        else:
            client.body_until(event(1), "POST")
    assert model.connection(0).ended.wait(10)
    sidecar.expect_nothing_left()
    assert sidecar.access_lines()[0]["reason"] == "ClientClosed"


def test_a_hang_up_is_seen_although_the_caller_had_pipelined_more(sidecars, models):
    model = models(lambda connection: connection.read_request() and connection.wait_for_end())
    sidecar = sidecars(config(route(model)))
    client = sidecar.client()
    client.send(request_bytes("GET", "/1") + request_bytes("GET", "/2"))
    eventually(lambda: model.requests)
    client.reset()
    assert model.connection(0).ended.wait(10)
    sidecar.expect_nothing_left()


@pytest.mark.parametrize("framing", ["by length", "chunked"])
def test_a_64_mb_request_streams_through_bounded_memory(sidecars, models, framing):
    got = Blocks()

    def counting(connection):
        connection.socket.settimeout(60)
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.socket.recv(65536)
        head, rest = head.split(b"\r\n\r\n", 1)
        take = Dechunker(got) if b"chunked" in head.lower() else got
        if rest:  # the head may come alone
            take.take(rest)
        while got.bytes < LARGE:
            take.take(connection.socket.recv(MEGABYTE))
        if take is not got:
            while not take.done:
                take.take(connection.socket.recv(MEGABYTE))
        connection.answer(body=b"ok")

    sidecar = sidecars(config(route(models(counting))))
    before = sidecar.resident()
    with sidecar.client() as client:
        framed = ("Content-Length", str(LARGE)) if framing == "by length" else ("Transfer-Encoding", "chunked")
        client.send(request_bytes("POST", headers=[framed]))
        for _ in range(LARGE // MEGABYTE):
            client.send(BLOCK if framing == "by length" else chunk(BLOCK))
        if framing == "chunked":
            client.send(b"0\r\n\r\n")
        assert client.answer("POST").status == 200
    assert (got.bytes, got.hash.digest()) == (LARGE, large_hash())
    assert sidecar.resident() - before < GROWTH


class Dechunker:
    """Takes a chunked body of any chunk sizes apart, fast; strict enough to fail on anything else."""

    def __init__(self, sink):
        self.sink, self.rest, self.remaining, self.done = sink, b"", 0, False

    def take(self, data):
        assert data, "the body ended early"
        self.rest += data
        while self.rest and not self.done:
            if self.remaining > 2:
                part = self.rest[: self.remaining - 2]
                self.sink.take(part)
                self.remaining -= len(part)
                self.rest = self.rest[len(part) :]
            elif self.remaining:
                if len(self.rest) < 2:
                    return
                assert self.rest[:2] == b"\r\n"
                self.rest, self.remaining = self.rest[2:], 0
            elif b"\r\n" not in self.rest:
                return
            else:
                line, self.rest = self.rest.split(b"\r\n", 1)
                self.remaining = int(line, 16) + 2
                self.done = self.remaining == 2


@pytest.mark.parametrize("framing", ["by length", "chunked", "until close"])
def test_a_64_mb_answer_streams_through_bounded_memory(sidecars, models, framing):
    def script(connection):
        connection.read_request()
        if framing == "by length":
            connection.send(f"HTTP/1.1 200 OK\r\nContent-Length: {LARGE}\r\n\r\n".encode())
        elif framing == "chunked":
            open_chunked(connection)
        else:
            connection.send(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(LARGE // MEGABYTE):
            connection.send(chunk(BLOCK) if framing == "chunked" else BLOCK)
        if framing == "chunked":
            connection.send(b"0\r\n\r\n")

    sidecar = sidecars(config(route(models(script))))
    before = sidecar.resident()
    got = Blocks()
    with sidecar.client() as client:
        client.send(request_bytes("GET"))
        data = b""
        while b"\r\n\r\n" not in data:
            data += client.socket.recv(65536)
        head, rest = data.split(b"\r\n\r\n", 1)
        take = Dechunker(got) if b"chunked" in head.lower() else got
        if rest:
            take.take(rest)
        while got.bytes < LARGE:
            take.take(client.socket.recv(MEGABYTE))
    assert (got.bytes, got.hash.digest()) == (LARGE, large_hash())
    assert sidecar.resident() - before < GROWTH


def send_blocks(sock, sent, patience):
    """Sends a large body from `sent` on; how far it came until nothing was taken for `patience`."""
    sock.settimeout(patience)
    block = memoryview(BLOCK)
    try:
        while sent < LARGE:
            sent += sock.send(block[sent % MEGABYTE :])
    except socket.timeout:
        pass
    return sent


def test_a_caller_who_does_not_read_stops_the_model(sidecars, models):
    sent = []

    def script(connection):
        connection.read_request()
        connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
        connection.send(f"HTTP/1.1 200 OK\r\nContent-Length: {LARGE}\r\n\r\n".encode())
        sent.append(send_blocks(connection.socket, 0, patience=0.5))
        send_blocks(connection.socket, sent[0], patience=60)

    sidecar = sidecars(config(route(models(script))))
    before = sidecar.resident()
    with sidecar.client(receive_buffer=65536, timeout=60) as client:
        client.send(request_bytes("GET"))
        eventually(lambda: sent, "the model to stand still")
        assert sent[0] < 24 * MEGABYTE, "what nobody reads piled up"
        assert sidecar.resident() - before < GROWTH
        answer = client.answer()
    assert hashlib.sha256(answer.body).digest() == large_hash()


def test_a_model_that_does_not_read_stops_the_caller(sidecars, models):
    go_on = threading.Event()

    def script(connection):
        assert go_on.wait(30)
        connection.read_request()
        connection.answer(body=b"at last")

    model = models(script, keep_bodies=False)
    sidecar = sidecars(config(route(model)))
    before = sidecar.resident()
    with sidecar.client() as client:
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
        client.send(request_bytes("POST", headers=[("Content-Length", str(LARGE))]))
        sent = send_blocks(client.socket, 0, patience=0.5)
        assert sent < 24 * MEGABYTE, "what the model does not read piled up"
        assert sidecar.resident() - before < GROWTH
        go_on.set()
        assert send_blocks(client.socket, sent, patience=60) == LARGE
        assert client.answer("POST").body == b"at last"


def test_thirty_streams_at_once_do_not_hold_each_other_up(sidecars, models):
    streams, go_on = 30, threading.Event()

    def script(connection):
        connection.read_request()
        open_chunked(connection, SSE)
        connection.send(chunk(event(1)))
        assert go_on.wait(20)
        connection.send(chunk(event(2)) + b"0\r\n\r\n")

    sidecar = sidecars(config(route(models(script))))
    clients = [sidecar.client() for _ in range(streams)]
    for client in clients:
        client.send(request_bytes("POST", body=b"{}"))
    for client in clients:
        client.body_until(event(1), "POST")
    eventually(lambda: sidecar.metric("mlgateway_requests_in_flight") == streams)
    go_on.set()
    assert [client.answer("POST").body for client in clients] == [event(1) + event(2)] * streams
    for client in clients:
        client.close()
    sidecar.expect_nothing_left()


def test_a_stream_that_the_model_breaks_off_does_not_look_finished(sidecars, models):
    def script(connection):
        connection.read_request()
        open_chunked(connection, SSE)
        connection.send(chunk(event(1)))

    sidecar = sidecars(config(route(models(script))))
    with sidecar.client() as client, pytest.raises(Hangup) as hangup:
        client.ask("POST", body=b"{}")
    assert hangup.value.partial.body == event(1)
    assert sidecar.access_lines()[0]["reason"] == "UpstreamClosed"


def test_many_small_chunks_pass_in_full(sidecars, models):
    parts = [b"%d;" % n for n in range(20000)]
    model = models(on_request=lambda connection, request: connection.send(answer_bytes(chunks=parts)))
    sidecar = sidecars(config(route(model)))
    with sidecar.client() as client:
        client.send(request_bytes("POST", headers=[("Transfer-Encoding", "chunked")]) + chunked(parts))
        assert client.answer("POST").body == b"".join(parts)
    assert model.last.body == b"".join(parts)
