"""What a request costs is counted from its data, never believed, to the millionth; and it is told in four places."""

import json
import struct

import pytest

from harness.config import (
    api_keys,
    budget,
    by,
    callers,
    config,
    cost,
    override,
    path,
    per,
    pointer,
    quota,
    route,
    version,
)
from harness.predict import INFER, JSON, tensor, v2
from harness.usage import expect_settled, granted, remaining
from harness.wire import request_bytes

CSV = ("Content-Type", "text/csv")


def start(sidecars, model, price, protocol="OpenInferenceV2", **more):
    its = {} if protocol in ("Generic", "MLflow") else {"model": "m"}
    return sidecars(
        config(
            route(model, protocol=protocol, cost=price, quotas=["plan"], **its, **more),
            quotas=[quota(budget("1000000", unit="Cost"))],
        )
    )


def told(sidecar, target, body, fields=(JSON,), **more):
    """The cost of one request, as its answer tells it."""
    answer = sidecar.ask("POST", target, fields, body, **more)
    assert answer.status == 200, (answer.status, answer.body)
    return answer.headers.get("x-mlgateway-cost")


# Quantities of each protocol.


def infer(*inputs):
    return json.dumps({"inputs": list(inputs)}).encode()


V2 = {
    "a vector": (v2(1, 2, 3), 3, 3),
    "one": (v2(7), 1, 1),
    "a matrix, nested": (infer(tensor([[1, 2, 3], [4, 5, 6]], shape=[2, 3])), 2, 6),
    "a matrix, flat": (infer(tensor([1, 2, 3, 4, 5, 6], shape=[2, 3])), 2, 6),
    "three dimensions": (infer(tensor([[[1], [2]], [[3], [4]]], shape=[2, 2, 1])), 2, 4),
    "two inputs": (infer(tensor([1, 2], name="a"), tensor([[1, 2]] * 2, name="b", shape=[2, 2])), 2, 6),
    "the larger of two": (infer(tensor([1] * 5, name="a"), tensor([1], name="b")), 5, 6),
    "texts": (infer(tensor(["a", 'b"],[', "\\u0041"], datatype="BYTES")), 3, 3),
    "truths": (infer(tensor([True, False], datatype="BOOL")), 2, 2),
    "fractions": (infer(tensor([0.5, 1e-3, -2.0], datatype="FP32")), 3, 3),
    "none at all": (infer(tensor([], shape=[0])), 0, 0),
    "a shape that ends in none": (infer(tensor([], shape=[3, 0])), 0, 0),
    "what is only a parameter": (
        json.dumps({"parameters": {"rows": 9, "data": [1] * 50}, "inputs": [tensor([1, 2])]}).encode(),
        2,
        2,
    ),
    "members in another order": (
        b'{"outputs":[],"inputs":[{"data":[1,2],"datatype":"INT64","shape":[2],"name":"x"}]}',
        2,
        2,
    ),
}

V1 = {
    "instances": (b'{"instances": [[1, 2], [3, 4], [5, 6]]}', 3, 6),
    "instances of objects": (b'{"instances": [{"a": 1, "b": [1, 2]}, {"a": 2, "b": [3, 4]}]}', 2, 6),
    "numbers": (b'{"signature_name": "s", "instances": [1, 2, 3]}', 3, 3),
    "a binary value is one": (b'{"instances": [{"b64": "aGVsbG8="}, {"b64": "aGk="}]}', 2, 2),
    "columns": (b'{"inputs": {"a": [1, 2], "b": [[3, 4], [5, 6]]}}', 2, 6),
    "one column": (b'{"inputs": [[1, 2], [3, 4]]}', 2, 4),
    "none": (b'{"instances": []}', 0, 0),
}

MLFLOW = {
    "dataframe_split": (b'{"dataframe_split": {"columns": ["a", "b"], "data": [[1, 2], [3, 4], [5, 6]]}}', 3, 6),
    "dataframe_records": (b'{"dataframe_records": [{"a": 1, "b": 2}, {"a": 3, "b": 4}]}', 2, 4),
    "instances": (b'{"instances": [[1, 2, 3], [4, 5, 6]]}', 2, 6),
    "inputs, an array": (b'{"inputs": [1, 2, 3, 4]}', 4, 4),
    "inputs, an object": (b'{"inputs": {"a": [1, 2, 3], "b": [4, 5, 6]}}', 3, 6),
    "params are not data": (b'{"inputs": [1], "params": {"p": [1, 2, 3]}}', 1, 1),
}

