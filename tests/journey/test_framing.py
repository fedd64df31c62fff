"""HTTP/1.1 on both sides: where a message begins and ends, and what becomes of the connection after it."""

import threading

import pytest

from harness.client import Hangup
from harness.config import ALICE, api_keys, config, route
from harness.model import echo
from harness.wire import answer_bytes, chunked, request_bytes

EXPECT = ("Expect", "100-continue")
BEARER = ("Authorization", f"Bearer {ALICE}")


@pytest.fixture
def echoing(sidecars, models):
    """A sidecar in front of a model that answers with the body it was sent."""
    model = models(on_request=echo)
    sidecar = sidecars(config(route(model)))
    sidecar.model = model
    return sidecar


@pytest.fixture
def in_front_of(sidecars, models):
    """A sidecar in front of a model with that script, or that answers every request with these bytes."""

    def start(what, *options):
        if callable(what):
            model = models(what)
        else:
            model = models(on_request=lambda connection, request: connection.send(what))
        sidecar = sidecars(config(route(model)), *options)
        sidecar.model = model
        return sidecar

    return start


# Requests.


def test_a_connection_serves_request_after_request(echoing):
    with echoing.client() as client:
        for turn in range(50):
            answer = client.ask("POST", f"/{turn}", body=b"%d" % turn)
            assert (answer.status, answer.body) == (200, b"%d" % turn)
    assert [r.target for r in echoing.model.requests] == [f"/{turn}" for turn in range(50)]


def test_pipelined_requests_are_answered_in_order(echoing):
    turns = range(60)
    with echoing.client() as client:
        client.send(b"".join(request_bytes("POST", f"/{turn}", body=b"%d" % turn) for turn in turns))
        assert [client.answer().body for _ in turns] == [b"%d" % turn for turn in turns]


def test_pipelined_requests_of_every_framing_are_told_apart(echoing):
    with echoing.client() as client:
        client.send(
            request_bytes("GET", "/1")
            + request_bytes("POST", "/2", chunks=[b"tw", b"o"])
            + request_bytes("POST", "/3", body=b"GET /evil HTTP/1.1\r\nHost: x\r\n\r\n")
            + request_bytes("HEAD", "/4")
            + request_bytes("POST", "/5", body=b"")
        )
        methods = ["GET", "POST", "POST", "HEAD", "POST"]
        assert [client.answer(method).status for method in methods] == [200] * 5
    assert [r.target for r in echoing.model.requests] == ["/1", "/2", "/3", "/4", "/5"]


def test_a_refused_request_in_a_pipeline_ends_it_after_the_answers_before(echoing):
    with echoing.client() as client:
        client.send(
            request_bytes("GET", "/1") + b"GET /2 HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + request_bytes("GET", "/3")
        )
        assert client.answer().status == 200
        refused = client.answer()
        assert (refused.status, refused.reason, refused.says_close) == (400, "MalformedRequest", True)
        assert client.closed()
    assert [r.target for r in echoing.model.requests] == ["/1"]


def test_a_request_that_arrives_byte_by_byte_is_served(echoing):
    with echoing.client() as client:
        for byte in request_bytes("POST", "/slow", chunks=[b"by", b"te"], trailers=[("X-T", "1")]):
            client.send(bytes([byte]))
        assert client.answer().body == b"byte"


def test_a_chunked_request_body_reaches_the_model_whole(echoing):
    chunks = [b"a" * size for size in (1, 15, 16, 17, 4095, 4096, 70000)]
    answer = echoing.ask("POST", "/", chunks=chunks)
    assert answer.body == b"".join(chunks)


def test_chunk_extensions_are_not_passed_on(echoing):
    with echoing.client() as client:
        client.send(
            request_bytes("POST", headers=[("Transfer-Encoding", "chunked")])
            + b'5;ext=value;q="a b"\r\nhello\r\n0;last\r\n\r\n'
        )
        assert client.answer().body == b"hello"
    assert b"ext=value" not in echoing.model.recorded


