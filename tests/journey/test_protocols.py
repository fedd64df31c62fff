"""KServe V1, MLflow and TorchServe: what each protocol predicts by is served, and nothing that manages the server."""

import json

import pytest

from harness.config import api_keys, by, callers, config, cost, override, per, route, version
from harness.model import echo
from harness.predict import JSON

ASKS = {
    "KServeV1": ("/v1/models/m:predict", b'{"instances": [1]}'),
    "MLflow": ("/invocations", b'{"inputs": [1]}'),
    "TorchServe": ("/predictions/m", b"[1]"),
}


def start(sidecars, model, protocol, **more):
    its = {} if protocol == "MLflow" else {"model": "m"}
    return sidecars(config(route(model, protocol=protocol, **its, **more)))


SERVED = {
    "KServeV1": [
        ("POST", "/v1/models/m:predict"),
        ("POST", "/v1/models/m:explain"),
        ("POST", "/v1/models/m:predict?trace=1"),
        ("GET", "/v1/models/m"),
        ("HEAD", "/v1/models/m"),
        ("GET", "/v1/models/m/metadata"),
    ],
    "MLflow": [("POST", "/invocations"), ("GET", "/ping"), ("GET", "/health"), ("GET", "/version"), ("HEAD", "/ping")],
    "TorchServe": [("POST", "/predictions/m"), ("POST", "/explanations/m"), ("GET", "/ping")],
}


@pytest.mark.parametrize("protocol, method, target", [(p, *each) for p, all_ in SERVED.items() for each in all_])
def test_what_the_protocol_has_is_served_under_the_path_it_came_by(sidecars, model, protocol, method, target):
    sidecar = start(sidecars, model, protocol)
    body = ASKS[protocol][1] if method == "POST" else None
    answer = sidecar.ask(method, target, [JSON] if body else [], body)
    assert answer.status == 200 and answer.chosen == "v1"
    assert (model.last.method, model.last.target, model.last.body) == (method, target, body or b"")


NOT_THERE = {
    "KServeV1": [
        ("POST", "/v1/models/x:predict"),
        ("GET", "/v1/models/x"),
        ("GET", "/v1/models"),
        ("POST", "/v1/models"),
        ("POST", "/v1/models/m:other"),
        ("POST", "/v1/models/x:other"),
        ("POST", "/v1/models/m:"),
        ("POST", "/v1/models/m:predict:predict"),
        ("POST", "/v1/models/m:Predict"),
        ("POST", "/v1/models/:predict"),
        ("POST", "/v1/models/m/predict"),
        ("POST", "/v1/models/m:predict/more"),
        ("POST", "/v1/models/m:classify"),
        ("POST", "/v1/models/m/versions/v1/versions/v1:predict"),
        ("GET", "/v1/models/m/metadata/more"),
        ("POST", "/v2/models/m/infer"),
        ("POST", "/v2/repository/models/m/load"),
        ("GET", "/metrics"),
        ("GET", "/"),
    ],
    "MLflow": [
        ("POST", "/invocations/more"),
        ("POST", "/Invocations"),
        ("POST", "/api/2.0/mlflow/runs/create"),
        ("GET", "/ajax-api/2.0/mlflow/experiments/search"),
        ("POST", "/predict"),
        ("GET", "/metrics"),
        ("GET", "/"),
        ("GET", "/version/more"),
    ],
    "TorchServe": [
        ("GET", "/models"),
        ("POST", "/models?url=http://evil/x.mar"),
        ("GET", "/models/m"),
        ("DELETE", "/models/m"),
        ("PUT", "/models/m/1.0/set-default"),
        ("POST", "/predictions/x"),
        ("POST", "/predictions"),
        ("POST", "/predictions/m/v1/more"),
        ("POST", "/explanations/x"),
        ("GET", "/api-description"),
        ("GET", "/metrics"),
        ("POST", "/v1/models/m:predict"),
        ("GET", "/"),
    ],
}