TORCHSERVE = {
    "an array": (b"[[1, 2], [3, 4]]", 2, 4),
    "instances": (b'{"instances": [1, 2, 3]}', 3, 3),
    "an object": (b'{"data": [1, 2, 3]}', 1, 3),
}

OPENAI = {
    "a chat": ("/v1/chat/completions", {"messages": [{"role": "user", "content": "hi"}] * 3}, 1, 3),
    "a chat with choices": ("/v1/chat/completions", {"messages": [{"role": "user", "content": "hi"}], "n": 4}, 4, 1),
    "a prompt": ("/v1/completions", {"prompt": "hello"}, 1, 1),
    "prompts": ("/v1/completions", {"prompt": ["a", "b", "c"]}, 3, 3),
    "a prompt of tokens": ("/v1/completions", {"prompt": [1, 2, 3, 4]}, 1, 4),
    "the best of some": ("/v1/completions", {"prompt": ["a", "b"], "n": 2, "best_of": 5}, 10, 2),
    "an embedding": ("/v1/embeddings", {"input": "a"}, 1, 1),
    "embeddings": ("/v1/embeddings", {"input": ["a", "b", "c", "d"]}, 4, 4),
    "embeddings of tokens": ("/v1/embeddings", {"input": [[1, 2, 3], [4, 5]]}, 2, 5),
}

COUNTED = [(("OpenInferenceV2", INFER), name, *case) for name, case in V2.items()]
COUNTED += [(("KServeV1", "/v1/models/m:predict"), name, *case) for name, case in V1.items()]
COUNTED += [(("MLflow", "/invocations"), name, *case) for name, case in MLFLOW.items()]
COUNTED += [(("TorchServe", "/predictions/m"), name, *case) for name, case in TORCHSERVE.items()]
COUNTED += [
    (("OpenAI", target), name, json.dumps({"model": "m"} | body).encode(), rows, elements)
    for name, (target, body, rows, elements) in OPENAI.items()
]


@pytest.fixture
def counting(sidecars, models):
    """A route of that protocol that charges 1 a row and 0.001 an element, so that both can be read."""

    def start_(protocol):
        return start(sidecars, models(), cost(per("Rows"), per("Elements", "0.001")), protocol)

    return start_


def as_text(rows, elements):
    text = f"{rows + elements / 1000:.3f}".rstrip("0")
    return text.rstrip(".")


@pytest.mark.parametrize("where, name, body, rows, elements", COUNTED, ids=[f"{c[0][0]} {c[1]}" for c in COUNTED])
def test_rows_and_elements_are_counted_from_the_data(counting, where, name, body, rows, elements):
    protocol, target = where
    sidecar = counting(protocol)
    assert told(sidecar, target, body) == as_text(rows, elements)
    assert told(sidecar, target, None, chunks=[body[:7], body[7:]]) == as_text(rows, elements)
    white = json.dumps(json.loads(body), indent=3).encode()
    assert told(sidecar, target, white) == as_text(rows, elements)


TABLES = {
    "header and rows": (b"a,b\n1,2\n3,4\n", 2, 4),
    "no line feed at the end": (b"a,b\n1,2\n3,4", 2, 4),
    "carriage returns": (b"a,b\r\n1,2\r\n3,4\r\n", 2, 4),
    "an empty line": (b"a,b\n1,2\n\n3,4\n\n", 2, 4),
    "quoted": (b'a,b\n"1,1","x ""y""\nz"\n3,4\n', 2, 4),
    "one column": (b"a\n1\n2\n3\n", 3, 3),
    "a header alone": (b"a,b\n", 0, 0),
}


@pytest.mark.parametrize("name", TABLES)
def test_rows_and_fields_of_csv_are_counted(counting, name):
    body, rows, elements = TABLES[name]
    sidecar = counting("MLflow")
    assert told(sidecar, "/invocations", body, [CSV]) == as_text(rows, elements)
    assert told(sidecar, "/invocations", body, [("Content-Type", "text/csv; charset=utf-8")]) == as_text(rows, elements)


