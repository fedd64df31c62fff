"""The admin port, the metrics and the access log: true, bounded, and nothing secret."""

import json
import re

import pytest

from harness.client import eventually
from harness.config import ADMIN_TOKEN, ALICE, BOB, api_keys, config, digest, key, key_set, path, route
from harness.model import nobody_listens
from harness.wire import request_bytes

ACCESS_KEYS = {
    "time",
    "request_id",
    "client",
    "tls",
    "method",
    "path",
    "host",
    "route",
    "version",
    "principal",
    "tenant",
    "status",
    "reason",
    "would_refuse",
    "error",
    "request_bytes",
    "response_bytes",
    "duration_ms",
    "upstream_ms",
    "upstream",
    "cost",
    "quota",
    "cache",
    "trace_id",
}


@pytest.mark.parametrize("target", ["/healthz", "/readyz", "/metrics"])
def test_health_readiness_and_metrics_are_open(gateway, target):
    assert gateway.admin(target).status == 200


@pytest.mark.parametrize("target", ["/state", "/config"])
@pytest.mark.parametrize(
    "token, status",
    [(None, 401), ("wrong", 401), (digest(ADMIN_TOKEN), 401), (ADMIN_TOKEN[:-1], 401), (ADMIN_TOKEN, 200)],
)
def test_state_and_config_want_the_token(gateway, target, token, status):
    assert gateway.admin(target, token).status == status


def test_without_a_digest_state_and_config_are_closed(sidecars, model):
    closed = config(route(model))
    del closed["adminTokenDigest"]
    sidecar = sidecars(json.dumps(closed))
    eventually(lambda: sidecar.admin("/readyz").status == 200)
    assert [sidecar.admin(t, token).status for t in ("/state", "/config") for token in (None, ADMIN_TOKEN, "")] == [
        401
    ] * 6


@pytest.mark.parametrize("target", ["/", "/nothing", "/metricsx", "/state/x"])
def test_other_targets_of_the_admin_port_are_404(gateway, target):
    assert gateway.admin(target, ADMIN_TOKEN).status == 404


def test_the_admin_port_only_reads(gateway):
    assert gateway.admin("/config", ADMIN_TOKEN, "POST").status in (404, 405)
    assert gateway.admin("/metrics", method="DELETE").status in (404, 405)


def test_the_admin_targets_are_not_on_the_data_port(sidecars, model):
    sidecar = sidecars(config(route(model, protocol="OpenInferenceV2")))
    for target in ("/metrics", "/healthz", "/readyz", "/state", "/config"):
        answer = sidecar.ask("GET", target, [("Authorization", f"Bearer {ADMIN_TOKEN}")])
        assert (answer.status, answer.reason) == (404, "RouteNotFound")


def test_the_config_is_shown_without_digests(sidecars, model):
    sidecar = sidecars(config(route(model, name="iris", auth=[api_keys(key_set(key("alice", ALICE)))])))
    answer = sidecar.admin("/config", ADMIN_TOKEN)
    text = answer.body.decode()
    assert json.loads(text)["routes"][0]["name"] == "iris"
    for secret in (ALICE, ADMIN_TOKEN):
        assert digest(secret) not in text and digest(secret)[:12] not in text
    assert digest(ALICE)[:8] in text


def test_garbage_on_the_admin_port_harms_nobody(gateway):
    from harness.client import Client

    for garbage in [b"\x00\xff" * 100, b"GET " + b"/" * 100000, b"GET / HTTP/1.1\r\n", b""]:
        with Client(gateway.admin_address) as client:
            try:
                client.send(garbage)
            except OSError:
                pass
    assert gateway.admin("/healthz").status == 200 and gateway.ask().status == 200


def test_a_silent_caller_does_not_block_the_admin_port(gateway):
    from harness.client import Client

    waiting = [Client(gateway.admin_address) for _ in range(20)]
    waiting[0].send(b"GET /metr")
    assert gateway.admin("/healthz").status == 200
    for client in waiting:
        client.close()


def test_metrics_count_requests_bytes_and_durations(sidecars, models):
    model = models(on_request=lambda connection, request: connection.answer(201, body=b"12345"))
    sidecar = sidecars(config(route(model, name="iris")))
    for _ in range(3):
        sidecar.ask("POST", body=b"0123456789")
    which = {"namespace": "test", "mlroute": "iris"}
    assert sidecar.metric("mlgateway_requests_total", **which, version="v1", code="201") == 3
    assert sidecar.metric("mlgateway_request_duration_seconds_count", **which, version="v1") == 3
    assert 0 < sidecar.metric("mlgateway_request_duration_seconds_sum", **which) < 5
    assert sidecar.metric("mlgateway_overhead_seconds_count") == 3
    assert sidecar.metric("mlgateway_request_bytes_total", **which) >= 30
    assert sidecar.metric("mlgateway_response_bytes_total", **which) >= 15
    assert sidecar.metric("mlgateway_requests_in_flight", **which) == 0
    assert sidecar.metric("mlgateway_connections_total") == 3
    assert sidecar.metric("mlgateway_build_info") == 1
    assert sidecar.metric("mlgateway_access_log_dropped_total") == 0
    assert sidecar.metric("process_resident_memory_bytes") > 1 << 20


def test_the_overhead_does_not_contain_the_models_time(sidecars, models):
    import time

    def slow(connection, request):
        time.sleep(0.3)
        return connection.answer(body=b"ok")

    sidecar = sidecars(config(route(models(on_request=slow))))
    sidecar.ask("POST", body=b"x")
    eventually(lambda: sidecar.metric("mlgateway_request_duration_seconds_sum") > 0.29)
    assert sidecar.metric("mlgateway_overhead_seconds_sum") < 0.15