@pytest.mark.parametrize("protocol, method, target", [(p, *each) for p, all_ in NOT_THERE.items() for each in all_])
def test_everything_else_is_404_and_never_reaches_the_model(sidecars, model, protocol, method, target):
    answer = start(sidecars, model, protocol).ask(method, target, [JSON], b"{}" if method != "GET" else None)
    assert answer.status == 404, answer.reason
    assert model.connections == []


WRONG_METHODS = {
    "KServeV1": [
        ("GET", "/v1/models/m:predict", {"POST"}),
        ("PUT", "/v1/models/m:explain", {"POST"}),
        ("DELETE", "/v1/models/m", {"GET", "HEAD"}),
        ("POST", "/v1/models/m/metadata", {"GET", "HEAD"}),
    ],
    "MLflow": [
        ("GET", "/invocations", {"POST"}),
        ("POST", "/ping", {"GET", "HEAD"}),
        ("PUT", "/version", {"GET", "HEAD"}),
    ],
    "TorchServe": [
        ("GET", "/predictions/m", {"POST"}),
        ("PUT", "/predictions/m", {"POST"}),
        ("POST", "/ping", {"GET", "HEAD"}),
    ],
}


@pytest.mark.parametrize(
    "protocol, method, target, allowed", [(p, *each) for p, all_ in WRONG_METHODS.items() for each in all_]
)
def test_another_method_is_405_with_those_that_are_allowed(sidecars, model, protocol, method, target, allowed):
    answer = start(sidecars, model, protocol).ask(method, target, [JSON], b"{}" if method != "GET" else None)
    assert answer.status == 405 and {m.strip() for m in answer.headers.get("allow").split(",")} == allowed
    assert model.connections == []


@pytest.mark.parametrize(
    "target",
    [
        "/v1/models//m:predict",
        "/v1/models/x/../m:predict",
        "/v1/models/m%2F:predict",
        "/v1/./models/m:predict",
    ],
)
def test_a_path_that_can_be_read_in_two_ways_reaches_no_model(sidecars, model, target):
    answer = start(sidecars, model, "KServeV1").ask("POST", target, [JSON], b'{"instances": [1]}')
    assert answer.status in (400, 404) and model.connections == []


# Versions.


@pytest.fixture
def two(sidecars, models):
    """Two versions, of which only the first is chosen by itself."""

    def start_(protocol, **more):
        one, other = models(name="v1"), models(name="v2")
        its = {} if protocol == "MLflow" else {"model": "m"}
        versions = [version("v1", one, 100), version("v2", other, 0)]
        sidecar = sidecars(config(route(*versions, protocol=protocol, **its, **more)))
        sidecar.one, sidecar.other = one, other
        return sidecar

    return start_


VERSIONED = [
    ("KServeV1", "POST", "/v1/models/m/versions/v2:predict", "/v1/models/m:predict"),
    ("KServeV1", "POST", "/v1/models/m/versions/v2:explain?a=b", "/v1/models/m:explain?a=b"),
    ("KServeV1", "GET", "/v1/models/m/versions/v2", "/v1/models/m"),
    ("KServeV1", "GET", "/v1/models/m/versions/v2/metadata", "/v1/models/m/metadata"),
    ("TorchServe", "POST", "/predictions/m/v2", "/predictions/m"),
    ("TorchServe", "POST", "/explanations/m/v2", "/explanations/m"),
]


@pytest.mark.parametrize("protocol, method, target, onward", VERSIONED)
def test_a_version_in_the_path_is_chosen_and_the_model_is_asked_without_it(two, protocol, method, target, onward):
    """The versions of a route are ours; the server behind each knows nothing of them."""
    sidecar = two(protocol)
    body = ASKS[protocol][1] if method == "POST" else None
    answer = sidecar.ask(method, target, [JSON] if body else [], body)
    assert (answer.status, answer.chosen) == (200, "v2")
    assert sidecar.other.last.target == onward and sidecar.one.connections == []


