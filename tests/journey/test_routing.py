"""Which requests exist, per protocol, and which model each of them reaches."""

import json

import pytest

from harness.client import Hangup
from harness.config import ALICE, BOB, anonymous, api_keys, config, key, key_set, path, route, version
from harness.wire import chunked, request_bytes

JSON = ("Content-Type", "application/json")
INFER = b'{"inputs": []}'


def bearer(secret):
    return [("Authorization", f"Bearer {secret}")]


# Open Inference Protocol.


@pytest.fixture
def iris(sidecars, models):
    """A V2 route `iris` with the versions v1 and v2."""
    v1, v2 = models(), models()
    sidecar = sidecars(config(route(version("v1", v1), version("v2", v2, 0), name="iris", protocol="OpenInferenceV2")))
    sidecar.v1, sidecar.v2 = v1, v2
    return sidecar


@pytest.mark.parametrize(
    "method, target",
    [
        ("POST", "/v2/models/iris/infer"),
        ("GET", "/v2/models/iris"),
        ("GET", "/v2/models/iris/ready"),
    ],
)
def test_inference_metadata_and_readiness_reach_the_model_unchanged(iris, method, target):
    assert iris.ask(method, target, [JSON], INFER if method == "POST" else None).status == 200
    assert (iris.v1.last.method, iris.v1.last.target) == (method, target)


@pytest.mark.parametrize(
    "method, target, at_model",
    [
        ("POST", "/v2/models/iris/versions/v2/infer", "/v2/models/iris/infer"),
        ("GET", "/v2/models/iris/versions/v2", "/v2/models/iris"),
        ("GET", "/v2/models/iris/versions/v2/ready?x=%20", "/v2/models/iris/ready?x=%20"),
    ],
)
def test_a_version_in_the_path_is_chosen_and_does_not_reach_the_model(iris, method, target, at_model):
    answer = iris.ask(method, target, [JSON], INFER if method == "POST" else None)
    assert (answer.status, answer.chosen) == (200, "v2")
    assert iris.v2.last.target == at_model and iris.v1.recorded == b""


NOT_THERE = [
    ("POST", "/v2/repository/index"),
    ("POST", "/v2/repository/models/iris/load"),
    ("POST", "/v2/repository/models/iris/unload"),
    ("GET", "/v2/models/iris/stats"),
    ("GET", "/v2/models/iris/config"),
    ("POST", "/v2/models/iris/trace/setting"),
    ("GET", "/v2/models"),
    ("POST", "/v2/models/other/infer"),
    ("POST", "/v2/models/iris/infer/more"),
    ("POST", "/v2/models/iri/infer"),
    ("POST", "/v2/models/irisx/infer"),
    ("POST", "/V2/models/iris/infer"),
    ("POST", "/v2/models/iris/Infer"),
    ("POST", "/v2/models/IRIS/infer"),
    ("POST", "/v1/models/iris:predict"),
    ("GET", "/"),
    ("GET", "/metrics"),
    ("GET", "/docs"),
    ("POST", "/v2/models/iris/versions/v1/versions/v2/infer"),
    ("POST", "/x/v2/models/iris/infer"),
    ("GET", "/v2/systemsharedmemory/status"),
    ("POST", "/v2/logging"),
    ("POST", "/v2/%72epository/index"),
    ("POST", "/v2/repository/models/iris%3bx/load"),
    ("POST", "/v2/models/infer"),
]


@pytest.mark.parametrize("method, target", NOT_THERE)
def test_every_other_path_of_a_model_server_is_404(iris, method, target):
    answer = iris.ask(method, target, [JSON], INFER if method == "POST" else None)
    assert (answer.status, answer.reason) == (404, "RouteNotFound")
    assert iris.v1.recorded == iris.v2.recorded == b""


@pytest.mark.parametrize(
    "target",
    ["/v2/models/iris/versions/v9/infer", "/v2/models/iris/versions/V1/infer", "/v2/models/iris/versions/1/infer"],
)
def test_a_version_that_the_route_does_not_have_is_404(iris, target):
    answer = iris.ask("POST", target, [JSON], INFER)
    assert (answer.status, answer.reason) == (404, "VersionNotFound")
    assert iris.v1.recorded == b""


