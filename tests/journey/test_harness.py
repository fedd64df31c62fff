"""The tools themselves: a test that cannot fail proves nothing."""

import decimal

import pytest
import h11

from harness import structured
from harness.client import Client, Hangup
from harness.model import Model, echo, nobody_accepts, nobody_listens
from harness.wire import answer_bytes, parse_requests, request_bytes


def test_the_client_reads_pipelined_answers_of_every_framing(models):
    def script(connection):
        connection.read_bytes(1)
        connection.send(answer_bytes(body=b"one") + answer_bytes(chunks=[b"tw", b"o"], trailers=[("X-Sum", "2")]))
        connection.send(answer_bytes(body=b"three", framed=False))

    model = models(script)
    with Client((model.host, model.port)) as client:
        client.send(b"G")
        assert client.answer().body == b"one"
        second = client.answer()
        assert (second.body, second.trailers) == (b"two", [("x-sum", "2")])
        assert client.answer().body == b"three"


def test_the_client_tells_a_cut_answer_from_a_whole_one(models):
    model = models(lambda connection: connection.read_bytes(1) and connection.send(answer_bytes(body=b"whole")[:-1]))
    with Client((model.host, model.port)) as client, pytest.raises(Hangup) as hangup:
        client.send(b"G")
        client.answer()
    assert hangup.value.partial.body == b"whol"


def test_the_client_refuses_an_answer_that_is_not_http(models):
    model = models(lambda connection: connection.read_bytes(1) and connection.send(b"HTTP/1.1 200 OK\r\nA : b\r\n\r\n"))
    with Client((model.host, model.port)) as client, pytest.raises(AssertionError, match="not HTTP/1.1"):
        client.send(b"G")
        client.answer()


def test_the_model_records_every_byte_and_every_request(models):
    model = models(on_request=echo)
    sent = request_bytes("POST", "/a", body=b"one") + request_bytes(
        "POST", "/b", chunks=[b"tw", b"o"], trailers=[("X-T", "1")]
    )
    with Client((model.host, model.port)) as client:
        client.send(sent)
        assert [client.answer().body, client.answer().body] == [b"one", b"two"]
    assert model.recorded == sent
    assert [(r.method, r.target, r.body) for r in model.requests] == [("POST", "/a", b"one"), ("POST", "/b", b"two")]
    assert model.last.trailers == [("x-t", "1")]


def test_the_model_complains_about_a_smuggled_request():
    model = Model()
    with Client((model.host, model.port)) as client:
        client.send(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd")
        client.closed()
    model.close()
    with pytest.raises(AssertionError, match="RemoteProtocolError"):
        model.check()


def test_the_judge_is_strict():
    for bad in [
        b"GET / HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"GET  / HTTP/1.1\r\nHost: x\r\n\r\n",
    ]:
        with pytest.raises(h11.RemoteProtocolError):
            parse_requests(bad)


def test_a_port_where_nobody_listens_refuses_and_one_where_nobody_accepts_hangs():
    with pytest.raises(ConnectionRefusedError):
        Client(("127.0.0.1", nobody_listens()))
    with nobody_accepts() as port, pytest.raises(TimeoutError):
        Client(("127.0.0.1", port), timeout=0.3)


def test_structured_fields_are_read_strictly():
    assert structured.named(['"a";q=10;w=60', '"b\\"";r=0;t=1;x="y z";k']) == {
        "a": {"q": 10, "w": 60},
        'b"': {"r": 0, "t": 1, "x": "y z", "k": True},
    }
    word, *others = structured.items(["mlgateway; hit; ttl=3, 1.5, :aGk=:, ?0"])
    assert (word.value, word.parameters) == ("mlgateway", {"hit": True, "ttl": 3})
    assert [item.value for item in others] == [decimal.Decimal("1.5"), b"hi", False]
    for bad in ["a,", ",a", "a b", '"a', "a;", "a;Q=1", "a;q=", 'a;q="', "1.", "1.2345", "a;q=1 ;r=2", '"\\n"', "a;;b"]:
        with pytest.raises(AssertionError):
            structured.items([bad])
    with pytest.raises(AssertionError):
        structured.named(['"a";r=1, "a";r=2'])