def test_what_torchserve_gets_without_json_is_one(counting):
    sidecar = counting("TorchServe")
    picture = bytes(range(256)) * 10
    for kind in ("application/octet-stream", "image/png"):
        assert told(sidecar, "/predictions/m", picture, [("Content-Type", kind)]) == "1.001"


def binary(head, *tensors):
    """A request of the binary tensor data extension: (fields, body)."""
    text = json.dumps(head).encode()
    fields = [("Content-Type", "application/octet-stream"), ("Inference-Header-Content-Length", str(len(text)))]
    return fields, text + b"".join(tensors)


def raw(name, datatype, shape, data):
    return {"name": name, "datatype": datatype, "shape": shape, "parameters": {"binary_data_size": len(data)}}, data


def text_elements(*texts):
    return b"".join(struct.pack("<I", len(text)) + text for text in texts)


BINARY = {
    "one": ([raw("x", "FP32", [2, 3], struct.pack("<6f", *range(6)))], 2, 6),
    "two": ([raw("x", "INT64", [3], struct.pack("<3q", 1, 2, 3)), raw("y", "UINT8", [3, 2], bytes(6))], 3, 9),
    "truths": ([raw("x", "BOOL", [4], bytes([1, 0, 1, 1]))], 4, 4),
    "halves": ([raw("x", "FP16", [1, 8], bytes(16))], 1, 8),
    "brain floats": ([raw("x", "BF16", [2], bytes(4))], 2, 2),
    "texts": ([raw("x", "BYTES", [2], text_elements(b"", b'"],}'))], 2, 2),
}


@pytest.mark.parametrize("name", BINARY)
def test_binary_tensors_are_counted(counting, name):
    tensors, rows, elements = BINARY[name]
    fields, body = binary({"inputs": [head for head, _ in tensors]}, *[data for _, data in tensors])
    assert told(counting("OpenInferenceV2"), INFER, body, fields) == as_text(rows, elements)


def test_binary_and_json_tensors_stand_side_by_side(counting):
    head, data = raw("x", "INT64", [2], struct.pack("<2q", 1, 2))
    fields, body = binary({"inputs": [head, tensor([1, 2, 3], name="y")]}, data)
    assert told(counting("OpenInferenceV2"), INFER, body, fields) == "3.005"


# Prices.


def test_a_request_costs_one_of_its_price_whatever_is_in_it(sidecars, model):
    sidecar = start(sidecars, model, cost(per("Request", "2.5")), "Generic")
    for body in (b"", b"x", b"{}" * 1000):
        assert told(sidecar, "/", body) == "2.5"


def test_bytes_are_those_of_the_body_however_it_is_framed(sidecars, model):
    sidecar = start(sidecars, model, cost(per("RequestBytes", "0.001")), "Generic")
    body = b"x" * 1500
    assert told(sidecar, "/", body) == "1.5"
    assert told(sidecar, "/", None, chunks=[body[:1], body[1:700], body[700:]], trailers=[("X-T", "y" * 500)]) == "1.5"
    assert told(sidecar, "/", b"") == "0"
    assert sidecar.ask("GET", "/").headers.get("x-mlgateway-cost") == "0"
    assert model.requests[1].body == body, "a body that was read to be counted is relayed as it was"


def test_terms_add_up(sidecars, model):
    price = cost(per("Request", "1"), per("Rows", "0.1"), per("Elements", "0.01"), pointer("/parameters/beams", "0.5"))
    body = json.dumps({"parameters": {"beams": 3}, "inputs": [tensor([1, 2, 3, 4], shape=[2, 2])]}).encode()
    assert told(start(sidecars, model, price), INFER, body) == "2.74"


def test_a_cost_is_rounded_up_to_a_millionth(sidecars, model):
    price = cost(per("Request", "0.000001"))
    sidecar = start(sidecars, version("v1", model, cost_factor="0.3"), price, "Generic")
    assert told(sidecar, "/", b"x") == "0.000001"
    assert granted(sidecar) * 1_000_000 == 1