@pytest.mark.parametrize(
    "method, target, allowed",
    [
        ("GET", "/v2/models/iris/infer", "POST"),
        ("DELETE", "/v2/models/iris/infer", "POST"),
        ("POST", "/v2/models/iris", "GET"),
        ("POST", "/v2/models/iris/ready", "GET"),
        ("PUT", "/v2/models/iris/versions/v1/infer", "POST"),
        ("post", "/v2/models/iris/infer", "POST"),
    ],
)
def test_a_wrong_method_is_405_with_those_that_are_allowed(iris, method, target, allowed):
    answer = iris.ask(method, target)
    assert (answer.status, answer.reason) == (405, "MethodNotAllowed")
    assert allowed in [m.strip() for m in answer.headers.get("allow").split(",")]
    assert iris.v1.recorded == b""


def test_an_error_of_a_v2_route_speaks_v2(iris):
    answer = iris.ask("POST", "/v2/models/iris/versions/v9/infer", [JSON, ("X-Request-Id", "abc")], INFER)
    body = json.loads(answer.body)
    assert isinstance(body["error"], str) and "VersionNotFound" in body["error"] and "abc" in body["error"]
    assert answer.headers.get("content-type") == "application/json"


def test_an_error_before_a_route_is_known_is_a_problem(iris):
    answer = iris.ask("GET", "/nowhere", [("X-Request-Id", "abc")])
    body = json.loads(answer.body)
    assert answer.headers.get("content-type") == "application/problem+json"
    assert (body["type"], body["title"], body["status"], body["reason"], body["requestId"]) == (
        "about:blank",
        "Not Found",
        404,
        "RouteNotFound",
        "abc",
    )
    assert body["detail"]


def test_two_routes_of_one_host_are_told_apart_by_model(sidecars, models):
    iris, bert = models(), models()
    sidecar = sidecars(
        config(
            route(iris, name="a", model="iris", protocol="OpenInferenceV2"),
            route(bert, name="b", model="bert.base", protocol="OpenInferenceV2"),
        )
    )
    assert sidecar.ask("POST", "/v2/models/iris/infer", body=INFER).status == 200
    assert sidecar.ask("POST", "/v2/models/bert.base/infer", body=INFER).status == 200
    assert (len(iris.requests), len(bert.requests)) == (1, 1)


# Hosts.


@pytest.mark.parametrize(
    "host", ["iris.example.com", "IRIS.example.COM", "iris.example.com:8080", "iris.example.com:80"]
)
def test_a_hostname_is_compared_without_case_and_port(sidecars, model, host):
    assert sidecars(config(route(model, hostnames=["iris.example.com"]))).ask(host=host).status == 200


@pytest.mark.parametrize("host", ["example.com", "x.iris.example.com", "iris.example.com.evil", "127.0.0.1", "iris"])
def test_another_host_finds_no_route(sidecars, model, host):
    answer = sidecars(config(route(model, hostnames=["iris.example.com"]))).ask(host=host)
    assert (answer.status, answer.reason) == (404, "RouteNotFound")
    assert model.recorded == b""


def test_a_route_of_the_host_goes_before_a_route_of_any_host(sidecars, models):
    own, other = models(), models()
    sidecar = sidecars(config(route(other, name="a"), route(own, name="b", hostnames=["iris.example.com"])))
    sidecar.ask(host="iris.example.com")
    sidecar.ask(host="other.example.com")
    assert (len(own.requests), len(other.requests)) == (1, 1)


def test_an_absolute_target_names_the_host(sidecars, model):
    sidecar = sidecars(config(route(model, hostnames=["iris.example.com"])))
    with sidecar.client() as client:
        client.send(b"GET http://iris.example.com/ HTTP/1.1\r\nHost: iris.example.com\r\n\r\n")
        assert client.answer().status == 200


# Declared paths.


@pytest.fixture
def declared(sidecars, models):
    exact, prefix, deeper = models(), models(), models()
    sidecar = sidecars(
        config(
            route(exact, name="exact", paths=[path("/a/b", "Exact", ["POST"])]),
            route(prefix, name="prefix", paths=[path("/a", "Prefix", ["GET", "POST"]), path("/z", "Exact", ["GET"])]),
            route(deeper, name="deeper", paths=[path("/a/c", "Prefix", ["POST"])]),
        )
    )
    return sidecar, {"exact": exact, "prefix": prefix, "deeper": deeper}