@pytest.mark.parametrize(
    "protocol, target",
    [
        ("KServeV1", "/v1/models/m/versions/v9:predict"),
        ("KServeV1", "/v1/models/m/versions/V1:predict"),
        ("KServeV1", "/v1/models/m/versions/1:predict"),
        ("TorchServe", "/predictions/m/v9"),
        ("TorchServe", "/predictions/m/1.0"),
    ],
)
def test_a_version_that_the_route_does_not_have_is_404(two, protocol, target):
    sidecar = two(protocol)
    answer = sidecar.ask("POST", target, [JSON], ASKS[protocol][1])
    assert (answer.status, answer.reason) == (404, "VersionNotFound")
    assert sidecar.one.connections == sidecar.other.connections == []


@pytest.mark.parametrize("protocol", ASKS)
def test_an_override_by_header_chooses_in_every_protocol(two, protocol):
    sidecar = two(protocol, split={"overrides": [override("v2", x_version="v2")]})
    target, body = ASKS[protocol]
    assert sidecar.ask("POST", target, [JSON], body).chosen == "v1"
    assert sidecar.ask("POST", target, [JSON, ("X-Version", "v2")], body).chosen == "v2"


@pytest.mark.parametrize(
    "protocol, target", [("KServeV1", "/v1/models/m/versions/v2:predict"), ("TorchServe", "/predictions/m/v2")]
)
def test_who_may_not_override_may_not_do_so_in_the_path(two, protocol, target):
    keys = api_keys(
        callers("ann", secret="testers", labels={"role": "tester"}), callers("ben", secret="others", labels={})
    )
    sidecar = two(protocol, auth=[keys], split={"overrideLabels": {"role": "tester"}})
    body = ASKS[protocol][1]
    assert sidecar.ask("POST", target, [JSON, *by("ann")], body).chosen == "v2"
    answer = sidecar.ask("POST", target, [JSON, *by("ben")], body)
    assert (answer.status, answer.reason) == (403, "OverrideNotAllowed")


# Names.


@pytest.mark.parametrize("name", ["versions", "m.1", "a-b_c", "predict", "metadata"])
def test_a_models_name_may_look_like_a_part_of_the_path(sidecars, model, name):
    sidecar = sidecars(config(route(model, protocol="KServeV1", model=name)))
    for method, target in [
        ("POST", f"/v1/models/{name}:predict"),
        ("GET", f"/v1/models/{name}"),
        ("GET", f"/v1/models/{name}/metadata"),
        ("POST", f"/v1/models/{name}/versions/v1:predict"),
    ]:
        body = b'{"instances": [1]}' if method == "POST" else None
        assert sidecar.ask(method, target, [JSON], body).status == 200, target
    assert model.last.target == f"/v1/models/{name}:predict"


def test_a_models_name_may_have_a_colon_of_its_own(sidecars, model):
    """What stands before the last colon is the name."""
    sidecar = sidecars(config(route(model, protocol="KServeV1", model="m:q4")))
    assert sidecar.ask("POST", "/v1/models/m:q4:predict", [JSON], b'{"instances": [1]}').status == 200


def test_several_models_of_one_protocol_live_on_one_host(sidecars, models):
    one, two = models(), models()
    sidecar = sidecars(
        config(
            route(one, name="a", model="a", protocol="KServeV1"), route(two, name="b", model="b", protocol="KServeV1")
        )
    )
    for name in ("a", "b", "a"):
        assert sidecar.ask("POST", f"/v1/models/{name}:predict", [JSON], b'{"instances": [1]}').status == 200
    assert (len(one.requests), len(two.requests)) == (2, 1)


def test_several_protocols_live_on_one_host(sidecars, models):
    served = {protocol: models(name=protocol) for protocol in ASKS}
    sidecar = sidecars(
        config(
            *[
                route(served[protocol], name=protocol.lower(), protocol=protocol, model="m")
                for protocol in ASKS
                if protocol != "MLflow"
            ],
            route(served["MLflow"], name="mlflow", protocol="MLflow"),
        )
    )
    for protocol, (target, body) in ASKS.items():
        assert sidecar.ask("POST", target, [JSON], body).status == 200
        assert len(served[protocol].requests) == 1, protocol