def test_a_version_has_a_factor(sidecars, models):
    cheap, dear = models(), models()
    sidecar = sidecars(
        config(
            route(
                version("cheap", cheap, 100, cost_factor="0.5"),
                version("dear", dear, 0, cost_factor="8"),
                protocol="OpenInferenceV2",
                model="m",
                split={"overrides": [override("dear", x_model="dear")]},
                cost=cost(per("Rows", "0.5")),
                quotas=["plan"],
            ),
            quotas=[quota(budget("100", unit="Cost"))],
        )
    )
    assert told(sidecar, INFER, v2(1, 2)) == "0.5"
    assert told(sidecar, INFER, v2(1, 2), [JSON, ("X-Model", "dear")]) == "8"
    assert told(sidecar, "/v2/models/m/versions/dear/infer", v2(1)) == "4"
    assert granted(sidecar) == 12.5 and (len(cheap.requests), len(dear.requests)) == (1, 2)


def test_a_version_that_costs_nothing_is_free_but_counted(sidecars, model):
    sidecar = sidecars(
        config(
            route(version("v1", model, cost_factor="0"), quotas=["plan"]),
            quotas=[quota(budget("1", unit="Cost"), budget("3", name="calls"))],
        )
    )
    assert [sidecar.ask("POST", body=b"x").status for _ in range(4)] == [200] * 3 + [429]
    assert (granted(sidecar), granted(sidecar, "calls")) == (0, 3)


# Numbers that the cost points to.

POINTED = {
    "a whole number": (b'{"n": 3}', "3"),
    "a fraction": (b'{"n": 0.25}', "0.25"),
    "an exponent": (b'{"n": 25e-2}', "0.25"),
    "nothing": (b'{"n": 0}', "0"),
    "minus nothing": (b'{"n": -0}', "0"),
    "as much as there may be": (b'{"n": 100}', "100"),
    "beyond a millionth, rounded up": (b'{"n": 0.1234561}', "0.123457"),
    "not there, so what stands for it": (b'{"m": 3}', "7"),
}


@pytest.mark.parametrize("name", POINTED)
def test_a_pointed_number_is_read_exactly(sidecars, model, name):
    body, wanted = POINTED[name]
    sidecar = start(sidecars, model, cost(pointer("/n", most="100", absent="7")), "Generic")
    assert told(sidecar, "/", body) == wanted
    assert model.last.body == body


def test_a_pointer_goes_as_rfc_6901_says(sidecars, model):
    places = ["/a~1b", "/m~0n", "/list/1", "/ ", "/deep/er"]
    price = cost(*[pointer(place, str(10**n)) for n, place in enumerate(places)])
    sidecar = start(sidecars, model, price, "Generic")
    body = json.dumps({"a/b": 1, "m~n": 2, "list": [9, 3], " ": 4, "deep": {"er": 5}}).encode()
    assert told(sidecar, "/", body) == "54321"


def test_a_member_whose_name_is_escaped_is_found(sidecars, model):
    sidecar = start(sidecars, model, cost(pointer("/beams")), "Generic")
    assert told(sidecar, "/", b'{"\\u0062eams": 4}') == "4"


def test_a_pointer_into_the_json_part_of_a_binary_request(sidecars, model):
    head, data = raw("x", "INT64", [1], struct.pack("<q", 1))
    fields, body = binary({"parameters": {"beams": 2}, "inputs": [head]}, data)
    assert told(start(sidecars, model, cost(pointer("/parameters/beams"))), INFER, body, fields) == "2"


# Where a cost is told.


def test_a_cost_stands_in_header_metric_access_line_and_state(sidecars, models):
    price = cost(per("Rows", "0.7"), unit="credits")
    sidecar = start(sidecars, models(), price)
    answer = sidecar.ask("POST", INFER, [JSON], v2(1, 2))
    assert (answer.headers.get("x-mlgateway-cost"), answer.headers.get("x-mlgateway-cost-unit")) == ("1.4", "credits")
    assert sidecar.access_lines()[0]["cost"] == 1.4
    sidecar.expect_metric(1.4, "mlgateway_cost_total", mlroute="r", version="v1")
    assert str(granted(sidecar)) == "1.4"
    assert remaining(answer) == 999_998