@pytest.mark.parametrize(
    "target, whose",
    [
        ("/a/b", "exact"),
        ("/a/b/c", "prefix"),
        ("/a", "prefix"),
        ("/a/x/y", "prefix"),
        ("/a/c", "deeper"),
        ("/a/c/d", "deeper"),
        ("/a/cd", "prefix"),
        ("/a?q=/b", "prefix"),
    ],
)
def test_the_exact_path_wins_then_the_longest_prefix_of_whole_elements(declared, target, whose):
    sidecar, models = declared
    assert sidecar.ask("POST", target, body=b"x").status == 200
    assert {name: len(model.requests) for name, model in models.items()} == {n: int(n == whose) for n in models}


@pytest.mark.parametrize("target", ["/", "/ab", "/b", "/A", "/z/more"])
def test_a_path_that_is_not_declared_is_404(declared, target):
    answer = declared[0].ask("POST", target, body=b"x")
    assert (answer.status, answer.reason) == (404, "RouteNotFound")


def test_a_method_that_is_not_declared_is_405(declared):
    answer = declared[0].ask("GET", "/a/b")
    assert (answer.status, answer.headers.get("allow")) == (405, "POST")


# OpenAI.


@pytest.fixture
def chat(sidecars, models):
    """Two OpenAI routes: alice may use m1, bob may use m2, both may use `both`."""
    serving = {name: models() for name in ("m1", "m2", "both")}
    alice, bob = key("alice", ALICE), key("bob", BOB)
    who = {"m1": [alice], "m2": [bob], "both": [alice, bob]}
    sidecar = sidecars(
        config(
            *[
                route(
                    serving[name],
                    name=name.replace("/", "-"),
                    model=name,
                    protocol="OpenAI",
                    auth=[api_keys(key_set(*who[name]))],
                    body={"maxReadBytes": 4096},
                )
                for name in serving
            ]
        )
    )
    sidecar.models = serving
    return sidecar


def complete(sidecar, body, secret=ALICE, target="/v1/chat/completions", headers=()):
    return sidecar.ask("POST", target, [JSON, *bearer(secret), *headers], body)


@pytest.mark.parametrize("target", ["/v1/chat/completions", "/v1/completions", "/v1/embeddings"])
def test_the_body_names_the_model_and_reaches_it_byte_by_byte(chat, target):
    body = b'{ "messages": [{"role":"user","content":"\xc3\xa9 \\u00e9"}],  "model" : "both", "n":1.0e0 }\n'
    assert complete(chat, body, target=target).status == 200
    assert (chat.models["both"].last.body, chat.models["both"].last.target) == (body, target)
    assert chat.models["m1"].recorded == chat.models["m2"].recorded == b""


def test_a_chunked_body_names_the_model_as_well(chat):
    with chat.client() as client:
        client.send(
            request_bytes("POST", "/v1/chat/completions", [JSON, *bearer(ALICE)], chunks=[b'{"mod', b'el":"m1"', b"}"])
        )
        assert client.answer("POST").status == 200
    assert chat.models["m1"].last.body == b'{"model":"m1"}'


def test_a_key_meant_for_another_candidate_reaches_no_model(sidecars, models):
    """The field is a credential of one route only, but the body names the other, which is open."""
    open_model = models()
    keys = api_keys(headers=[{"name": "x-token", "scheme": ""}])
    keyed = route(models(), name="keyed", model="keyed", protocol="OpenAI", auth=[keys])
    anyone = route(open_model, name="open", model="open", protocol="OpenAI", auth=[anonymous()])
    sidecar = sidecars(config(keyed, anyone))
    answer = sidecar.ask("POST", "/v1/chat/completions", [JSON, ("X-Token", ALICE)], b'{"model":"open"}')
    assert answer.status == 200
    assert ALICE.encode() not in open_model.recorded


def test_a_model_name_written_with_escapes_is_the_same_name(chat):
    assert complete(chat, b'{"\\u006dodel":"\\u006d1"}').status == 200
    assert len(chat.models["m1"].requests) == 1


def test_a_model_named_deeper_in_the_body_does_not_count(chat):
    assert complete(chat, b'{"metadata":{"model":"m2"},"messages":[{"model":"m2"}],"model":"m1"}').status == 200
    assert len(chat.models["m1"].requests) == 1