def test_refusals_are_counted_by_route_and_reason(sidecars, model):
    sidecar = sidecars(
        config(
            route(model, name="iris", paths=[path("/p")], auth=[api_keys()]),
            route(nobody_listens(), name="gone", paths=[path("/gone")]),
        )
    )
    for target in ("/p", "/p", "/nowhere", "/gone"):
        sidecar.ask("GET", target)
    with sidecar.client() as client:
        client.send(b"nonsense\r\n\r\n")
        client.answer()
    sidecar.expect_metric(2, "mlgateway_refusals_total", mlroute="iris", reason="CredentialMissing")
    sidecar.expect_metric(1, "mlgateway_refusals_total", mlroute="", reason="RouteNotFound")
    sidecar.expect_metric(1, "mlgateway_refusals_total", mlroute="", reason="MalformedRequest")
    sidecar.expect_metric(1, "mlgateway_refusals_total", mlroute="gone", reason="UpstreamUnreachable")
    assert sidecar.metric("mlgateway_upstream_connects_total") >= 1


def test_what_callers_send_never_becomes_a_label(sidecars, models):
    model = models(on_request=lambda connection, request: connection.answer(int(request.target[-3:]), body=b"x"))
    sidecar = sidecars(config(route(model)))
    with sidecar.client() as client:
        for number in range(200, 300):
            client.ask("POST", f"/path{number}", [("X-A", "evil-label")], b"x", host=f"host{number}.test")
    text = sidecar.admin("/metrics").body.decode()
    assert "evil-label" not in text and "host250" not in text and "path250" not in text
    assert len(text) < 200_000


def test_metrics_are_in_the_text_format_with_help_and_type(gateway):
    gateway.ask()
    answer = gateway.admin("/metrics")
    assert answer.headers.get("content-type").startswith("text/plain")
    families = set(re.findall(r"^# TYPE (\w+) (?:counter|gauge|histogram)$", answer.body.decode(), re.M))
    assert {"mlgateway_requests_total", "mlgateway_connections", "mlgateway_overhead_seconds"} <= families
    assert all(value == value for _, _, value in gateway.samples())


def test_an_access_line_has_every_key_and_the_truth(sidecars, model):
    sidecar = sidecars(
        config(route(model, name="iris", auth=[api_keys(key_set(key("alice", ALICE), secret="gold", tenant="acme"))]))
    )
    sidecar.ask(
        "POST",
        "/predict?token=hidden",
        [("X-Api-Key", ALICE), ("X-Request-Id", "abc")],
        b"0123456789",
        host="Iris.Test",
    )
    line = sidecar.access_lines()[0]
    assert set(line) == ACCESS_KEYS
    assert (line["request_id"], line["client"], line["method"], line["path"]) == (
        "abc",
        "127.0.0.1",
        "POST",
        "/predict",
    )
    assert (line["route"], line["version"], line["status"], line["reason"], line["error"]) == (
        "test/iris",
        "v1",
        200,
        None,
        None,
    )
    assert line["host"].lower() == "iris.test" and line["principal"]["name"] == "alice" and line["tenant"] == "acme"
    assert line["request_bytes"] == 10 and line["response_bytes"] == 2
    assert line["duration_ms"] >= line["upstream_ms"] >= 0
    assert str(model.port) in line["upstream"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", line["time"])


def test_every_request_has_one_access_line_also_the_refused(sidecars, model):
    sidecar = sidecars(config(route(model, auth=[api_keys()])))
    with sidecar.client() as client:
        client.ask(headers=[("X-Api-Key", BOB)])
        client.ask()
        client.send(b"BROKEN\r\n\r\n")
        client.answer()
    lines = sidecar.access_lines(3)
    assert [(line["status"], line["reason"]) for line in lines] == [
        (200, None),
        (401, "CredentialMissing"),
        (400, "MalformedRequest"),
    ]
    assert len(lines) == 3


def test_hostile_bytes_do_not_break_an_access_line(gateway):
    gateway.ask("GET", "/a'b", [("X-Request-Id", 'q"uote\\'), ("User-Agent", 'x\xff"')], host="x.test")
    assert gateway.access_lines()[0]["request_id"] == 'q"uote\\'


def test_the_access_log_may_go_to_a_file_or_nowhere(sidecars, model, tmp_path):
    file = tmp_path / "requests.log"
    to_file = sidecars(config(route(model)), "--access-log", str(file))
    to_file.ask()
    eventually(lambda: file.exists() and file.read_text().endswith("\n"))
    assert json.loads(file.read_text())["status"] == 200
    nowhere = sidecars(config(route(model)), "--access-log", "off")
    nowhere.ask()
    nowhere.stop()
    assert (nowhere.folder / "access.log").read_text() == ""


def test_an_error_of_the_model_counts_as_an_error_of_its_version(sidecars, models):
    model = models(on_request=lambda connection, request: connection.answer(500))
    sidecar = sidecars(config(route(model)))
    sidecar.ask()
    sidecar.ask()
    assert sidecar.state()["routes"][0]["versions"] == [{"name": "v1", "requests": 2, "errors": 2, "inFlight": 0}]


def test_a_request_under_way_is_seen_in_flight(sidecars, models):
    model = models(lambda connection: connection.read_request() and connection.wait_for_end())
    sidecar = sidecars(config(route(model)))
    with sidecar.client() as client:
        client.send(request_bytes())
        eventually(lambda: sidecar.metric("mlgateway_requests_in_flight") == 1)
        assert sidecar.state()["routes"][0]["versions"][0]["inFlight"] == 1
    sidecar.expect_nothing_left()