def test_a_price_is_told_without_a_quota_too(sidecars, model):
    sidecar = sidecars(config(route(model, cost=cost(per("Request", "2"), unit="coins"))))
    answer = sidecar.ask("POST", body=b"x")
    assert (answer.headers.get("x-mlgateway-cost"), answer.headers.get("x-mlgateway-cost-unit")) == ("2", "coins")
    sidecar.expect_metric(2, "mlgateway_cost_total", mlroute="r")


def test_costs_of_several_workers_add_up(sidecars, model):
    sidecar = sidecars(
        config(
            route(model, cost=cost(per("Request", "0.1")), quotas=["plan"]), quotas=[quota(budget("1000", unit="Cost"))]
        ),
        workers=4,
    )
    clients = [sidecar.client() for _ in range(30)]
    for _ in range(10):
        for client in clients:
            client.send(request_bytes("POST", body=b"x"))
        assert {client.answer("POST").status for client in clients} == {200}
    expect_settled(sidecar)
    assert granted(sidecar) == 30
    sidecar.expect_metric(pytest.approx(30), "mlgateway_cost_total", mlroute="r")
    for client in clients:
        client.close()


def test_a_model_cannot_tell_a_cost_of_its_own(sidecars, models):
    said = [("x-mlgateway-cost", "0.000001"), ("x-mlgateway-cost-unit", "peanuts")]
    model = models(on_request=lambda connection, request: connection.answer(headers=said, body=b"ok"))
    answer = start(sidecars, model, cost(per("Request", "2")), "Generic").ask("POST", body=b"x")
    assert answer.headers.all("x-mlgateway-cost") == ["2"]
    assert answer.headers.all("x-mlgateway-cost-unit") == ["credits"]


def test_a_caller_cannot_tell_what_he_pays(sidecars, model):
    sidecar = start(sidecars, model, cost(per("Request", "2")), "Generic")
    assert told(sidecar, "/", b"x", [("x-mlgateway-cost", "0")]) == "2"


# What is relayed stays as it was.


def test_a_body_that_was_read_is_relayed_byte_for_byte(sidecars, model):
    sidecar = start(sidecars, model, cost(per("Rows")))
    sent = b'[{"name":"x","shape":[2],"datatype":"INT64","data":[9007199254740993 ,1e0]}]'
    body = b' {\n"inputs" :' + sent + b',"id":"\\u0041"}\r\n'
    assert told(sidecar, INFER, body) == "2"
    assert model.last.body == body


def test_a_large_body_is_counted(sidecars, models):
    model = models(keep_bodies=True)
    sidecar = start(sidecars, model, cost(per("Elements")))
    body = infer(tensor([1.5] * 1_000_000, datatype="FP32"))
    assert told(sidecar, INFER, body) == "1000000"
    assert len(model.last.body) == len(body)


@pytest.mark.parametrize("workers", [1, 4])
def test_the_count_of_one_request_is_never_anothers(sidecars, model, workers):
    """Different sizes on many connections at once, each charged to its own caller."""
    names = [f"caller{n}" for n in range(1, 21)]
    sidecar = sidecars(
        config(
            route(
                model,
                protocol="OpenInferenceV2",
                model="m",
                auth=[api_keys(callers(*names))],
                cost=cost(per("Rows")),
                quotas=["plan"],
            ),
            quotas=[quota(budget("100000", unit="Cost"))],
        ),
        workers=workers,
    )
    clients = [sidecar.client() for _ in names]
    for _ in range(20):
        for rows, (client, name) in enumerate(zip(clients, names), start=1):
            client.send(request_bytes("POST", INFER, [JSON, *by(name)], v2(*range(rows))))
        for rows, client in enumerate(clients, start=1):
            assert client.answer("POST").headers.get("x-mlgateway-cost") == str(rows)
    assert granted(sidecar) == 20 * sum(range(1, 21))
    for client in clients:
        client.close()


def test_only_the_path_of_a_prediction_costs(sidecars, model):
    sidecar = sidecars(
        config(
            route(model, paths=[path("/predict")], cost=cost(per("Request", "3")), quotas=["plan"]),
            quotas=[quota(budget("9", unit="Cost"))],
        )
    )
    assert sidecar.ask("POST", "/elsewhere", body=b"x").status == 404
    assert sidecar.ask("POST", "/predict", body=b"x").headers.get("x-mlgateway-cost") == "3"
    assert granted(sidecar) == 3
