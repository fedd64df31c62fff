"""What a request and an answer carry when they leave the gateway, and what they must not."""

import base64
import json
import re

import pytest

from harness.config import ALICE, BOB, api_keys, config, key, key_set, route
from harness.wire import answer_bytes, request_bytes

HOP_BY_HOP = [
    ("Keep-Alive", "timeout=5"),
    ("Proxy-Connection", "keep-alive"),
    ("TE", "trailers, deflate"),
    ("Upgrade", "websocket"),
    ("Trailer", "X-Sum"),
    ("Proxy-Authenticate", "Basic"),
    ("X-Named", "1"),
]


def test_hop_by_hop_fields_and_those_that_connection_names_do_not_reach_the_model(gateway, model):
    answer = gateway.ask(headers=[*HOP_BY_HOP, ("Connection", "keep-alive, X-Named, upgrade"), ("X-Stays", "1")])
    assert answer.status == 200
    seen = model.last.headers
    assert not seen.names() & {"keep-alive", "proxy-connection", "upgrade", "x-named", "proxy-authenticate"}
    assert "x-named" not in seen.get("connection", "") and "deflate" not in seen.get("te", "")
    assert seen.get("x-stays") == "1"


def test_hop_by_hop_fields_and_those_that_connection_names_do_not_reach_the_caller(sidecars, models):
    fields = [
        ("Connection", "X-Named"),
        ("X-Named", "1"),
        ("Keep-Alive", "timeout=5"),
        ("Proxy-Connection", "x"),
        ("X-Stays", "1"),
    ]
    model = models(on_request=lambda connection, request: connection.send(answer_bytes(headers=fields, body=b"ok")))
    answer = sidecars(config(route(model))).ask()
    assert not answer.headers.names() & {"x-named", "keep-alive", "proxy-connection"}
    assert "x-named" not in answer.headers.get("connection", "").lower()
    assert answer.headers.get("x-stays") == "1"


@pytest.mark.parametrize(
    "name", ["content-length", "Host", "transfer-encoding", "x-request-id", "x-forwarded-for", "via"]
)
def test_connection_cannot_name_away_what_the_gateway_itself_says(gateway, model, name):
    with gateway.client() as client:
        client.send(
            request_bytes("POST", headers=[("Connection", name)], body=b"GET /evil HTTP/1.1\r\nHost: x\r\n\r\n")
        )
        answer = client.answer("POST")
        if answer.status == 400:
            assert model.recorded == b""
            return
        assert client.ask("GET", "/next").status == 200
    first = model.requests[0]
    assert first.body == b"GET /evil HTTP/1.1\r\nHost: x\r\n\r\n"
    assert {"host", "x-request-id", "x-forwarded-for", "via"} <= first.headers.names()
    assert [r.target for r in model.requests] == ["/", "/next"]


def test_the_model_is_asked_by_its_own_name(gateway, model):
    gateway.ask(host="iris.example.com")
    assert model.last.headers.get("host") == f"127.0.0.1:{model.port}"


def test_forwarded_fields_are_the_gateways_own(gateway, model):
    spoofed = [
        ("X-Forwarded-For", "6.6.6.6"),
        ("x-forwarded-proto", "https"),
        ("X-Forwarded-Host", "evil.example"),
        ("Forwarded", "for=6.6.6.6;host=evil.example"),
    ]
    gateway.ask(headers=spoofed, host="iris.example.com:8080")
    seen = model.last.headers
    assert seen.get("x-forwarded-for") == "127.0.0.1"
    assert seen.get("x-forwarded-proto") == "http"
    assert seen.get("x-forwarded-host") == "iris.example.com:8080"
    assert b"6.6.6.6" not in model.recorded and b"evil.example" not in model.recorded


def test_the_gateway_adds_itself_to_via_on_both_ways(sidecars, models):
    model = models(on_request=lambda connection, request: connection.answer(headers=[("Via", "1.1 inner")]))
    answer = sidecars(config(route(model))).ask(headers=[("Via", "1.0 outer")])
    assert re.split(r",\s*", ", ".join(model.last.headers.all("via"))) == ["1.0 outer", "1.1 mlgateway"]
    assert re.split(r",\s*", ", ".join(answer.headers.all("via"))) == ["1.1 inner", "1.1 mlgateway"]


@pytest.mark.parametrize("given", ["abc-123", "x", "a" * 128, "!~{}"])
def test_the_callers_request_id_goes_to_the_model_and_back(gateway, model, given):
    answer = gateway.ask(headers=[("X-Request-Id", given)])
    assert model.last.headers.get("x-request-id") == given == answer.headers.get("x-request-id")


@pytest.mark.parametrize("given", [None, "", "a" * 129, "a b", "caf\xe9"])
def test_a_request_without_a_usable_id_gets_one(gateway, model, given):
    answer = gateway.ask(headers=[("X-Request-Id", given)] if given is not None else [])
    made = answer.headers.get("x-request-id")
    assert re.fullmatch(r"[0-9a-f]{32}", made) and model.last.headers.get("x-request-id") == made


def test_made_request_ids_are_never_the_same(gateway):
    with gateway.client() as client:
        made = [client.ask().headers.get("x-request-id") for _ in range(200)]
    assert len(set(made)) == 200


def test_a_refusal_carries_the_request_id_in_field_and_body(sidecars, model):
    sidecar = sidecars(config(route(model, auth=[api_keys()])))
    answer = sidecar.ask(headers=[("X-Request-Id", "abc-123")])
    assert (answer.status, answer.headers.get("x-request-id")) == (401, "abc-123")
    assert json.loads(answer.body)["requestId"] == "abc-123"