def test_a_model_that_no_route_serves_is_404_in_openais_manner(chat):
    answer = complete(chat, b'{"model":"m9"}')
    assert (answer.status, answer.reason) == (404, "ModelNotFound")
    error = json.loads(answer.body)["error"]
    assert set(error) >= {"message", "type", "param", "code"} and error["message"]


BAD_BODIES = {
    "no JSON": b"hello",
    "empty": b"",
    "half": b'{"model":"m1"',
    "no object": b'["model","m1"]',
    "no model": b'{"messages":[]}',
    "model is a number": b'{"model":1}',
    "model is null": b'{"model":null}',
    "model is empty": b'{"model":""}',
    "two models": b'{"model":"m1","model":"m2"}',
    "twice the same": b'{"model":"m1","model":"m1"}',
    "two models by an escape": b'{"model":"m1","mod\\u0065l":"m2"}',
    "trailing bytes": b'{"model":"m1"} x',
    "two documents": b'{"model":"m1"}{"model":"m2"}',
    "byte order mark": b'\xef\xbb\xbf{"model":"m1"}',
    "bad UTF-8": b'{"model":"m1","x":"\xff"}',
    "a comment": b'{"model":"m1"/**/}',
    "a zero byte at the end": b'{"model":"m1"}\0',
    "UTF-16": '{"model":"m1"}'.encode("utf-16-le"),
    "bad after the model": b'{"model":"m1","x":[1,]}',
    "depth": b'{"model":"m1","x":' + b"[" * 1500 + b"]" * 1500 + b"}",
}


@pytest.mark.parametrize("name", BAD_BODIES)
def test_a_body_that_does_not_name_one_model_in_json_is_400(chat, name):
    answer = complete(chat, BAD_BODIES[name])
    assert (answer.status, answer.reason) == (400, "BodyInvalid")
    assert json.loads(answer.body)["error"]["message"]
    assert all(model.recorded == b"" for model in chat.models.values())


def test_the_route_that_the_body_names_decides_whose_key_counts(chat):
    answer = complete(chat, b'{"model":"m2"}', ALICE)
    assert (answer.status, answer.reason) == (401, "CredentialInvalid")
    assert chat.models["m2"].recorded == b""
    assert complete(chat, b'{"model":"m2"}', BOB).status == 200


def test_a_key_of_no_candidate_is_refused_before_the_body_is_read(chat):
    with chat.client() as client:
        client.send(
            request_bytes(
                "POST",
                "/v1/chat/completions",
                [JSON, *bearer("nobody-knows-this-key"), ("Expect", "100-continue"), ("Content-Length", "100")],
            )
        )
        answer = client.answer("POST")
        assert (answer.status, answer.interim) == (401, [])
        assert "error" in json.loads(answer.body)


def test_a_waiting_caller_gets_100_before_the_body_that_must_be_read(chat):
    body = b'{"model":"m1"}'
    with chat.client() as client:
        client.send(
            request_bytes(
                "POST",
                "/v1/chat/completions",
                [JSON, *bearer(ALICE), ("Expect", "100-continue"), ("Content-Length", str(len(body)))],
            )
        )
        assert client.interim("POST") == [100]
        client.send(body)
        assert client.answer("POST").status == 200


def padded(size):
    start = b'{"model":"m1","x":"'
    return start + b"a" * (size - len(start) - 2) + b'"}'


def test_a_body_of_exactly_the_readable_size_is_served(chat):
    assert complete(chat, padded(4096)).status == 200
    assert len(chat.models["m1"].last.body) == 4096


@pytest.mark.parametrize("framing", ["by length", "chunked"])
def test_a_body_over_the_readable_size_is_413(chat, framing):
    body = padded(4097)
    with chat.client() as client:
        if framing == "by length":
            client.send(request_bytes("POST", "/v1/completions", [JSON, *bearer(ALICE)], body))
        else:
            client.send(
                request_bytes("POST", "/v1/completions", [JSON, *bearer(ALICE), ("Transfer-Encoding", "chunked")])
                + chunked([body])
            )
        answer = client.answer("POST")
    assert (answer.status, answer.reason) == (413, "BodyTooLarge")
    assert chat.models["m1"].recorded == b""