def test_trailers_of_a_request_reach_the_model(echoing):
    echoing.ask("POST", "/", chunks=[b"x"], trailers=[("X-Checksum", "abc")])
    assert ("x-checksum", "abc") in echoing.model.last.trailers


def test_trailers_that_would_frame_route_or_authenticate_do_not_reach_the_model(echoing):
    trailers = [
        ("Content-Length", "9"),
        ("Transfer-Encoding", "chunked"),
        ("Host", "evil"),
        ("Authorization", "Bearer x"),
        ("X-Mlgateway-Version", "v9"),
        ("X-Good", "1"),
    ]
    answer = echoing.ask("POST", "/", chunks=[b"x"], trailers=trailers)
    if answer.status == 400:  # refusing them is as good as dropping them
        return
    assert echoing.model.last.trailers == [("x-good", "1")]


def test_an_empty_chunked_body_is_a_body(echoing):
    answer = echoing.ask("POST", "/", chunks=[])
    assert (answer.status, answer.body) == (200, b"")


def test_one_leading_empty_line_before_a_request_is_ignored(echoing):
    with echoing.client() as client:
        client.ask("GET", "/1")
        client.send(b"\r\n" + request_bytes("GET", "/2"))
        assert client.answer().status == 200


def test_an_absolute_target_reaches_the_model_in_origin_form(echoing):
    with echoing.client() as client:
        client.send(b"GET http://gateway.test/a?b=c HTTP/1.1\r\nHost: gateway.test\r\n\r\n")
        assert client.answer().status == 200
    assert echoing.model.last.target == "/a?b=c"


def test_the_host_of_an_absolute_target_wins_over_the_field(echoing):
    """RFC 9112 3.2.2. Nobody may route by one host and be told of another."""
    with echoing.client() as client:
        client.send(b"GET http://gateway.test/ HTTP/1.1\r\nHost: evil.test\r\n\r\n")
        if client.answer().status == 200:
            assert echoing.model.last.headers.get("x-forwarded-host") == "gateway.test"
            assert b"evil.test" not in echoing.model.recorded


@pytest.mark.parametrize(
    "target", ["/a?x=1&y=%2F%20&z", "/a%20b/c", "/a?", "/~user/;v=1/a:b@c!$&'()*+,=", "/a?q=/../x//y"]
)
def test_a_legal_target_reaches_the_model_as_it_was_sent(echoing, target):
    assert echoing.ask("GET", target).status == 200
    assert echoing.model.last.target == target


@pytest.mark.parametrize(
    "target", ["/a/../b", "/./a", "/a/..", "/a//b", "//a", "/a%2fb", "/a%2Fb", "/%2e%2e/a", "/a/%2E", "/.%2e/"]
)
def test_a_path_that_two_servers_could_read_differently_is_refused(echoing, target):
    answer = echoing.ask("GET", target)
    assert (answer.status, answer.reason) == (400, "MalformedRequest")
    assert echoing.model.recorded == b""


POST = b"POST / HTTP/1.1\r\nHost: x\r\n"
SMUGGLING = {
    "two different lengths": POST + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
    "two equal lengths": POST + b"Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd",
    "a list of lengths": POST + b"Content-Length: 4, 4\r\n\r\nabcd",
    "length and chunked": POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunked and length": POST + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
    "a negative length": POST + b"Content-Length: -1\r\n\r\n",
    "a hexadecimal length": POST + b"Content-Length: 0x4\r\n\r\nabcd",
    "a length with a space": POST + b"Content-Length: 1 0\r\n\r\n0123456789",
    "xchunked": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "chunked twice": POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunked, chunked": POST + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    "chunked, identity": POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "gzip, chunked": POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "identity": POST + b"Transfer-Encoding: identity\r\n\r\n",
    "quoted chunked": b'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n',
    "vertical tab before chunked": POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    "empty transfer coding": POST + b"Transfer-Encoding:\r\n\r\n0\r\n\r\n",
    "chunked in HTTP/1.0": b"POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a space before the colon": POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "a folded line": POST + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
    "a bare line feed": POST + b"A: b\nContent-Length: 4\r\n\r\nabcd",
    "a bare carriage return": POST + b"A: b\rContent-Length: 4\r\n\r\nabcd",
    "a zero byte": POST + b"A: b\0c\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "a bad host": b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
    "a fragment": b"GET /a#b HTTP/1.1\r\nHost: x\r\n\r\n",
    "HTTP/0.9": b"GET /\r\n\r\n",
    "a header without a colon": b"GET / HTTP/1.1\r\nHost: x\r\nbroken\r\n\r\n",
}