def test_the_models_request_id_does_not_hide_the_callers(sidecars, models):
    model = models(on_request=lambda connection, request: connection.answer(headers=[("X-Request-Id", "other")]))
    assert sidecars(config(route(model))).ask(headers=[("X-Request-Id", "mine")]).headers.get("x-request-id") == "mine"


def test_trace_context_passes_untouched(gateway, model):
    parent, state = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"
    gateway.ask(headers=[("traceparent", parent), ("tracestate", state)])
    assert (model.last.headers.get("traceparent"), model.last.headers.get("tracestate")) == (parent, state)
    assert gateway.access_lines()[0]["trace_id"] == "4bf92f3577b34da6a3ce929d0e0e4736"


def test_the_gateways_own_fields_cannot_be_forged_by_a_caller(gateway, model):
    gateway.ask(
        headers=[
            ("X-Mlgateway-Version", "v9"),
            ("x-mlgateway-principal", "root"),
            ("X-MLGATEWAY-A", "x"),
            ("X-Mlgatewayish", "1"),
        ]
    )
    seen = model.last.headers
    assert not [n for n in seen.names() if n.startswith("x-mlgateway-")]
    assert seen.get("x-mlgatewayish") == "1"


def test_the_gateways_own_fields_cannot_be_forged_by_a_model(sidecars, models):
    forged = [("X-Mlgateway-Version", "v9"), ("X-Mlgateway-Reason", "Internal")]
    model = models(on_request=lambda connection, request: connection.answer(headers=forged))
    answer = sidecars(config(route(model))).ask()
    assert answer.headers.all("x-mlgateway-version") == ["v1"] and answer.reason is None


def test_other_fields_reach_the_model_as_they_were_sent(gateway, model):
    fields = [
        ("Accept", "a/b"),
        ("X-Twice", "1"),
        ("Cookie", "a=b"),
        ("X-Twice", "2"),
        ("X-Empty", ""),
        ("X-Latin", "caf\xe9"),
        ("Content-Type", "application/json; charset=utf-8"),
        ("User-Agent", "test/1.0"),
        ("Range", "bytes=0-1"),
    ]
    gateway.ask("POST", headers=fields, body=b"x")
    seen = model.last.headers
    assert seen.all("x-twice") == ["1", "2"]
    for name, value in fields:
        assert value in seen.all(name.lower())


def test_an_answer_has_a_date_even_where_the_model_gave_none(gateway, sidecars, model):
    stamp = r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT"
    refused = sidecars(config(route(model, auth=[api_keys()]))).ask()
    for answer in [gateway.ask(), refused]:
        assert re.fullmatch(stamp, answer.headers.get("date"))


SECRET = "never-to-be-seen-0001"
BASIC = base64.b64encode(f"alice:{SECRET}".encode()).decode()
PLACES = {
    "bearer": [("Authorization", f"Bearer {SECRET}")],
    "in capitals": [("AUTHORIZATION", f"bearer {SECRET}")],
    "x-api-key": [("X-Api-Key", SECRET)],
    "a field of the route": [("X-Model-Key", f"Token {SECRET}")],
    "proxy-authorization": [("X-Api-Key", SECRET), ("Proxy-Authorization", f"Basic {BASIC}")],
}


@pytest.mark.parametrize("place", PLACES)
def test_a_credential_never_reaches_the_model(sidecars, model, place):
    fields = [
        {"name": "authorization", "scheme": "Bearer"},
        {"name": "x-api-key", "scheme": ""},
        {"name": "x-model-key", "scheme": "Token"},
    ]
    sidecar = sidecars(config(route(model, auth=[api_keys(key_set(key("alice", SECRET)), headers=fields)])))
    assert sidecar.ask("POST", headers=PLACES[place], body=b"x").status == 200
    recorded = model.recorded.lower()
    assert SECRET.encode() not in recorded and BASIC.lower().encode() not in recorded
    assert b"authorization" not in recorded and b"x-api-key" not in recorded


@pytest.mark.parametrize("name", ["Authorization", "X-Api-Key", "Proxy-Authorization", "X-Model-Key"])
def test_a_credential_in_a_trailer_never_reaches_the_model(sidecars, model, name):
    fields = [{"name": "authorization", "scheme": "Bearer"}, {"name": "x-model-key", "scheme": ""}]
    sidecar = sidecars(config(route(model, auth=[api_keys(headers=fields)])))
    sidecar.ask("POST", headers=[("Authorization", f"Bearer {ALICE}")], chunks=[b"x"], trailers=[(name, SECRET)])
    assert SECRET.encode() not in model.recorded


def test_a_credential_on_an_open_route_never_reaches_the_model(gateway, model):
    assert (
        gateway.ask(headers=[("Authorization", f"Basic {BASIC}"), ("Proxy-Authorization", f"Basic {BASIC}")]).status
        == 200
    )
    assert BASIC.encode() not in model.recorded


def test_no_secret_is_ever_written_to_access_log_log_or_metrics(sidecars, model):
    sidecar = sidecars(config(route(model, auth=[api_keys()])), "--log-level", "debug")
    for secret in (ALICE, BOB, SECRET):
        sidecar.ask("GET", f"/?key={SECRET}", [("Authorization", f"Bearer {secret}")])
    sidecar.access_lines(3)
    everything = (
        (sidecar.folder / "access.log").read_text() + "\n".join(sidecar.log) + sidecar.admin("/metrics").body.decode()
    )
    assert not [s for s in (ALICE, BOB, SECRET) if s in everything]


def test_without_enrichment_an_answer_does_not_tell_its_version(sidecars, model):
    assert sidecars(config(route(model, enrichment=False))).ask().chosen is None
