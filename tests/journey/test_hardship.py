"""Chance, exhaustion, dead sinks, floods: the sidecar lives, and nothing is left behind."""

import json
import os
import random
import resource
import socket
import subprocess
import threading
import time

import pytest

from harness.client import Client, Hangup, eventually
from harness.config import config, path, route, write_as_file
from harness.model import Model
from harness.sidecar import BINARY, SANITIZED, growth
from harness.wire import answer_bytes, chunked, request_bytes

MEGABYTE = 1 << 20


# Chance.


class Whims:
    """A model and callers who do anything at any time, the same for the same seed as far as threads allow."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lock = threading.Lock()

    def pick(self, *choices):
        with self.lock:
            return self.random.choice(choices)

    def model(self, connection):
        while True:
            mood = self.pick(
                "good", "good", "good", "early", "early close", "cut", "reset", "slow", "until close", "deaf", "stream"
            )
            if mood == "deaf":
                time.sleep(self.pick(0, 0.01, 0.05))
                return
            head = connection.read_head()
            if head is None:
                return
            if mood in ("early", "early close"):
                connection.answer(
                    413,
                    body=b"e" * self.pick(0, 10, 100000),
                    headers=[("Connection", "close")] if mood != "early" else [],
                )
                if mood == "early close":
                    self.half_close(connection)
                    return
            if connection.read_request() is None:
                return
            if mood == "early":
                continue
            if not self.finish(connection, mood):
                return

    def finish(self, connection, mood):
        """Answers; may it go on with this connection?"""
        whole = self.pick(
            answer_bytes(body=b"x" * self.pick(0, 1, 1000, 300000)), answer_bytes(chunks=[b"a" * 1000, b"b" * 70000])
        )
        if mood == "cut":
            connection.send(whole[: self.pick(0, 1, 20, 60, len(whole) - 1)])
            return False
        if mood == "reset":
            connection.send(whole[: self.pick(0, 40, 100)])
            connection.reset()
            return False
        if mood == "until close":
            connection.answer(body=b"u" * 5000, framed=False)
            return False
        if mood == "slow":
            time.sleep(self.pick(0, 0.02))
        if mood == "stream":
            connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in range(self.pick(1, 5, 20)):
                connection.send(b"9\r\ndata: x\n\n\r\n")
                time.sleep(0.002)
            return connection.send(b"0\r\n\r\n")
        return connection.send(whole)

    @staticmethod
    def half_close(connection):
        try:
            connection.socket.shutdown(socket.SHUT_WR)
        except OSError:
            return
        connection.wait_for_end(5)

    def caller(self, address, stop, faults):
        while not stop.is_set():
            try:
                self.call(address, stop)
            except (OSError, Hangup):
                pass
            except AssertionError as error:
                faults.append(error)

    def call(self, address, stop):
        client = Client(address, timeout=10)
        try:
            for _ in range(self.pick(1, 1, 3, 10)):
                if stop.is_set():
                    return
                body = b"b" * self.pick(0, 1, 1000, 100000, 2 * MEGABYTE)
                data = self.pick(
                    request_bytes("POST", "/", body=body),
                    request_bytes("POST", "/", chunks=[body]),
                    request_bytes("GET", "/"),
                )
                mood = self.pick("good", "good", "cut", "reset", "leave", "half close", "pipeline")
                if mood == "pipeline":
                    client.send(data + request_bytes("GET", "/2"))
                    client.answer("POST")
                    client.answer("GET")
                    continue
                client.send(
                    data[: self.pick(1, 30, len(data) // 2, len(data) - 1)] if mood in ("cut", "reset") else data
                )
                if mood == "half close":
                    client.finish_sending()
                if mood == "reset":
                    client.reset()
                if mood in ("cut", "reset", "leave"):
                    return
                if client.answer("POST").says_close:
                    return
        finally:
            client.close()


@pytest.mark.parametrize("seed, workers", [(1, 1), (2, 2)])
def test_after_five_seconds_of_anything_nothing_is_left(sidecars, seed, workers):
    whims = Whims(seed)
    model, sound = Model(whims.model, keep_bodies=False), Model()
    sidecar = sidecars(config(route(model), route(sound, name="sound", hostnames=["sound.test"])), workers=workers)
    stop, faults = threading.Event(), []
    callers = [
        threading.Thread(target=whims.caller, args=(sidecar.address, stop, faults), daemon=True) for _ in range(8)
    ]
    for caller in callers:
        caller.start()
    time.sleep(5)
    stop.set()
    for caller in callers:
        caller.join(15)
    assert faults == [], faults[0]
    assert sidecar.ask("POST", body=b"sound", host="sound.test").status == 200
    sidecar.expect_nothing_left()
    eventually(
        lambda: sidecar.metric("mlgateway_upstream_connections") == 0, "no connection to a model after the idle time"
    )
    model.close()
    sound.close()
    broken = [failure for failure in model.failures if type(failure).__name__ == "RemoteProtocolError"]
    assert broken == [], "the model was sent something that is not HTTP/1.1"


# Exhaustion.


@pytest.mark.skipif(SANITIZED, reason="without descriptors UBSan cannot look at an object and calls it invalid")
def test_when_descriptors_run_out_it_waits_without_spinning_and_recovers(sidecars, model):
    sidecar = sidecars(config(route(model)))
    resource.prlimit(sidecar.process.pid, resource.RLIMIT_NOFILE, (sidecar.descriptors() + 8, 4096))
    crowd = [Client(sidecar.address) for _ in range(40)]
    before = processor_time(sidecar)
    time.sleep(1)
    assert processor_time(sidecar) - before < 0.3, "it spins"
    assert sidecar.alive()
    for client in crowd:
        client.close()
    resource.prlimit(sidecar.process.pid, resource.RLIMIT_NOFILE, (4096, 4096))

    def served():
        try:
            return sidecar.ask().status == 200
        except (Hangup, OSError):
            return False

    eventually(served, "served again")
    sidecar.expect_nothing_left()


def processor_time(sidecar):
    fields = open(f"/proc/{sidecar.process.pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_an_idle_sidecar_sleeps(sidecars, model):
    sidecar = sidecars(config(route(model)), workers=2)
    sidecar.ask()
    kept = [sidecar.client() for _ in range(10)]
    time.sleep(0.2)
    before = processor_time(sidecar)
    time.sleep(1.5)
    assert processor_time(sidecar) - before <= 0.05
    for client in kept:
        client.close()


def test_a_flood_of_pipelined_requests_is_held_back_not_piled_up(sidecars, models):
    model = models(on_request=lambda connection, request: connection.send(answer_bytes(body=b"x" * 2000)))
    sidecar = sidecars(config(route(model)))
    before = sidecar.resident()
    one, sent = request_bytes("GET", "/" + "p" * 200), 0
    with sidecar.client(receive_buffer=16384, timeout=30) as client:
        client.socket.settimeout(1)
        block = one * 500
        try:
            while sent < 40 * MEGABYTE:
                sent += client.socket.send(memoryview(block)[sent % len(one) :])
        except socket.timeout:
            pass
        assert sent < 40 * MEGABYTE, "it reads requests although nobody reads answers"
        assert sidecar.resident() - before < growth(12 * MEGABYTE)
        client.socket.settimeout(30)
        for _ in range(200):
            assert client.answer().status == 200
        client.reset()
    sidecar.expect_nothing_left()


# Dead sinks.


def test_a_log_that_nobody_reads_stops_nothing_and_what_is_lost_is_counted(sidecars, model, tmp_path):
    """The access log is a pipe that is never read: the request path must not wait for it, nor memory grow."""
    fifo = tmp_path / "log"
    os.mkfifo(fifo)
    holder = os.open(fifo, os.O_RDWR)
    try:
        sidecar = sidecars(config(route(model)), "--access-log", str(fifo))
        before = sidecar.resident()
        with sidecar.client() as client:

            def some_are_lost():
                for _ in range(200):
                    assert client.ask("GET", "/" + "p" * 4000).status == 200
                return sidecar.metric("mlgateway_access_log_dropped_total") > 0

            eventually(some_are_lost, "lines are dropped and counted", 40)
            for _ in range(500):
                assert client.ask("GET", "/" + "p" * 4000).status == 200
        assert sidecar.resident() - before < growth(24 * MEGABYTE)
        started = time.monotonic()
        sidecar.stop()
        assert time.monotonic() - started < 10, "the end waits for a log that nobody reads"
    finally:
        os.close(holder)


@pytest.mark.parametrize("which", ["stdout", "stderr"])
def test_a_log_whose_reader_died_stops_nothing(model, tmp_path, which):
    folder = tmp_path / "gateway"
    write_as_file(folder, json.dumps(config(route(model))))
    process = subprocess.Popen(
        [BINARY, "--config", folder, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--propagation-delay", "0s"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        facts = json.loads(next(line for line in process.stderr if b'"listening"' in line))
        getattr(process, which).close()
        host, port = facts["listen"].rsplit(":", 1)
        for turn in range(3):
            with Client((host, int(port))) as client:
                for _ in range(50):
                    assert client.ask().status == 200
            write_as_file(folder, json.dumps(config(route(model, generation=turn + 2))))  # something to log about
            time.sleep(0.2)
        assert process.poll() is None, "it died of a log line"
        process.terminate()
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()


# Starting.


@pytest.mark.parametrize(
    "options",
    [
        ["--listen", "127.0.0.1:0"],
        ["--config", "x", "--listen", "nonsense"],
        ["--config", "x", "--listen", "127.0.0.1:99999"],
        ["--config", "x", "--workers", "0"],
        ["--config", "x", "--head-timeout", "soon"],
        ["--config", "x", "--unknown", "1"],
        ["--config", "x", "--max-connections", "-1"],
        ["--config", "x", "--listen", "192.0.2.1:0"],
    ],
)
def test_a_bad_option_ends_at_once_with_a_sentence(options):
    run = subprocess.run([BINARY, *options], capture_output=True, timeout=20)
    assert run.returncode not in (0, -6, -11)
    assert len((run.stdout + run.stderr).strip()) > 10


def test_a_port_that_is_taken_is_told():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        where = f"127.0.0.1:{taken.getsockname()[1]}"
        run = subprocess.run(
            [BINARY, "--config", "x", "--listen", where, "--admin", "127.0.0.1:0"], capture_output=True, timeout=20
        )
    assert run.returncode not in (0, -6, -11) and where.rsplit(":", 1)[1].encode() in run.stderr


def has_ipv6():
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
        return True
    except OSError:
        return False


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6 loopback address")
def test_a_model_on_ipv6_is_reached_and_named_in_brackets(sidecars, models):
    model = models(host="::1")
    assert sidecars(config(route(model))).ask().status == 200
    assert model.last.headers.get("host") == f"[::1]:{model.port}"


def test_a_config_that_is_written_in_place_is_taken_when_it_is_whole(sidecars, model):
    sidecar = sidecars(config(route(model)), write=write_as_file)
    changed = config(route(model, paths=[path("/new")], generation=2))
    text = json.dumps(changed)
    with open(sidecar.config_folder / "gateway.v1.json", "w") as file:
        for part in (text[:100], text[100:300], text[300:]):
            file.write(part)
            file.flush()
            time.sleep(0.05)
    eventually(lambda: sidecar.state()["config"]["hash"] == changed["hash"])
    assert sidecar.state()["config"]["error"] is None
    assert sidecar.ask("GET", "/new").status == 200


def test_a_hundred_routes_and_hosts_are_told_apart(sidecars, models):
    serving = [models() for _ in range(4)]
    routes = [route(serving[n % 4], name=f"r{n}", hostnames=[f"h{n}.test"]) for n in range(1000)]
    sidecar = sidecars(config(*routes))
    with sidecar.client() as client:
        for n in range(0, 1000, 37):
            client.ask("GET", f"/{n}", host=f"h{n}.test")
            assert serving[n % 4].last.target == f"/{n}"


def test_a_body_that_comes_slowly_is_still_under_the_routes_time(sidecars, models):
    model = models()
    sidecar = sidecars(
        config(
            route(model, timeouts={"requestMs": 500}),
            route(model, name="chat", model="m", protocol="OpenAI", hostnames=["ai.test"], timeouts={"requestMs": 500}),
        )
    )
    for target, host in [("/", "x"), ("/v1/completions", "ai.test")]:
        with sidecar.client() as client:
            client.send(
                request_bytes("POST", target, [("Transfer-Encoding", "chunked")], host=host) + chunked([b'{"mod'])[:-5]
            )
            answer = client.answer("POST")
            assert answer.status in (408, 504) and answer.reason in ("RequestTimeout", "SlowRequest")
    sidecar.expect_nothing_left()