@pytest.mark.parametrize("name", SMUGGLING)
def test_what_two_parsers_could_read_differently_is_refused_and_the_connection_closed(echoing, name):
    with echoing.client() as client:
        client.send(SMUGGLING[name])
        answer = client.answer()
        assert answer.status in (400, 501, 505), answer
        assert answer.says_close and client.closed()
    assert echoing.model.recorded == b""


BROKEN_CHUNKS = {
    "no hex": b"z\r\nhello\r\n0\r\n\r\n",
    "a sign": b"+5\r\nhello\r\n0\r\n\r\n",
    "0x": b"0x5\r\nhello\r\n0\r\n\r\n",
    "a space": b" 5\r\nhello\r\n0\r\n\r\n",
    "too long": b"5\r\nhello!\r\n0\r\n\r\n",
    "a bare line feed": b"5\nhello\r\n0\r\n\r\n",
    "no CRLF after data": b"5\r\nhello0\r\n\r\n",
    "an overflow": b"FFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n",
    "a bare line feed after data": b"5\r\nhello\n0\r\n\r\n",
    "a line feed in an extension": b"5;a\nb\r\nhello\r\n0\r\n\r\n",
    "a broken trailer": b"5\r\nhello\r\n0\r\nbad trailer\r\n\r\n",
    "an empty size": b"\r\nhello\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("name", BROKEN_CHUNKS)
def test_a_broken_chunk_ends_the_exchange_with_400_and_the_model_never_sees_it_whole(echoing, name):
    with echoing.client() as client:
        client.send(request_bytes("POST", headers=[("Transfer-Encoding", "chunked")]) + BROKEN_CHUNKS[name])
        answer = client.answer("POST")
        assert (answer.status, answer.reason, answer.says_close) == (400, "MalformedRequest", True)
        assert client.closed()
    assert echoing.model.requests == []
    echoing.expect_nothing_left()


# Expect: 100-continue.


def test_a_caller_who_waits_for_100_gets_it_and_then_the_answer(echoing):
    with echoing.client() as client:
        client.send(request_bytes("POST", headers=[EXPECT, ("Content-Length", "4")]))
        assert client.interim("POST") == [100]
        client.send(b"body")
        answer = client.answer("POST")
        assert (answer.status, answer.body, answer.interim) == (200, b"body", [100])
        assert client.ask("GET").status == 200


def test_a_chunked_caller_who_waits_for_100_gets_it(echoing):
    with echoing.client() as client:
        client.send(request_bytes("POST", headers=[EXPECT, ("Transfer-Encoding", "chunked")]))
        assert client.interim("POST") == [100]
        client.send(chunked([b"body"]))
        assert client.answer("POST").body == b"body"


def test_100_is_not_sent_before_a_refusal_that_needs_no_body(sidecars, model):
    sidecar = sidecars(config(route(model, auth=[api_keys()])))
    with sidecar.client() as client:
        client.send(request_bytes("POST", headers=[EXPECT, ("Content-Length", "4")]))
        answer = client.answer("POST")
        assert (answer.status, answer.interim) == (401, [])
    with sidecar.client() as client:
        client.send(request_bytes("POST", headers=[EXPECT, BEARER, ("Content-Length", "4")]))
        assert client.interim("POST") == [100]
        client.send(b"body")
        assert client.answer("POST").status == 200


def test_after_a_refusal_without_100_the_connection_is_not_out_of_step(sidecars, model):
    sidecar = sidecars(config(route(model, auth=[api_keys()])))
    with sidecar.client() as client:
        client.send(request_bytes("POST", headers=[EXPECT, ("Content-Length", "40")]))
        answer = client.answer("POST")
        assert answer.status == 401
        if answer.says_close:
            assert client.closed()
        else:  # a caller that was refused sends no body, so the next bytes are a request
            assert client.ask("GET", headers=[BEARER]).status == 200


def test_a_caller_who_does_not_wait_for_100_is_served(echoing):
    answer = echoing.ask("POST", headers=[EXPECT], body=b"body")
    assert (answer.status, answer.body) == (200, b"body")


def test_100_is_not_sent_to_an_http_1_0_caller(echoing):
    with echoing.client() as client:
        client.send(b"POST / HTTP/1.0\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\nbody")
        answer = client.answer("POST")
        assert (answer.status, answer.interim, answer.body) == (200, [], b"body")


def test_an_expectation_other_than_100_continue_is_refused(echoing):
    answer = echoing.ask("POST", headers=[("Expect", "200-ok")], body=b"x")
    assert (answer.status, answer.reason) == (417, "ExpectationFailed")
    assert echoing.model.recorded == b""


def test_100_of_the_model_does_not_reach_the_caller_twice(in_front_of):
    def script(connection):
        connection.read_head()
        connection.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        while request := connection.read_request():
            connection.answer(body=request.body)

    sidecar = in_front_of(script)
    with sidecar.client() as client:
        client.send(request_bytes("POST", headers=[EXPECT, ("Content-Length", "4")]))
        assert client.interim("POST") == [100]
        client.send(b"body")
        answer = client.answer("POST")
        assert (answer.status, answer.interim, answer.body) == (200, [100], b"body")


def test_an_early_hint_of_the_model_does_not_break_the_answer(in_front_of):
    sidecar = in_front_of(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + answer_bytes(body=b"final"))
    with sidecar.client() as client:
        for _ in range(3):
            answer = client.ask()
            assert (answer.status, answer.body) == (200, b"final") and answer.interim in ([], [103])


# Answers.


def test_a_chunked_answer_reaches_the_caller_whole_with_its_trailers(in_front_of):
    sidecar = in_front_of(answer_bytes(chunks=[b"a" * 5000, b"b", b"c" * 70000], trailers=[("X-Checksum", "abc")]))
    with sidecar.client() as client:
        for _ in range(3):
            answer = client.ask(headers=[("TE", "trailers"), ("Connection", "TE")])
            assert answer.body == b"a" * 5000 + b"b" + b"c" * 70000
            assert ("x-checksum", "abc") in answer.trailers


def test_an_answer_that_ends_with_the_models_connection_is_framed_anew(in_front_of):
    def script(connection):
        connection.read_request()
        connection.send(answer_bytes(body=b"until the end", framed=False))

    sidecar = in_front_of(script)
    with sidecar.client() as client:
        for _ in range(3):
            assert client.ask().body == b"until the end"
    assert len(sidecar.model.connections) == 3


def test_an_answer_of_an_http_1_0_model_is_served_and_its_connection_not_reused(in_front_of):
    sidecar = in_front_of(b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok")
    with sidecar.client() as client:
        answers = [client.ask() for _ in range(3)]
    assert [(a.status, a.version, a.body) for a in answers] == [(200, "1.1", b"ok")] * 3
    assert len(sidecar.model.connections) == 3


@pytest.mark.parametrize("length", [b"Content-Length: 1000\r\n", b"Transfer-Encoding: chunked\r\n", b""])
def test_an_answer_to_head_has_no_body_whatever_it_announces(in_front_of, length):
    sidecar = in_front_of(b"HTTP/1.1 200 OK\r\nX-Mark: 1\r\n" + length + b"\r\n")
    with sidecar.client() as client:
        for _ in range(3):
            answer = client.ask("HEAD")
            assert (answer.status, answer.body, answer.headers.get("x-mark")) == (200, b"", "1")
            if length.startswith(b"Content"):
                assert answer.headers.get("content-length") == "1000"
    assert [r.method for r in sidecar.model.requests] == ["HEAD"] * 3


@pytest.mark.parametrize(
    "head",
    [b"204 No Content\r\n", b'304 Not Modified\r\nContent-Length: 1000\r\nETag: "x"\r\n', b"304 Not Modified\r\n"],
)
def test_an_answer_that_never_has_a_body_leaves_the_connection_in_step(in_front_of, head):
    sidecar = in_front_of(b"HTTP/1.1 " + head + b"\r\n")
    with sidecar.client() as client:
        for _ in range(3):
            answer = client.ask()
            assert (answer.status, answer.body) == (int(head[:3]), b"")
            assert head.startswith(b"304") or answer.headers.get("content-length") is None
    assert len(sidecar.model.connections) == 1


def test_an_http_1_0_caller_gets_an_answer_that_it_can_read(in_front_of):
    sidecar = in_front_of(answer_bytes(chunks=[b"one", b"two"]))
    with sidecar.client() as client:
        client.send(b"GET / HTTP/1.0\r\nHost: x\r\n\r\n")
        answer = client.answer()
        assert (answer.status, answer.body) == (200, b"onetwo")
        assert "transfer-encoding" not in answer.headers.names()
        assert client.closed()


def test_an_http_1_0_caller_without_host_is_served(echoing):
    with echoing.client() as client:
        client.send(b"GET / HTTP/1.0\r\n\r\n")
        assert client.answer().status == 200
        assert client.closed()


def test_a_caller_who_asks_to_close_is_told_so_and_closed(echoing):
    with echoing.client() as client:
        answer = client.ask(headers=[("Connection", "close")])
        assert answer.status == 200 and answer.says_close and client.closed()


def test_a_caller_who_half_closes_after_the_request_is_answered(echoing):
    with echoing.client() as client:
        client.send(request_bytes("POST", body=b"last words"))
        client.finish_sending()
        try:
            assert client.answer("POST").body == b"last words"
        except Hangup as hangup:  # end-of-file may be read as a hang-up; then nothing of an answer must come
            assert hangup.received == b""
    echoing.expect_nothing_left()


def test_an_answer_that_arrives_byte_by_byte_is_served(in_front_of):
    def script(connection):
        while connection.read_request():
            for byte in answer_bytes(headers=[("X-A", "b")], chunks=[b"by", b"te"], trailers=[("X-T", "1")]):
                connection.send(bytes([byte]))

    sidecar = in_front_of(script)
    with sidecar.client() as client:
        assert [client.ask().body for _ in range(3)] == [b"byte"] * 3


@pytest.mark.parametrize(
    "fields",
    [
        b"TRANSFER-ENCODING: Chunked\r\n",
        b"transfer-encoding:chunked\r\n",
        b"Transfer-Encoding: \tchunked \t\r\n",
        b"Transfer-Encoding: chunked\r\nExpect: 100-Continue\r\n",
        b"Transfer-Encoding: chunked\r\nConnection: Keep-Alive\r\n",
    ],
)
def test_legal_ways_to_write_the_same_framing_are_served(echoing, fields):
    with echoing.client() as client:
        client.send(b"POST / HTTP/1.1\r\nHOST:x\r\n" + fields + b"\r\n" + chunked([b"body"]))
        assert client.answer("POST").body == b"body"


@pytest.mark.parametrize(
    "host", ["x", "x:80", "x.y.", "[::1]", "[::1]:8080", "127.0.0.1:1", "a_b.test", "xn--bcher-kva.test", "x:"]
)
def test_a_legal_host_is_served(echoing, host):
    assert echoing.ask(host=host).status == 200


@pytest.mark.parametrize(
    "target, at_model", [("http://x.test", "/"), ("http://x.test?q", "/?q"), ("HTTP://X.test:80/a", "/a")]
)
def test_an_absolute_target_without_path_means_the_root(echoing, target, at_model):
    assert echoing.ask("GET", target, host="x.test" if ":80" not in target else "x.test:80").status == 200
    assert echoing.model.last.target == at_model


def test_fields_of_an_answer_pass_in_order_with_all_their_values(in_front_of):
    sidecar = in_front_of(
        answer_bytes(headers=[("Set-Cookie", "a=1"), ("X-One", "1"), ("Set-Cookie", "b=2"), ("X-Empty", "")])
    )
    answer = sidecar.ask()
    assert answer.headers.all("set-cookie") == ["a=1", "b=2"]
    assert (answer.headers.get("x-one"), answer.headers.get("x-empty")) == ("1", "")


@pytest.mark.parametrize("status", [201, 202, 203, 206, 301, 400, 404, 409, 422, 429, 500, 503, 599])
def test_a_status_of_the_model_is_the_callers_status(in_front_of, status):
    answer = in_front_of(answer_bytes(status=status, body=b"said by the model")).ask()
    assert (answer.status, answer.body, answer.reason) == (status, b"said by the model", None)


# Early answers.


def finish_upload(client, rest):
    """Sends the rest of a body that the gateway may not want any more."""
    try:
        client.send(rest)
    except OSError:
        pass


@pytest.mark.parametrize("model_closes", [False, True])
def test_an_answer_before_the_body_reaches_the_caller_and_nothing_is_out_of_step(in_front_of, model_closes):
    body = b"GET /evil HTTP/1.1\r\nHost: x\r\n\r\n" * 1000

    def script(connection):
        if connection.read_head() is None:
            return
        head = connection.parser.current or connection.parser.finished[connection.asked]
        if head.method == "POST":
            connection.answer(403, body=b"no", headers=[("Connection", "close")] if model_closes else [])
            if model_closes:
                return
        while request := connection.read_request():
            if request.method != "POST":
                connection.answer(body=b"next")

    sidecar = in_front_of(script)
    with sidecar.client() as client:
        client.send(request_bytes("POST", headers=[("Content-Length", str(len(body)))]) + body[:10])
        answer = client.answer("POST")
        assert (answer.status, answer.body) == (403, b"no")
        if answer.says_close:
            finish_upload(client, body[10:])
        else:
            client.send(body[10:])
            assert client.ask("GET", "/next").body == b"next"
    assert sidecar.ask("GET", "/after").body == b"next"
    assert "/evil" not in [r.target for r in sidecar.model.begun]
    sidecar.expect_nothing_left()


def test_an_answer_while_the_body_is_under_way_is_not_lost_when_the_model_closes(in_front_of):
    """The model refuses a large body at once and closes: the caller must learn why, not meet a reset."""

    def script(connection):
        connection.read_head()
        connection.answer(413, body=b"too much for me", headers=[("Connection", "close")])
        connection.socket.shutdown(1)
        connection.wait_for_end()

    sidecar = in_front_of(script)
    for _ in range(40):  # which of the three sides is first is left to chance
        with sidecar.client() as client:
            request = request_bytes("POST", body=b"x" * (4 << 20))
            sending = threading.Thread(target=finish_upload, args=(client, request), daemon=True)
            sending.start()
            assert client.answer("POST").body == b"too much for me"
        sending.join(10)
    sidecar.expect_nothing_left()


@pytest.mark.parametrize("framing", ["by length", "chunked"])
def test_a_refusal_of_a_large_body_reaches_a_caller_who_reads_only_after_sending(sidecars, model, framing):
    """Closing with unread bytes would turn into a reset that overtakes the answer."""
    sidecar = sidecars(config(route(model, auth=[api_keys()])))
    for _ in range(10):
        with sidecar.client() as client:
            body = b"x" * (1 << 20)
            finish_upload(
                client,
                request_bytes("POST", body=body) if framing == "by length" else request_bytes("POST", chunks=[body]),
            )
            assert client.answer("POST").status == 401


# What a model must not answer.

OK = b"HTTP/1.1 200 OK\r\n"
MALFORMED = {
    "no HTTP": b"hello\r\n\r\n",
    "binary": bytes(range(256)),
    "another version": b"HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
    "no status": b"HTTP/1.1 OK\r\n\r\n",
    "a short status": b"HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n",
    "a long status": b"HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n",
    "status 0": b"HTTP/1.1 000 OK\r\nContent-Length: 0\r\n\r\n",
    "a space before the colon": b"HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok",
    "a folded line": b"HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 2\r\n\r\nok",
    "a bare line feed": b"HTTP/1.1 200 OK\r\nA: b\nContent-Length: 2\r\n\r\nok",
    "only line feeds": b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
    "a bare carriage return": b"HTTP/1.1 200 OK\r\nA: b\rc\r\nContent-Length: 2\r\n\r\nok",
    "a zero byte": b"HTTP/1.1 200 OK\r\nA: b\0\r\nContent-Length: 2\r\n\r\nok",
    "an empty name": b"HTTP/1.1 200 OK\r\n: b\r\nContent-Length: 2\r\n\r\nok",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok!",
    "a negative length": b"HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok",
    "a length that is no number": b"HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nok",
    "length and chunked": OK + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    "an unknown coding": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nok",
    "xchunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    "an upgrade nobody asked for": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nok",
    "a head without end": b"HTTP/1.1 200 OK\r\nA: " + b"b" * 200000,
    "fields without end": b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 300 + b"Content-Length: 2\r\n\r\nok",
}


@pytest.mark.parametrize("name", MALFORMED)
def test_nonsense_of_the_model_is_502_and_nothing_of_it_reaches_the_caller(in_front_of, name):
    sidecar = in_front_of(MALFORMED[name])
    with sidecar.client() as client:
        answer = client.ask()
        assert (answer.status, answer.reason) == (502, "UpstreamMalformed")
        assert answer.headers.get("content-type") == "application/problem+json"
    assert sidecar.model.connection(0).ended.wait(5)
    sidecar.expect_nothing_left()


BROKEN_ANSWER_CHUNKS = {
    "no hex": b"zz\r\n",
    "no CRLF after data": b"2\r\nokXX",
    "an overflow": b"FFFFFFFFFFFFFFFFF\r\nok",
    "a bare line feed": b"2\nok\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("name", BROKEN_ANSWER_CHUNKS)
def test_a_broken_chunk_of_an_answer_never_looks_like_a_whole_one(in_front_of, name):
    sidecar = in_front_of(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbegin\r\n" + BROKEN_ANSWER_CHUNKS[name]
    )
    with sidecar.client() as client:
        try:
            answer = client.ask()
            assert (answer.status, answer.reason) == (502, "UpstreamMalformed")
        except Hangup as hangup:
            assert hangup.partial.status == 200 and not hangup.partial.complete
    sidecar.expect_nothing_left()


@pytest.mark.parametrize("extra", [b"x", answer_bytes(body=b"poison"), b"\r\n\r\n"])
def test_bytes_after_an_answer_never_reach_the_next_caller(in_front_of, extra):
    def script(connection):
        while request := connection.read_request():
            connection.send(answer_bytes(body=request.target.encode()) + extra)

    sidecar = in_front_of(script)
    with sidecar.client() as client:
        for turn in range(10):
            answer = client.ask("GET", f"/{turn}")
            assert (answer.status, answer.body) == (200, b"/%d" % turn)


def test_an_answer_that_comes_before_its_request_is_not_believed(in_front_of):
    def script(connection):
        while request := connection.read_request():
            connection.answer(body=request.target.encode())
            if request.target == "/1":
                connection.send(answer_bytes(body=b"poison"))

    sidecar = in_front_of(script)
    with sidecar.client() as client:
        assert client.ask("GET", "/1").body == b"/1"
        # Until the bytes have come, nobody can tell them from the answer to the next request.
        sidecar.model.connection(0).ended.wait(0.5)
        for turn in range(2, 6):
            assert client.ask("GET", f"/{turn}").body == b"/%d" % turn