def test_the_server_that_is_asked_for_its_health_is_that_of_the_hosts_first_route(sidecars, models):
    one, two = models(), models()
    sidecar = sidecars(
        config(
            route(one, name="a", model="a", protocol="TorchServe"),
            route(two, name="b", model="b", protocol="TorchServe"),
            route(one, name="c", model="c", protocol="TorchServe", hostnames=["alone.test"]),
        )
    )
    assert sidecar.ask("GET", "/ping").status == 200
    assert sidecar.ask("GET", "/ping", host="alone.test").status == 200
    assert len(one.requests) == 2 and two.connections == []


def test_credentials_decide_before_anything_of_the_body_is_read(sidecars, model):
    sidecar = start(sidecars, model, "MLflow", auth=[api_keys(callers("ann"))])
    assert sidecar.ask("POST", "/invocations", [JSON], b"not even JSON").status == 401
    assert sidecar.ask("GET", "/ping").status == 401
    assert sidecar.ask("POST", "/invocations", [JSON, *by("ann")], b'{"inputs": [1]}').status == 200


# Errors in each protocol's own words.


def error_of(answer):
    assert answer.headers.get("content-type") == "application/json"
    return json.loads(answer.body)


def test_errors_are_told_as_each_protocol_tells_them(sidecars, models):
    sidecar = start(sidecars, models(), "KServeV1", auth=[api_keys(callers("ann"))])
    answer = sidecar.ask("POST", "/v1/models/m:predict", [JSON], b"{}")
    assert answer.status == 401 and isinstance(error_of(answer)["error"], str)
    sidecar = start(sidecars, models(), "MLflow", auth=[api_keys(callers("ann"))])
    error = error_of(sidecar.ask("POST", "/invocations", [JSON], b"{}"))
    assert isinstance(error["error_code"], str) and isinstance(error["message"], str)
    sidecar = start(sidecars, models(), "TorchServe", auth=[api_keys(callers("ann"))])
    error = error_of(sidecar.ask("POST", "/predictions/m", [JSON], b"{}"))
    assert (error["code"], bool(error["type"]), bool(error["message"])) == (401, True, True)


# Bodies.


def test_bodies_that_no_step_reads_are_relayed_as_they_are(sidecars, models):
    """Without a price or a cache nobody looks into them: pictures, multipart, compressed, or not even JSON."""
    model = models(on_request=echo)
    sidecar = start(sidecars, model, "TorchServe")
    for fields, body in [
        ([("Content-Type", "image/png")], bytes(range(256))),
        ([("Content-Type", "multipart/form-data; boundary=x")], b"--x\r\n\r\n1\r\n--x--"),
        ([JSON, ("Content-Encoding", "gzip")], b"\x1f\x8b"),
        ([JSON], b"{"),
        ([], b""),
    ]:
        assert sidecar.ask("POST", "/predictions/m", fields, body).body == body


@pytest.mark.parametrize(
    "body",
    [
        b'{"dataframe_split": {"columns": ["a"], "data": [[1]]}}',
        b'{"dataframe_records": [{"a": 1}]}',
        b'{"instances": [[1]]}',
        b'{"inputs": {"a": [1]}, "params": {"t": 0.5}}',
        b'{"messages": [{"role": "user", "content": "hi"}]}',
    ],
)
@pytest.mark.parametrize("price", [None, "rows"])
def test_every_form_of_mlflow_reaches_the_model_byte_for_byte(sidecars, model, body, price):
    sidecar = start(sidecars, model, "MLflow", cost=cost(per("Rows")) if price else None)
    assert sidecar.ask("POST", "/invocations", [JSON], body).status == 200
    assert model.last.body == body


def test_two_mlflow_routes_of_one_host_are_refused_or_one_is_served(sidecars, models):
    """Nothing in a request tells them apart; the operator accepts only one, so a configuration with two is none."""
    one, two = models(), models()
    good = config(route(one, protocol="MLflow"))
    sidecar = sidecars(good)
    both = config(route(one, name="a", protocol="MLflow"), route(two, name="b", protocol="MLflow"))
    sidecar.write(sidecar.config_folder, json.dumps(both))
    for _ in range(10):
        assert sidecar.ask("POST", "/invocations", [JSON], b'{"inputs": [1]}').status == 200
    assert two.connections == []