def test_a_body_over_the_readable_size_is_refused_by_its_length_alone(chat):
    with chat.client() as client:
        client.send(
            request_bytes(
                "POST",
                "/v1/completions",
                [JSON, *bearer(ALICE), ("Expect", "100-continue"), ("Content-Length", "5000")],
            )
        )
        answer = client.answer("POST")
        assert (answer.status, answer.interim) == (413, [])


@pytest.mark.parametrize(
    "fields",
    [
        [("Content-Encoding", "gzip"), JSON],
        [("Content-Encoding", "br"), JSON],
        [("Content-Encoding", "identity, gzip"), JSON],
        [("Content-Type", "application/json; charset=utf-16")],
        [("Content-Type", 'application/json; charset="ISO-8859-1"')],
    ],
)
def test_a_body_that_the_gateway_cannot_read_is_415(chat, fields):
    answer = chat.ask("POST", "/v1/completions", [*bearer(ALICE), *fields], b'{"model":"m1"}')
    assert (answer.status, answer.reason) == (415, "BodyUnreadable")
    assert chat.models["m1"].recorded == b""


@pytest.mark.parametrize(
    "fields",
    [
        [JSON, ("Content-Encoding", "identity")],
        [("Content-Type", "application/json; charset=UTF-8")],
        [("Content-Type", 'application/json;charset="utf-8"')],
        [],
    ],
)
def test_a_body_in_plain_utf_8_is_read_however_it_is_declared(chat, fields):
    assert chat.ask("POST", "/v1/completions", [*bearer(ALICE), *fields], b'{"model":"m1"}').status == 200


def test_the_list_of_models_is_answered_by_the_gateway_to_those_who_have_a_key(chat):
    answer = chat.ask("GET", "/v1/models", bearer(ALICE))
    listed = json.loads(answer.body)
    assert (answer.status, listed["object"]) == (200, "list")
    assert all(entry["object"] == "model" for entry in listed["data"])
    assert {entry["id"] for entry in listed["data"]} == {"m1", "both"}  # bob's m2 is not alice's to see
    assert all(model.recorded == b"" for model in chat.models.values())
    assert chat.ask("GET", "/v1/models").status == 401


@pytest.mark.parametrize(
    "method, target, status",
    [
        ("GET", "/v1/chat/completions", 405),
        ("POST", "/v1/models", 405),
        ("POST", "/v1/files", 404),
        ("POST", "/v1/fine_tuning/jobs", 404),
        ("DELETE", "/v1/models/m1", 404),
        ("POST", "/v1", 404),
        ("POST", "/v1/chat/completions/", 404),
        ("POST", "/chat/completions", 404),
    ],
)
def test_other_paths_of_openai_do_not_exist(chat, method, target, status):
    answer = chat.ask(method, target, [JSON, *bearer(ALICE)], b'{"model":"m1"}' if method == "POST" else None)
    assert answer.status in (status, 405 if target == "/v1/models/m1" else status)
    assert all(model.recorded == b"" for model in chat.models.values())


def test_a_caller_who_hangs_up_while_the_body_is_read_leaves_nothing(chat):
    whole = request_bytes("POST", "/v1/completions", [JSON, *bearer(ALICE)], b'{"model":"m1"}')
    for count in range(len(whole) - 16, len(whole)):
        with chat.client() as client:
            client.send(whole[:count])
    chat.expect_nothing_left()
    assert chat.models["m1"].recorded == b""


def test_a_broken_chunk_while_the_body_is_read_is_400(chat):
    with chat.client() as client:
        client.send(
            request_bytes("POST", "/v1/completions", [JSON, *bearer(ALICE), ("Transfer-Encoding", "chunked")])
            + b"zz\r\n"
        )
        try:
            assert client.answer("POST").reason == "MalformedRequest"
        except Hangup as hangup:
            raise AssertionError("closed without saying why") from hangup


def test_a_streamed_completion_arrives_event_by_event(sidecars, models):
    def script(connection):
        connection.read_request()
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        for number in range(3):
            connection.send(b"9\r\ndata: %d\n\n\r\n" % number)
        connection.send(b"0\r\n\r\n")

    sidecar = sidecars(config(route(models(script), model="m1", protocol="OpenAI")))
    answer = sidecar.ask("POST", "/v1/chat/completions", [JSON], b'{"model":"m1","stream":true}')
    assert answer.body == b"data: 0\n\ndata: 1\n\ndata: 2\n\n"
